import { parseConfig } from "../../../../domain/settings/config";
import { regexLiteral } from "../../../../lib/regex-literal";
import { canonicalJson } from "../../../../lib/canonical-json";
import { settings } from "../../../support/settings";

test("a configuration's every mistake is named with its path", () => {
  expect(() =>
    parseConfig({ kafka: { brokers: ["nohost"] }, typo: 1 }),
  ).toThrow(/kafka\.brokers\.0: host:port[\s\S]*hdfs: [\s\S]*typo/);
});

test.each([
  ["importer", "hold"],
  ["importer", "release"],
  ["refine", "hold"],
  ["refine", "release"],
] as const)("%s.%s is not given alone", (job, given) => {
  const config = settings();
  const alone = {
    ...config,
    [job]: { ...config[job], [given]: ["systemctl", "stop", "a.timer"] },
  };
  const missing = given === "hold" ? "release" : "hold";
  expect(() => parseConfig(alone)).toThrow(`${job}.${missing}: missing`);
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
