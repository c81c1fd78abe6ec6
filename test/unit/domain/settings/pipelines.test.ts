import {
  pipelineNamed,
  pipelinesIn,
} from "../../../../domain/settings/pipelines";
import { settings } from "../../../support/settings";

const FILE = "sisyphus.yaml";
const several = (...pipelines: object[]) =>
  pipelinesIn({ ...settings(), pipelines }, FILE);

test("a file without pipelines is one without a name, as it always was", () => {
  const [only, ...others] = pipelinesIn(settings(), FILE);
  expect(others).toEqual([]);
  expect(only).toMatchObject({
    config: { storage: { path: "/wmf/data/sisyphus" } },
    sharedPath: "/wmf/data/sisyphus",
  });
  expect(only!.name).toBeUndefined();
});

test("each pipeline has what stands outside, and its own sections in place of them; each keeps what is its own apart", () => {
  const [logs, events] = several(
    { name: "logs" },
    {
      name: "events",
      naming: { topicPattern: "eqiad\\.(.+)" },
      kafka: { brokers: ["jumbo:9092"] },
      mysql: null,
    },
  );
  expect(logs!.config.kafka.brokers).toEqual(["kafka1:9092"]);
  expect(logs!.config.naming.topicPattern).toBe("eventlogging_(.+)");
  expect(logs!.config.storage.path).toBe("/wmf/data/sisyphus/logs");
  expect(events!.config.kafka.brokers).toEqual(["jumbo:9092"]);
  expect(events!.config.naming.topicPattern).toBe("eqiad\\.(.+)");
  expect(events!.config.storage.path).toBe("/wmf/data/sisyphus/events");
  // Leases are those of all.
  expect(events!.sharedPath).toBe("/wmf/data/sisyphus");
});

test("a section stands in place of the whole one outside, and null leaves that out", () => {
  const outside = settings({
    mysql: { host: "m4-master", user: "eventlog", database: "log" },
  });
  const [logs, events] = pipelinesIn(
    {
      ...outside,
      pipelines: [
        { name: "logs", mysql: { host: "s1", user: "u", database: "d" } },
        { name: "events", mysql: null },
      ],
    },
    FILE,
  );
  expect(logs!.config.mysql).toMatchObject({ host: "s1", user: "u" });
  expect(events!.config.mysql).toBeUndefined();
});

test.each([
  ["an empty list", [], /pipelines: .*>=1/],
  ["one without a name", [{}], /pipelines\.0\.name/],
  [
    "a name that no queue can have",
    [{ name: "A b" }],
    /pipelines\.0\.name: a name of at most 40 small letters/,
  ],
  [
    "two of one name",
    [{ name: "a" }, { name: "a" }],
    /pipelines\.1\.name: given a, which another pipeline is called already/,
  ],
  [
    "what all share",
    [{ name: "a", metrics: { port: 1 } }],
    /pipelines\.0\.metrics: it is shared by all pipelines/,
  ],
  [
    "a wrong field, with its pipeline",
    [{ name: "a" }, { name: "b", kafka: { brokers: [] } }],
    /sisyphus\.yaml, pipeline b, is not valid:\n {2}kafka\.brokers/,
  ],
  [
    "an unknown section",
    [{ name: "a", kafak: {} }],
    /pipeline a, is not valid:\n.*Unrecognized key: "kafak"/,
  ],
])("%s is refused", (_what, pipelines, told) =>
  expect(() => several(...pipelines)).toThrow(told),
);

test("what is meant is told where the choice is wrong or missing", () => {
  const named = several({ name: "logs" }, { name: "events" });
  expect(pipelineNamed(named, "events", FILE).name).toBe("events");
  expect(() => pipelineNamed(named, undefined, FILE)).toThrow(
    "sisyphus.yaml has the pipelines logs, events; choose one with --pipeline or SISYPHUS_PIPELINE",
  );
  expect(() => pipelineNamed(named, "evnets", FILE)).toThrow(
    "sisyphus.yaml has no pipeline evnets; it has logs, events",
  );
  expect(() =>
    pipelineNamed(pipelinesIn(settings(), FILE), "logs", FILE),
  ).toThrow(/has no name: --pipeline logs finds nothing there/);
});
