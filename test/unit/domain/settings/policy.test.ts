import { parseConfig } from "../../../../domain/settings/config";
import { policyOf } from "../../../../domain/settings/policy";
import { settings } from "../../../support/settings";

const read = (...policies: unknown[]) => parseConfig(settings({ policies }));

test("the first exception that matches a whole topic replaces the fields it names", () => {
  const { policy, policies } = read(
    { topics: "eventlogging_E.*", graceHours: 5, lost: { warnPercent: 0.5 } },
    { topics: "eventlogging_Edit", graceHours: 6 },
  );
  const edit = policyOf("eventlogging_Edit", policy, policies);
  expect([edit.graceHours, edit.maxImportLagHours]).toEqual([5, 2]);
  expect(edit.lost).toEqual({ warnPercent: 0.5, errorPercent: 1 });
  expect(policyOf("my_eventlogging_Edit", policy, policies)).toEqual(policy);
});

test("an exception that names a field adds no default of another", () => {
  const { policies } = read({ topics: "x", graceHours: 5 });
  expect(policies).toEqual([{ topics: "x", graceHours: 5 }]);
});

test.each([
  ["policies.0.graceHours", { graceHours: "long" }],
  ["policies.0.lost.warnPercent", { lost: { warnPercent: 101 } }],
  ["policies.0.headroom.warnHours", { headroom: { warnHours: -1 } }],
  ["policies.0.repair", { repair: { begin: true } }],
  ["policies.0: .*grace", { grace: 1 }],
])(
  "an exception's wrong field is named when the file is read: %s",
  (path, changes) => {
    expect(() => read({ topics: "x", ...changes })).toThrow(new RegExp(path));
  },
);

test("how urgent a topic's alerts are is said by its policy, and is an error where nothing is said", () => {
  const { policy, policies } = read({ topics: "edits", severity: "critical" });
  expect(policyOf("edits", policy, policies).severity).toBe("critical");
  expect(policyOf("views", policy, policies).severity).toBe("error");
  expect(() => read({ topics: "x", severity: "urgent" })).toThrow(
    /policies\.0\.severity: .*"info"\|"warning"\|"error"\|"critical"/,
  );
});
