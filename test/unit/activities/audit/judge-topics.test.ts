import type { EvidenceClients } from "../../../../activities/audit/evidence/clients";
import type { TopicMemory } from "../../../../activities/audit/evidence/evidence-cache";
import type { LogPast } from "../../../../domain/audit/incarnation";
import { auditTopics } from "../../../../activities/audit/judge-topics";
import { ServiceError } from "../../../../clients/errors";
import { namingRules } from "../../../../domain/settings/dataset";
import { POLICY } from "../../domain/audit/cases";

const RANGE = { since: "2018-07-05T00", until: "2018-07-05T03" };
const AS_OF = "2018-07-05T06:00:00Z";
const GOOD = "eventlogging_Good";
const BAD = "eventlogging_Bad";
const BATCH = [BAD, GOOD, "of no dataset"];

/** Topics of which two offsets were lost unread; what a test gives takes the place of a client's own functions. */
function clientsWith(
  faults: Partial<Record<"kafka" | "source" | "archive" | "hive", object>>,
  parts: Partial<EvidenceClients> = {},
): EvidenceClients {
  return {
    kafka: {
      topics: async () => BATCH,
      denied: async () => new Set(),
      topicConfigs: async () => new Map(),
      topicIds: async () => new Map(),
      offsets: async () => [{ partition: 0, low: "2", high: "2" }],
      offsetsAt: async () => new Map([[0, 2n]]),
      ...faults.kafka,
    },
    source: {
      state: async () => ({ positions: new Map(), problems: [] }),
      runs: async () => [],
      outOfRange: async () => [],
      dayOf: (hour: string) => hour.slice(0, 10),
      dayDir: () => "/raw",
      days: async () => [],
      positions: () => new Map([[0, { offset: "0" }]]),
      ...faults.source,
    },
    archive: {
      counts: async () => ({
        bySchema: new Map(),
        unreadable: [],
        begins: "2018-01-01T00",
      }),
      ...faults.archive,
    },
    hdfs: { summary: async () => undefined },
    hive: { partitionHours: async () => new Set(), ...faults.hive },
    markers: async () => new Map(),
    pasts: { read: async () => new Map(), keep: async () => undefined },
    canaries: async () => new Map(),
    policyOf: () => POLICY,
    config: {
      naming: namingRules.parse({}),
      archive: { excludedSchemas: "None" },
      refine: {},
    },
    ...parts,
  } as unknown as EvidenceClients;
}

const audit = async (
  clients: EvidenceClients,
  options: Parameters<typeof auditTopics>[4] = { isolating: true },
) => {
  const audits = await auditTopics(clients, BATCH, RANGE, AS_OF, options);
  return new Map(audits.map((found) => [found.topic, found]));
};

const verdicts = (cells: object | undefined) => [
  ...new Set(Object.values(cells ?? {})),
];

test("what one audit found of a replaced log, every later one knows: also the one by which an incident closes", async () => {
  const kept = new Map<string, LogPast>();
  const pasts = {
    read: async () => new Map(kept),
    keep: async (topic: string, past: LogPast) => void kept.set(topic, past),
  };
  const seen = async (id: string, high: string, memory?: object) => {
    const clients = clientsWith(
      {
        kafka: {
          topicIds: async () => new Map([[GOOD, id]]),
          offsets: async () => [{ partition: 0, low: "0", high }],
          offsetsAt: async () => new Map([[0, BigInt(high)]]),
        },
        source: { positions: () => new Map([[0, { offset: "10" }]]) },
      },
      {
        pasts,
        config: {
          naming: namingRules.parse({}),
          archive: { excludedSchemas: "Good" },
          refine: {},
        } as unknown as EvidenceClients["config"],
      },
    );
    const found = await audit(clients, {
      isolating: true,
      ...(memory ? { memory: memory as never } : {}),
    });
    return verdicts(found.get(GOOD)!.cells);
  };
  const memory = {};
  expect(await seen("a", "10", memory)).toEqual([]);
  // The new log has grown beyond the importer's offset: nothing but memory tells that it is another one.
  expect(await seen("b", "17")).toEqual([]);
  expect(await seen("b", "17", memory)).toEqual(["lost-from-kafka"]);
  expect(await seen("b", "17")).toEqual(["lost-from-kafka"]);
});

test("a topic that cannot be read is unknowable, and the others are audited as without it", async () => {
  const without = await audit(clientsWith({}));
  const memory = {};
  const found = await audit(
    clientsWith({
      kafka: {
        offsets: async (topic: string) => {
          if (topic === BAD) throw new TypeError("an answer of no sense");
          return [{ partition: 0, low: "2", high: "2" }];
        },
      },
    }),
    { isolating: true, memory },
  );
  const bad = found.get(BAD)!;
  expect(Object.keys(bad.cells)).toHaveLength(3);
  expect(verdicts(bad.cells)).toEqual(["unknowable"]);
  expect(bad.unknowable).toBe("an answer of no sense");
  expect(bad.problem).toBe("it cannot be audited: an answer of no sense");
  expect(found.get(GOOD)).toEqual(without.get(GOOD));
  expect(Object.keys(memory)).toEqual([GOOD]);
});

test("a topic that cannot be read once is remembered as it was seen before, and nothing of that attempt is", async () => {
  const seen = async (high: string, memory: object, fault?: Error) => {
    const clients = clientsWith({
      kafka: {
        offsets: async () => [{ partition: 0, low: "0", high }],
        offsetsAt: async () => new Map([[0, BigInt(high)]]),
      },
      source: {
        positions: () => {
          if (fault) throw fault;
          return new Map([[0, { offset: "5" }]]);
        },
      },
    });
    return audit(clients, { isolating: true, memory: memory as never });
  };
  const memory: Record<string, TopicMemory> = {};
  await seen("10", memory);
  const log = structuredClone(memory[GOOD]!.log);
  expect(log?.bounds).toEqual({ 0: { start: "0", end: "10" } });
  // Its log has lost its end, which the attempt sees before it fails.
  const failed = await seen("7", memory, new TypeError("no sense"));
  expect(verdicts(failed.get(GOOD)!.cells)).toEqual(["unknowable"]);
  expect(memory[GOOD]!.log).toEqual(log);
  await seen("7", memory);
  expect(memory[GOOD]!.replaced?.why).toBe(
    "partition 0 ended at offset 10 and ends at 7 now",
  );
});

test("whoever asks of one topic alone is told why it cannot be read", async () => {
  const clients = clientsWith({
    kafka: { offsets: () => Promise.reject(new TypeError("no sense")) },
  });
  await expect(audit(clients, {})).rejects.toThrow("no sense");
});

test("what topics share and cannot be read makes all of them unknowable, and ends no audit", async () => {
  const found = await audit(
    clientsWith({
      source: { runs: () => Promise.reject(new Error("no run")) },
    }),
  );
  for (const topic of [GOOD, BAD]) {
    expect(verdicts(found.get(topic)?.cells)).toEqual(["unknowable"]);
    expect(found.get(topic)?.problem).toContain("no run");
  }
});

test("what only explains findings is told where it cannot be read, and findings stay", async () => {
  const fault = () => Promise.reject(new Error("not JSON"));
  const found = await audit(
    clientsWith(
      { source: { outOfRange: () => Promise.reject(new Error("EACCES")) } },
      { markers: fault, canaries: fault },
    ),
  );
  const { problem, lostOffsets } = found.get(GOOD)!;
  expect(problem).toContain("the importer's log cannot be read: EACCES");
  expect(problem).toContain("replays' markers cannot be read: not JSON");
  expect(problem).toContain("canaries cannot be read: not JSON");
  expect(lostOffsets).toBe(2);
});

test("an archive that is not whole counts nothing: a loss of which it knows no event stays a loss", async () => {
  const whole = await audit(clientsWith({}));
  expect(verdicts(whole.get(GOOD)?.cells)).toEqual([]);
  const counts = {
    bySchema: new Map(),
    unreadable: ["/log.gz cannot be read to its end: unexpected end of file"],
    begins: "2018-01-01T00",
  };
  for (const archive of [
    { counts: async () => counts },
    { counts: () => Promise.reject(new Error("EACCES: /log.gz")) },
  ]) {
    const found = await audit(clientsWith({ archive }));
    expect(verdicts(found.get(GOOD)?.cells)).toEqual(["lost-from-kafka"]);
    expect(found.get(GOOD)?.problem).toContain("/log.gz");
  }
});

test("a service that is down is waited for, and only where that is tolerated its stages are unknowable", async () => {
  const clients = clientsWith({
    kafka: {
      offsets: () =>
        Promise.reject(new ServiceError("Kafka", "b:9092", "refused", null)),
    },
  });
  await expect(audit(clients)).rejects.toBeInstanceOf(ServiceError);
  const outages = new Map();
  const found = await audit(clients, {
    isolating: true,
    tolerant: true,
    outages,
  });
  expect(verdicts(found.get(GOOD)?.cells)).toEqual(["unknowable"]);
  expect([...outages.keys()]).toEqual(["Kafka"]);
});

test("a Hive partition on another system is a problem of its topic, as an hour that is unknowable is no finding", async () => {
  const location = "s3a://bucket/event/Good";
  const clients = clientsWith(
    {
      hive: {
        partitionHours: async (_: string, table: string) =>
          new Set(table === "good" ? ["2018-07-05T01"] : []),
        locations: async () => new Map([["2018-07-05T01", [location]]]),
      },
    },
    {
      hdfs: { summary: async () => undefined, owns: () => false } as never,
    },
  );
  const found = await audit(clients);
  expect(found.get(GOOD)?.problem).toContain(location);
  expect(found.get(BAD)?.problem).toBeUndefined();
});

test("a topic that Kafka lacks is lost where it still lived in the range, and unknowable where nothing tells that it did", async () => {
  const kafka = {
    topics: async () => [BAD],
    denied: async () => new Set<string>(),
  };
  const gone = async (source: object, memory?: object) =>
    (
      await audit(
        clientsWith(
          { kafka, source },
          {
            config: {
              naming: namingRules.parse({}),
              archive: { excludedSchemas: "Good" },
              refine: {},
            } as unknown as EvidenceClients["config"],
          },
        ),
        {
          isolating: true,
          ...(memory ? { memory: memory as never } : {}),
        },
      )
    ).get(GOOD)!;
  const importedAt = (time: string) => ({
    positions: () => new Map([[0, { offset: "5", time: Date.parse(time) }]]),
  });
  const lived = await gone(importedAt("2018-07-05T01:30:00Z"));
  expect(lived.findings.map(({ hour, cause }) => [hour, cause])).toEqual([
    ["2018-07-05T01", "topic-deleted"],
    ["2018-07-05T02", "topic-deleted"],
  ]);
  // Only a directory or a table is left of it: it is named, and no hour of it is called lost or empty.
  for (const source of [
    importedAt("2017-01-01T00:00:00Z"),
    { positions: () => new Map() },
  ]) {
    const memory = {};
    for (const _ of ["first", "second"]) {
      const before = await gone(source, memory);
      expect(before).toMatchObject({ cells: {}, findings: [] });
      expect(before.unknowable).toContain("Kafka does not have the topic");
    }
  }
});

test("a topic that brokers hide for want of rights is not gone: its hours are unknowable, and others are audited", async () => {
  const memory = {};
  const kafka = {
    topics: async () => [BAD],
    denied: async (topics: string[]) => new Set(topics),
  };
  const source = {
    positions: () =>
      new Map([[0, { offset: "5", time: Date.parse("2018-07-05T01:30:00Z") }]]),
  };
  const found = (
    await audit(clientsWith({ kafka, source }), {
      isolating: true,
      memory: memory as never,
    })
  ).get(GOOD)!;
  expect(found.findings).toEqual([]);
  expect(new Set(Object.values(found.cells))).toEqual(new Set(["unknowable"]));
  expect(found.unknowable).toContain("docs/permissions.md");
  expect(JSON.stringify(memory)).not.toContain("topic-deleted");
});
