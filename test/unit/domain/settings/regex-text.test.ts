import { parseConfig } from "../../../../domain/settings/config";
import { wholeMatch } from "../../../../domain/settings/regex-text";
import { settings } from "../../../support/settings";

const base = settings();

test.each([
  ["canary.topics", { canary: { topics: "(" } }],
  ["policies.0.topics", { policies: [{ topics: "(" }] }],
  [
    "archive.excludedSchemas",
    { archive: { ...base.archive, excludedSchemas: "(" } },
  ],
  ["naming.topicPattern", { naming: { topicPattern: "(" } }],
  ["refine.outdatedJobs", { refine: { ...base.refine, outdatedJobs: "(" } }],
])(
  "a regex that does not compile is refused when the file is read: %s",
  (path, changes) => {
    expect(() => parseConfig(settings(changes))).toThrow(
      new RegExp(
        `${path.replaceAll(".", "\\.")}: given "\\(", .*Unterminated group`,
      ),
    );
  },
);

test("a regex that would compile only inside of the whole match is refused", () => {
  expect(() =>
    parseConfig(settings({ canary: { topics: "Edit)|(?:Popups" } })),
  ).toThrow(/canary\.topics: given "Edit\)\|\(\?:Popups"/);
});

test("a topic pattern without a group has no schema to give", () => {
  const read = (topicPattern: string) => () =>
    parseConfig(settings({ naming: { topicPattern } }));
  expect(read("eventlogging_.+")).toThrow(
    /naming\.topicPattern: given "eventlogging_\.\+", .*first group is the schema/,
  );
  expect(read("eventlogging_(?:.+)")).toThrow(/first group/);
  expect(read("eventlogging_(?<schema>.+)")).not.toThrow();
});

test("a pattern matches whole names, each of its alternatives too", () => {
  const edits = wholeMatch("Edit|Popups");
  expect(
    ["Edit", "Popups", "EditAttempt", "MyPopups"].map((s) => edits.test(s)),
  ).toEqual([true, true, false, false]);
});
