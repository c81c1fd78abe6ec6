import { parseConfig } from "../../../../domain/settings/config";
import { regexLiteral } from "../../../../domain/backfill/plan";
import { jobFaults } from "../../../../activities/backfill/planning";
import { canonicalJson } from "../../../../lib/canonical-json";

test("a configuration's every mistake is named with its path", () => {
  expect(() =>
    parseConfig({ kafka: { brokers: ["nohost"] }, typo: 1 }),
  ).toThrow(/kafka\.brokers\.0: host:port[\s\S]*hdfs: [\s\S]*typo/);
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

test("the outdated wrapper is refused for its digest, its class and what it does not declare", () => {
  const pinned = { allowedSha256: ["a".repeat(64)], class: "Refine" };
  const proper = {
    jar: "j",
    sha256: "a".repeat(64),
    class: "Refine",
    arguments: [
      "--transform-functions",
      "x.deduplicate_eventlogging,x.geocode_ip",
    ],
  };
  expect(jobFaults(proper, pinned)).toEqual([]);
  const faults = jobFaults(
    { jar: "j", sha256: "b".repeat(64), class: "JsonRefine", arguments: [] },
    pinned,
  );
  expect(faults.join("\n")).toMatch(
    /sha256[\s\S]*class JsonRefine[\s\S]*dedup[\s\S]*geocod/,
  );
});
