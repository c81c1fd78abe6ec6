import { parseConfig } from "../../../../domain/settings/config";
import { regexLiteral } from "../../../../lib/regex-literal";
import { canonicalJson } from "../../../../lib/canonical-json";
import { settings } from "../../../support/settings";

test("a configuration's every mistake is named with its path", () => {
  expect(() =>
    parseConfig({ kafka: { brokers: ["nohost"] }, typo: 1 }),
  ).toThrow(/kafka\.brokers\.0: host:port[\s\S]*hdfs: [\s\S]*typo/);
});

test("a file of something else is not repeated: three of its names, each cut, and no value", () => {
  const accounts = Object.fromEntries(
    ["alice", "b".repeat(500), "carol", "dave", "erin"].map((name) => [
      name,
      "s3cret",
    ]),
  );
  const told = faultOf({ ...settings(), ...accounts });
  expect(told).toContain(
    `(top): Unrecognized keys: "alice", "${"b".repeat(30)}…", "carol" and 2 more`,
  );
  expect(told).not.toMatch(/dave|erin|s3cret|b{31}/);
  const { kafka } = settings();
  expect(
    faultOf({ ...settings(), kafka: { ...kafka, ...accounts } }),
  ).toContain('kafka: Unrecognized keys: "alice"');
});

function faultOf(config: unknown): string {
  try {
    parseConfig(config);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

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
