import { MockActivityEnvironment } from "@temporalio/testing";
import type { Producer } from "kafkajs";
import {
  connectReplayProducer,
  sendBatch,
} from "../../../../activities/backfill/replay-producer";
import { createReplayActivities } from "../../../../activities/backfill/replay";
import { sagaId } from "../../../../activities/backfill/saga-id";
import type { Hdfs } from "../../../../clients/hdfs/hdfs";
import type { Kafka } from "../../../../clients/kafka/kafka";
import { Storage } from "../../../../clients/storage";
import { leaseBookPlace, sagaPlaces } from "../../../../clients/storage-layout";
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

/** Topics whose lost events lie in storage and are to be replayed. */
async function world() {
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
    config: CONFIG,
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
  )) as Producer;
  const wakeUp = () =>
    env.run(() =>
      sendBatch(
        old,
        id,
        topicOf(LOSSY[0]!),
        [{ event, index: 0, value: JSON.stringify(event) }],
        { compression: "none" },
      ),
    );
  // It wakes up right after the newer one has looked at where the logs end.
  const offsets = kafka.offsets.bind(kafka);
  let woken: Promise<unknown> | undefined;
  kafka.offsets = async (topic) => {
    const seen = await offsets(topic);
    await (woken ??= wakeUp().catch((error: Error) => error));
    return seen;
  };
  await run();
  expect(await woken).toMatchObject({ type: "Fenced" });
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
