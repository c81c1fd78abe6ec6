import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  ALERT_KINDS,
  endedAlertNames,
} from "../../../../domain/incidents/alert-kinds";

test("what a topic's end ends is all that could have begun for the topic, but canaries", () => {
  expect(endedAlertNames("whole")).toEqual([
    "SisyphusTopicBroken",
    "SisyphusLowHeadroom",
  ]);
  expect(endedAlertNames("sufficient")).toEqual(["SisyphusLowHeadroom"]);
  expect(endedAlertNames("back")).toEqual(["SisyphusServiceDown"]);
  expect(endedAlertNames("broken")).toEqual([]);
});

test("the documentation's table has a row for every kind, with its name in Alertmanager and what ends it", () => {
  const docs = readFileSync(
    join(__dirname, "../../../../docs/alerts.md"),
    "utf8",
  );
  for (const [kind, row] of Object.entries(ALERT_KINDS)) {
    const line = docs
      .split("\n")
      .find((text) => text.startsWith(`| \`${kind}\``));
    expect(line).toBeDefined();
    if (row.role === "begins")
      for (const name of [row.alertName, ...row.endedBy])
        expect(line).toContain(`\`${name}\``);
  }
});
