import {
  isAtLeast,
  moreUrgent,
  severityOf,
} from "../../../../domain/settings/severity";

test("an error is as urgent as the policy says, a warning is a warning at most", () => {
  expect(severityOf("error", "critical")).toBe("critical");
  expect(severityOf("warning", "critical")).toBe("warning");
  expect(severityOf("error", "info")).toBe("info");
  expect(severityOf("warning", "info")).toBe("info");
});

test("where the policy says nothing else, an alert is as urgent as its level", () => {
  expect(severityOf("error", "error")).toBe("error");
  expect(severityOf("warning", "error")).toBe("warning");
});

test("severities are ordered from info to critical", () => {
  expect(isAtLeast("critical", "error")).toBe(true);
  expect(isAtLeast("error", "error")).toBe(true);
  expect(isAtLeast("warning", "error")).toBe(false);
  expect(isAtLeast("info", "warning")).toBe(false);
  expect(moreUrgent("info", "error")).toBe("error");
});
