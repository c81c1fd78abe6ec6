import { issuesText, parseConfig } from "../../../../domain/settings/config";
import { datasetOf, namingRules } from "../../../../domain/settings/dataset";
import { auditInput, backfillInput } from "../../../../domain/settings/inputs";
import { regexLiteral } from "../../../../lib/regex-literal";
import { canonicalJson } from "../../../../lib/canonical-json";

test("a configuration's every mistake is named with its path", () => {
  expect(() =>
    parseConfig({ kafka: { brokers: ["nohost"] }, typo: 1 }),
  ).toThrow(/kafka\.brokers\.0: host:port[\s\S]*hdfs: [\s\S]*typo/);
});

test("a backfill's input names the wrong field and what is allowed", () => {
  const text = (value: unknown) =>
    issuesText("the input", backfillInput.safeParse(value).error!);
  expect(text({ since: "2018-07-05", until: "2018-07-05T02" })).toContain(
    "since: an hour is written 2018-07-05T03 (UTC)",
  );
  expect(text({ since: "2018-07-05T02", until: "2018-07-05T02" })).toContain(
    "until: must be later than since",
  );
  expect(
    text({ since: "2018-07-05T01", until: "2018-07-05T02", sice: 1 }),
  ).toContain("sice");
  expect(
    auditInput.safeParse({ asOf: "yesterday" }).error!.issues[0]!.message,
  ).toContain("2018-07-05T05:20:00Z");
});

test("a dataset's names follow from its topic", () => {
  const rules = namingRules.parse({});
  expect(datasetOf("eventlogging_Gather-Clicks", rules)).toMatchObject({
    schema: "Gather-Clicks",
    tableDir: "Gather_Clicks",
    table: "gather_clicks",
    refinedDir: "/wmf/data/event/Gather_Clicks",
  });
  expect(datasetOf("eventlogging-valid-mixed", rules)).toBeUndefined();
});

test("equal plans have equal texts, whatever the order of their keys", () => {
  expect(canonicalJson({ b: [1, { d: 1, c: undefined }], a: "x" })).toBe(
    canonicalJson({ a: "x", b: [1, { d: 1 }] }),
  );
});

test("a topic is a literal in a regex", () => {
  expect(new RegExp(`^${regexLiteral("a.b+c")}$`).test("a.b+c")).toBe(true);
  expect(new RegExp(`^${regexLiteral("a.b")}$`).test("axb")).toBe(false);
});
