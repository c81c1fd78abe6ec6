import { MockActivityEnvironment } from "@temporalio/testing";
import {
  connectReplayProducer,
  ReplayTransactions,
} from "../../../../activities/backfill/replay-producer";
import {
  createReplayActivities,
  type Replayed,
} from "../../../../activities/backfill/replay";
import { Progress } from "../../../../activities/backfill/replay-pace";
import { sagaId } from "../../../../activities/backfill/saga-id";
import type { Hdfs } from "../../../../clients/hdfs/hdfs";
import type { Kafka } from "../../../../clients/kafka/kafka";
import type { TransactionalProducer } from "../../../../clients/kafka/transactional-producer";
import { Storage } from "../../../../clients/storage";
import {
  leaseBookPlace,
  markerPlaces,
  sagaPlaces,
} from "../../../../clients/storage-layout";
import { topicLease } from "../../../../domain/backfill/leases";
import {
  CONFIG,
  LOSSY,
  LOST,
  storeMissing,
  topicOf,
} from "../../../chaos/memory/scenario";
import { MemoryKafka } from "../../../chaos/memory/kafka";
import { MemoryHdfs } from "../../../chaos/memory/systems";
import { CAPSULES } from "../../../../formats/eventlogging/capsules";

/** Topics whose lost events lie in storage and are to be replayed. */
async function world(config = CONFIG) {
  const kafka = new MemoryKafka();
  for (const schema of LOSSY) kafka.create(topicOf(schema));
  const storage = new Storage(
    new MemoryHdfs() as unknown as Hdfs,
    "/wmf/data/sisyphus",
  );
  const env = new MockActivityEnvironment();
  const id = (await env.run(async () => sagaId())) as string;
  const { topics } = await storeMissing(storage, id);
  const starts = Object.fromEntries(
    topics.map(({ topic }) => [`${topic}/0`, "0"]),
  );
  const { replay, replayStarts } = createReplayActivities({
    config,
    kafka: kafka as unknown as Kafka,
    storage,
  });
  /** How often each lost event is in Kafka. */
  const counts = () => {
    const found = new Map<string, number>();
    for (const topic of kafka.logs.keys())
      for (const { headers } of kafka.committed(topic)) {
        const uuid = String(headers["uuid"]);
        found.set(uuid, (found.get(uuid) ?? 0) + 1);
      }
    return LOST.map(({ uuid }) => found.get(uuid) ?? 0);
  };
  return {
    kafka,
    storage,
    env,
    id,
    counts,
    run: () => env.run(() => replay({ topics, starts })),
    runFrom: (given: Parameters<typeof replay>[0]["starts"]) =>
      env.run(() => replay({ topics, starts: given })),
    startsOf: (names: string[]) =>
      env.run(() => replayStarts({ topics: names })),
  };
}

const once = LOST.map(() => 1);

test("every lost event is produced once, however often the step is tried", async () => {
  const { run, counts } = await world();
  await run();
  await run();
  expect(counts()).toEqual(once);
});

test("an older attempt that froze before it sent an event can land it no more once a newer one reads back", async () => {
  const { kafka, env, id, run, counts } = await world();
  const event = LOST.find(({ schema }) => schema === LOSSY[0])!;
  const old = (await env.run(() =>
    connectReplayProducer(kafka as unknown as Kafka, id),
  )) as TransactionalProducer;
  const wakeUp = () =>
    env.run(async () => {
      const transactions = new ReplayTransactions(old, {
        ...CONFIG.replay,
        sagaId: id,
        partitionsOf: () => 1,
        mayNotReplay: async () => [],
      });
      const known = CAPSULES.identified(event)!;
      const items = [{ event: known, index: 0, value: JSON.stringify(event) }];
      await transactions.send(topicOf(LOSSY[0]!), { items, bytes: 1 });
      await transactions.commit();
    });
  // It wakes up right after the newer one has looked at where the logs end.
  const offsets = kafka.offsets.bind(kafka);
  let woken: Promise<unknown> | undefined;
  kafka.offsets = async (topic) => {
    const seen = await offsets(topic);
    await (woken ??= wakeUp().catch((error: Error) => error));
    return seen;
  };
  await run();
  expect(await woken).toMatchObject({ message: "fenced" });
  expect(counts()).toEqual(once);
});

test.each([
  ["given retention back", "retentionReleased" as const, {}],
  ["put its topics back", "leftAlone" as const, LOSSY.map(topicOf)],
])(
  "an attempt that wakes up after its saga has %s lands nothing more",
  async (_, record, content) => {
    const { storage, id, run, counts } = await world();
    await storage.write<object>(sagaPlaces(id)[record], content);
    await expect(run()).rejects.toMatchObject({ type: "Fenced" });
    expect(counts()).toEqual(LOST.map(() => 0));
  },
);

test("an attempt of a terminated saga that wakes up lands nothing of a topic that its successor holds", async () => {
  const { storage, run, counts } = await world();
  await storage.write(leaseBookPlace, {
    held: [
      {
        id: "next/1",
        workflowId: "backfill/next",
        firstRunId: "0197e2a4-0000-7000-8000-0000aaaaaaaa",
        resources: [topicLease(topicOf(LOSSY[0]!))],
        number: 1,
        standing: ["next/1"],
        since: "2018-07-05T06:00:00.000Z",
      },
    ],
    waiting: [],
  });
  await expect(run()).rejects.toMatchObject({ type: "Fenced" });
  expect(counts()[LOST.findIndex(({ schema }) => schema === LOSSY[0])]).toBe(0);
});

test("what was replayed into a topic that is made anew then is not produced once more", async () => {
  const { kafka, runFrom, startsOf } = await world();
  const names = LOSSY.map((schema) => topicOf(schema));
  const starts = (await startsOf(names)) as Record<string, string>;
  await runFrom(starts);
  for (const topic of names) {
    kafka.create(topic);
    kafka.fill(topic, 0, 0, 8);
  }
  await expect(runFrom(starts)).rejects.toMatchObject({
    type: "CannotTell",
  });
});

test("starts of many partitions travel by reference, stay what they were, and a shard takes its own", async () => {
  const { kafka, startsOf, runFrom, counts } = await world();
  const many = Array.from({ length: 1001 }, (_, i) => `topic-${i}`);
  for (const topic of many) kafka.create(topic);
  const names = [...LOSSY.map(topicOf), ...many];
  const given = await startsOf(names);
  expect(JSON.stringify(given).length).toBeLessThan(200);
  await runFrom({ ...(given as object), topics: LOSSY.map(topicOf) } as never);
  // Asked again after the replay, they are those of before it.
  expect(await startsOf(names)).toEqual(given);
  await runFrom(given as never);
  expect(counts()).toEqual(once);
  expect(await startsOf(LOSSY.map(topicOf))).not.toHaveProperty("ref");
});

test("the marker of the last transaction is known to audits, though it is in the log only after the first look", async () => {
  const { kafka, storage, id, run } = await world();
  const offsets = kafka.offsets.bind(kafka);
  // The coordinator has answered before it has written the marker.
  const late = new Set<string>();
  kafka.offsets = async (topic) => {
    const told = await offsets(topic);
    const high = Number(told[0]!.high);
    if (high === 0 || late.has(topic)) return told;
    late.add(topic);
    return [{ ...told[0]!, high: String(high - 1) }];
  };
  await run();
  const markers = await storage.read(markerPlaces.ofSaga(id));
  for (const [topic, { partitions }] of kafka.logs) {
    const { log } = partitions[0]!;
    if (log.length === 0) continue;
    expect(markers![topic]).toEqual([
      {
        partition: 0,
        from: "0",
        to: String(log.length),
        empty: log.filter(({ marker }) => marker).length,
      },
    ]);
  }
});

test("nothing of a log is read twice", async () => {
  const { kafka, run } = await world();
  const reads = jest.spyOn(kafka, "read");
  const result = (await run()) as Replayed;
  expect(result).toMatchObject({ landed: LOST.length, twice: 0 });
  const read = reads.mock.calls.flatMap(([ranges]) =>
    [...ranges].flatMap(([topic, parts]) =>
      parts.map(({ partition, from }) => `${topic}/${partition} ${from}`),
    ),
  );
  expect(new Set(read).size).toBe(read.length);
});

test("heartbeats tell events, bytes and how long the rest takes", () => {
  const clock = jest.spyOn(performance, "now").mockReturnValue(1000);
  const progress = new Progress(1000);
  expect(progress.told).toEqual({ replayed: 0, total: 1000, bytes: 0 });
  progress.begin(400);
  const items = Array.from({ length: 100 }, (_, index) => ({
    event: CAPSULES.identified(LOST[0])!,
    index,
    value: "{}",
  }));
  progress.committed({ items, bytes: 50_000 });
  clock.mockReturnValue(3000);
  expect(progress.told).toEqual({
    replayed: 500,
    total: 1000,
    bytes: 50_000,
    perSecond: 50,
    bytesPerSecond: 25_000,
    secondsLeft: 10,
  });
  clock.mockRestore();
});

test("where Kafka does not tell the ids of topics, none are noted: a topic that is made anew later is known all the same", async () => {
  const { kafka, run, startsOf } = await world();
  const names = LOSSY.map(topicOf);
  const outage = jest
    .spyOn(kafka, "topicIds")
    .mockRejectedValue(new Error("the controller is away"));
  await expect(startsOf(names)).rejects.toThrow("the controller is away");
  outage.mockRestore();
  await startsOf(names);
  await run();
  for (const topic of names) kafka.create(topic);
  await expect(run()).rejects.toMatchObject({ type: "CannotTell" });
});

test("no event of an hour that must never be touched is produced, by a plan of before either", async () => {
  const neverTouch = [{ topics: topicOf(LOSSY[0]!), reason: "legal hold" }];
  const { run, counts } = await world({ ...CONFIG, repair: { neverTouch } });
  await expect(run()).rejects.toThrow("legal hold");
  expect(counts().every((count) => count === 0)).toBe(true);
});
