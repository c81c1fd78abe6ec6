import { parse } from "yaml";
import { parseConfig } from "../../../../domain/settings/config";
import {
  type Found,
  firstConfig,
  marksIn,
} from "../../../../domain/settings/first-config";
import { proposedPattern } from "../../../../domain/settings/proposed-pattern";

const NOTHING: Found = {
  brokers: [],
  topics: { why: "no brokers were given" },
  hadoop: undefined,
  user: "analytics",
};

test("what knows nothing is a configuration all the same, with all marked that must be filled in", () => {
  const text = firstConfig(NOTHING);
  const config = parseConfig(parse(text));
  expect(config.hdfs.user).toBe("analytics");
  expect(marksIn(text)).toBeGreaterThan(15);
  for (const line of text.split("\n"))
    if (/^[^#]*fill-in/i.test(line))
      expect(line).toMatch(/# FILL IN|allowedSha256/);
});

test("what Hadoop's configuration says is told, and not to be filled in", () => {
  const text = firstConfig({
    ...NOTHING,
    brokers: ["k1:9092", "k2:9092"],
    topics: proposedPattern(["web.a", "web.b", "other", "_schemas"]),
    hadoop: {
      folder: "/etc/hadoop/my conf",
      settings: {
        hdfs: { webhdfs: ["https://nn1:9871", "https://nn2:9871"] },
        yarn: { resourceManager: ["http://rm:8088"] },
        hive: {},
        security: { hadoop: { kerberos: true }, metastore: {} },
      },
    },
  });
  const value = parse(text) as Record<string, Record<string, unknown>>;
  expect(value["cluster"]).toEqual({ hadoopConf: "/etc/hadoop/my conf" });
  expect(value["kafka"]).toEqual({ brokers: ["k1:9092", "k2:9092"] });
  expect(value["hdfs"]).toEqual({ user: "analytics" });
  expect(value).not.toHaveProperty("yarn");
  expect(value["hive"]).toEqual({ metastore: "fill-in:9083" });
  expect(value["naming"]).toMatchObject({ topicPattern: "web\\.(.+)" });
  expect(value["security"]).toHaveProperty("kerberos.principal");
  expect(text).toContain("# webhdfs: https://nn1:9871, https://nn2:9871");
  expect(text).toMatch(/# Left out \(2\):\n {2}# _schemas other\n/);
  // With what that folder says.
  const hdfs = { ...value["hdfs"], webhdfs: "https://nn1:9871" };
  const yarn = { resourceManager: "http://rm:8088" };
  expect(() => parseConfig({ ...value, hdfs, yarn })).not.toThrow();
});

test("what a service has said stays a comment", () => {
  const text = firstConfig({
    ...NOTHING,
    brokers: ["k:1"],
    topics: { why: "refused\nkafka: {}\n" },
  });
  expect(parseConfig(parse(text)).kafka.brokers).toEqual(["k:1"]);
});

test("thousands of topics that were left out are counted, and some named", () => {
  const topics = Array.from({ length: 3000 }, (_, i) => `t${i}`);
  const text = firstConfig({ ...NOTHING, topics: proposedPattern(topics) });
  expect(text).toContain("# Left out (3000):");
  expect(text).toContain("and 2970 more");
  expect(text.length).toBeLessThan(10_000);
  expect(text).toMatch(/topicPattern: .*# FILL IN/);
});

test.each([
  [
    ["eventlogging_A", "eventlogging_B_1", "eventlogging_B_2", "web_a"],
    "eventlogging_(.+)",
  ],
  [["eqiad.mw.a", "eqiad.mw.b", "x"], "eqiad\\.mw\\.(.+)"],
  [["_a_1", "_a_2", "_a_3"], undefined],
  [["a_1", "b_1"], undefined],
  [[], undefined],
])("of %j the pattern %p is proposed", (topics, pattern) => {
  const proposed = proposedPattern(topics);
  expect(proposed.pattern).toBe(pattern);
  expect([...proposed.covered, ...proposed.leftOut].sort()).toEqual(
    [...topics].sort(),
  );
  if (pattern !== undefined)
    expect(
      topics.filter((topic) => new RegExp(`^(?:${pattern})$`, "u").test(topic)),
    ).toEqual(proposed.covered);
});
