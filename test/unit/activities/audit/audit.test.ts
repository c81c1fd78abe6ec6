import { MockActivityEnvironment } from "@temporalio/testing";
import { createAuditActivities } from "../../../../activities/audit/audit";
import { EvidenceCache } from "../../../../activities/audit/evidence/evidence-cache";
import { Storage } from "../../../../clients/storage";
import type { TopicAudit } from "../../../../domain/audit/audit-report";
import { namingRules } from "../../../../domain/settings/dataset";
import { hoursIn } from "../../../../lib/hour";
import { MemoryHdfs } from "../../../chaos/memory/systems";
import { POLICY } from "../../domain/audit/cases";

const TOPIC = "eventlogging_M";
const RANGE = { since: "2018-07-05T00", until: "2018-07-05T05" };

/** A topic that was imported up to offset 5, before the range, and whose log can be made anew. */
function world() {
  const storage = new Storage(new MemoryHdfs() as never, "/sisyphus");
  const log = { id: "a", low: "0", high: "10" };
  const importer: { problems: string[]; lastRun?: number } = { problems: [] };
  const config = {
    naming: namingRules.parse({}),
    archive: { excludedSchemas: "." },
    refine: {},
    audit: { patience: 99 },
    kafka: { brokers: ["broker:9092"] },
  };
  const hidden = new Set<string>();
  const highOf = (topic: string) => (topic === TOPIC ? log.high : "0");
  const { auditBatch, auditTopic } = createAuditActivities({
    kafka: {
      topics: async () => (hidden.has(TOPIC) ? [] : [TOPIC]),
      denied: async () => hidden,
      topicConfigs: async () => new Map(),
      topicIds: async () => new Map([[TOPIC, log.id]]),
      offsets: async (topic: string) => [
        { partition: 0, low: log.low, high: highOf(topic) },
      ],
      offsetsAt: async (topic: string) => new Map([[0, BigInt(highOf(topic))]]),
    },
    source: {
      state: async () => ({ positions: new Map(), ...importer }),
      runs: async () => [],
      outOfRange: async () => [],
      dayOf: (hour: string) => hour.slice(0, 10),
      dayDir: () => "/raw",
      days: async () => [],
      positions: (_: unknown, topic: string) =>
        new Map(
          topic === TOPIC && importer.problems.length === 0
            ? [[0, { offset: "5", time: Date.parse("2018-07-05T00:50:00Z") }]]
            : [],
        ),
    },
    archive: {
      counts: async () => ({ bySchema: new Map(), unreadable: [] }),
    },
    hdfs: { summary: async () => undefined },
    hive: { partitionHours: async () => new Set() },
    markers: async () => new Map(),
    pasts: { read: async () => new Map(), keep: async () => undefined },
    canaries: async () => new Map(),
    policyOf: () => POLICY,
    storage,
    cache: new EvidenceCache(storage),
    config,
  } as unknown as Parameters<typeof createAuditActivities>[0]);
  const heartbeats: unknown[] = [];
  const inActivity = <I, R>(
    activity: (input: I) => Promise<R>,
    input: I,
  ): Promise<R> => {
    const environment = new MockActivityEnvironment();
    environment.on("heartbeat", (details: unknown) => heartbeats.push(details));
    return environment.run(activity, input);
  };
  return {
    heartbeats,
    log,
    importer,
    config,
    hidden,
    async outages(asOf: string) {
      const input = { topics: [TOPIC], shard: "0000", range: RANGE, asOf };
      return (await inActivity(auditBatch, { ...input, remember: true }))
        .outages;
    },
    one: (asOf: string) =>
      inActivity(auditTopic, { topic: TOPIC, range: RANGE, asOf }),
    async batch(shard: string, topics: string[], asOf: string) {
      const input = { topics, shard, range: RANGE, asOf, remember: true };
      const { ref } = await inActivity(auditBatch, input);
      const audits = await storage.readRef<TopicAudit[]>(ref);
      const found = audits.find(({ topic }) => topic === TOPIC);
      return [...new Set(Object.values(found?.cells ?? {}))];
    },
  };
}

test("a topic that another one moved into the next batch is compared with its log of before", async () => {
  const { log, batch } = world();
  await batch("0000", [TOPIC], "2018-07-05T08:20:00Z");
  Object.assign(log, { id: "b", high: "17" });
  await batch("0000", ["eventlogging_A"], "2018-07-05T09:20:00Z");
  expect(await batch("0001", [TOPIC], "2018-07-05T09:20:00Z")).toEqual([
    "lost-from-kafka",
  ]);
});

test("an attempt that goes on without memory forgets no log, as it could not compare it", async () => {
  const { log, config, batch } = world();
  await batch("0000", [TOPIC], "2018-07-05T08:20:00Z");
  Object.assign(log, { id: "b", high: "17" });
  config.audit.patience = 1;
  expect(await batch("0000", [TOPIC], "2018-07-05T09:20:00Z")).toEqual([]);
  config.audit.patience = 99;
  expect(await batch("0000", [TOPIC], "2018-07-05T10:20:00Z")).toEqual([
    "lost-from-kafka",
  ]);
});

test("an audit as of an earlier instant than the one before remembers nothing", async () => {
  const { log, batch } = world();
  await batch("0000", [TOPIC], "2018-07-05T02:20:00Z");
  const before = { ...log };
  Object.assign(log, { id: "b", high: "17" });
  await batch("0000", [TOPIC], "2018-07-05T01:20:00Z");
  // Had it remembered the other log, this one would have replaced it.
  Object.assign(log, before);
  expect(await batch("0000", [TOPIC], "2018-07-05T06:20:00Z")).not.toContain(
    "lost-from-kafka",
  );
});

test("audits of a world that stands in the past remember, also where two are as of one instant", async () => {
  for (const asOf of ["2018-07-05T02:20:00Z", "2018-07-05T06:20:00Z"]) {
    const { log, batch } = world();
    await batch("0000", [TOPIC], asOf);
    const before = { ...log };
    Object.assign(log, { id: "b", high: "17" });
    await batch("0000", [TOPIC], asOf);
    // Without the audit between, it would be the log that was there before.
    Object.assign(log, before);
    expect(await batch("0000", [TOPIC], "2018-07-05T06:20:00Z")).toEqual([
      "lost-from-kafka",
    ]);
  }
});

test("brokers that hide a topic are an outage that says what is lacking", async () => {
  const { hidden, outages, batch } = world();
  expect(await outages("2018-07-05T08:20:00Z")).toEqual([]);
  hidden.add(TOPIC);
  expect(await outages("2018-07-05T08:20:00Z")).toEqual([
    {
      service: "Kafka (hidden topics)",
      address: "broker:9092",
      message: expect.stringContaining(
        `brokers hide ${TOPIC}: the right to describe topics is lacking`,
      ) as string,
    },
  ]);
  expect(await batch("0000", [TOPIC], "2018-07-05T08:20:00Z")).toEqual([
    "unknowable",
  ]);
});

test("the audit by which an incident closes names hours that are neither whole nor broken", async () => {
  const { log, importer, one } = world();
  log.low = "10";
  importer.problems = ["the newest run has no offsets file"];
  const { findings, unsettled } = await one("2018-07-05T12:00:00Z");
  expect(findings).toEqual([]);
  expect(unsettled).toEqual(
    Object.fromEntries(
      hoursIn(RANGE).map((hour) => [hour, "unknowable"] as const),
    ),
  );
});

test("a batch's heartbeats tell how many topics and hours are done", async () => {
  const { batch, heartbeats } = world();
  const topics = [TOPIC, ..."ABCD".split("").map((x) => `eventlogging_${x}`)];
  await batch("0000", topics, "2018-07-05T06:00:00Z");
  expect(heartbeats[0]).toMatchObject({
    topics: 0,
    ofTopics: 5,
    hours: 0,
    ofHours: 25,
  });
  const last = heartbeats.at(-1) as { topics: number; hours: number };
  expect(last.topics).toBeGreaterThan(0);
  expect(last.hours).toBe(last.topics * 5);
});
