import { join } from "node:path";
import type { Admin } from "kafkajs";
import type { Message } from "../../clients/kafka/ranged-read";
import { collectHeldSince } from "../../activities/backfill/search/collect-held";
import { markerPlaces } from "../../clients/storage-layout";
import { capsuleTime } from "../../formats/eventlogging/event-time";
import { total } from "../../lib/total";
import { moveClockTo } from "../../sandbox/platform/clock";
import { sandboxKafka } from "../../sandbox/platform/commands";
import { crash, down, reset, up } from "../../sandbox/platform/up";
import { until } from "../../sandbox/platform/wait";
import { attemptApart, type AttemptApart } from "../support/attempt-apart";
import { PARTITIONS, sceneOf } from "./replay/scene";
import { namingRules } from "../../domain/settings/dataset";

/** A replay on a real broker: whatever becomes of it, every event is there once, as it was, and none is lost. */
const quiet = () => undefined;
const EVENTS = 5000;
let admin: Admin;
const begun: AttemptApart[] = [];

beforeAll(async () => {
  await reset(quiet);
  await up(quiet, ["kafka"]);
  await moveClockTo(new Date("2018-07-05T05:00:00Z"));
  admin = sandboxKafka().admin();
  await admin.connect();
}, 200_000);

afterAll(async () => {
  await Promise.all(begun.map(({ kill }) => kill()));
  await admin?.disconnect();
  await down(quiet);
}, 60_000);

async function makeTopic(topic: string): Promise<void> {
  await admin.createTopics({
    topics: [
      {
        topic,
        numPartitions: PARTITIONS,
        configEntries: [
          { name: "message.timestamp.type", value: "CreateTime" },
        ],
      },
    ],
  });
}

type Scene = Awaited<ReturnType<typeof sceneOf>>;

/** Asserts that the topic holds each event once: its own text, in the partition of its index. */
async function mustHoldEachOnce(
  topic: string,
  { kafka, texts }: Scene,
): Promise<void> {
  const messages: Message[] = [];
  const ranges = (await kafka.offsets(topic)).map(
    ({ partition, low, high }) => ({ partition, from: low, to: high }),
  );
  await kafka.read(new Map([[topic, ranges]]), (m) => void messages.push(m));
  const found = messages
    .map(({ partition, value, headers }) => ({
      index: Number(headers["backfill-place"]),
      partition,
      value: value!.toString("utf8"),
      uuid: headers["uuid"],
    }))
    .sort((a, b) => a.index - b.index);
  expect(found).toEqual(
    texts.map((value, index) => ({
      index,
      partition: index % PARTITIONS,
      value,
      uuid: (JSON.parse(value) as { uuid: string }).uuid,
    })),
  );
}

/** An attempt in a process of its own. */
function replayApart(topic: string, commits: number): AttemptApart {
  const script = join(__dirname, "replay", "attempt.ts");
  const apart = attemptApart(script, topic, String(EVENTS), String(commits));
  begun.push(apart);
  return apart;
}

test("events of several partitions are there at their own times, and their markers are counted", async () => {
  const topic = "Plain";
  await makeTopic(topic);
  const scene = await sceneOf(topic, EVENTS, { compression: "none" });
  const result = await scene.attempt();
  expect(result).toMatchObject({ landed: EVENTS, twice: 0 });
  await mustHoldEachOnce(topic, scene);
  const marked = await scene.storage.read(
    markerPlaces.ofSaga(`backfill/${topic}`),
  );
  for (const { partition, high } of await scene.kafka.offsets(topic)) {
    const events = scene.texts.filter((_, i) => i % PARTITIONS === partition);
    expect(marked![topic]).toContainEqual({
      partition,
      from: "0",
      to: high,
      empty: Number(high) - events.length,
    });
  }
  // Another attempt finds all of them, and produces nothing.
  const before = await scene.kafka.offsets(topic);
  expect(await scene.attempt()).toEqual(result);
  expect(await scene.kafka.offsets(topic)).toEqual(before);
  const times = new Map<string, string>();
  const consumer = sandboxKafka().consumer({ groupId: "times" });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) =>
      void times.set(String(message.value), message.timestamp),
  });
  await until("all times", 60, () => times.size === EVENTS);
  await consumer.disconnect();
  for (const text of scene.texts)
    expect(times.get(text)).toBe(
      String(capsuleTime(JSON.parse(text) as { dt: string })),
    );
  await scene.kafka.close();
}, 120_000);

test("an attempt that is killed with a transaction open is taken over: what it had committed stays, the rest is produced", async () => {
  const topic = "Killed";
  await makeTopic(topic);
  const { hasSaid, kill } = replayApart(topic, 3);
  await hasSaid("open");
  await kill();
  const scene = await sceneOf(topic, EVENTS, {});
  const written = (await scene.kafka.offsets(topic)).map(({ high }) => high);
  expect(written.every((high) => Number(high) > 0)).toBe(true);
  expect(await scene.attempt()).toMatchObject({ landed: EVENTS, twice: 0 });
  await mustHoldEachOnce(topic, scene);
  await scene.kafka.close();
}, 120_000);

test.each([
  ["after its successor has ended", true],
  ["while its successor has a transaction open", false],
])(
  "an attempt that was frozen with a transaction open and wakes up %s commits nothing",
  async (_, afterwards) => {
    const topic = afterwards ? "Frozen" : "Thawed";
    await makeTopic(topic);
    const { child, hasSaid } = replayApart(topic, 2);
    await hasSaid("open");
    child.kill("SIGSTOP");
    let wokeUp = false;
    const wakeUp = async () => {
      child.kill("SIGCONT");
      child.stdin!.write("go\n");
      // After half a minute Kafka has ended its transaction by itself, and it does not say "Fenced" any more.
      await hasSaid("failed");
      wokeUp = true;
    };
    const scene = await sceneOf(topic, EVENTS, {});
    if (!afterwards) {
      const has = scene.storage.has.bind(scene.storage);
      let asked = 0;
      scene.storage.has = async (place) => {
        // It is asked before each commit.
        if (++asked === 4) await wakeUp();
        return has(place);
      };
    }
    expect(await scene.attempt()).toMatchObject({ landed: EVENTS, twice: 0 });
    if (afterwards) await wakeUp();
    expect(wokeUp).toBe(true);
    await mustHoldEachOnce(topic, scene);
    await scene.kafka.close();
  },
  120_000,
);

/** A transaction of another producer that has written to every partition, and stays open until it is committed. */
async function openTransaction(topic: string) {
  const producer = sandboxKafka().producer({
    idempotent: true,
    transactionalId: `another ${topic}`,
    maxInFlightRequests: 1,
    transactionTimeout: 120_000,
  });
  await producer.connect();
  const transaction = await producer.transaction();
  const messages = Array.from({ length: PARTITIONS }, (_, partition) => ({
    partition,
    value: "{}",
  }));
  await transaction.send({ topic, messages });
  return {
    commit: async () => {
      await transaction.commit();
      await producer.disconnect();
    },
  };
}

const isReading = () =>
  until("a reading of Kafka", 60, async () =>
    (await admin.listGroups()).groups.some(({ groupId }) =>
      groupId.startsWith("sisyphus-read"),
    ),
  );

test("an attempt waits for another producer's open transaction before it produces", async () => {
  const topic = "Behind";
  await makeTopic(topic);
  const other = await openTransaction(topic);
  const scene = await sceneOf(topic, EVENTS, {});
  const attempt = scene.attempt();
  await isReading();
  for (const { high } of await scene.kafka.offsets(topic))
    expect(high).toBe("1");
  await other.commit();
  expect(await attempt).toMatchObject({ landed: EVENTS, twice: 0 });
  await scene.kafka.close();
}, 120_000);

test("an attempt reads back what lies behind a transaction that another producer has opened meanwhile", async () => {
  const topic = "Between";
  await makeTopic(topic);
  const scene = await sceneOf(topic, EVENTS, {});
  const has = scene.storage.has.bind(scene.storage);
  let other: ReturnType<typeof openTransaction> | undefined;
  scene.storage.has = async (place) => {
    await (other ??= openTransaction(topic));
    return has(place);
  };
  const attempt = scene.attempt();
  await until("all events in the log", 60, async () => {
    const logs = await scene.kafka.offsets(topic);
    return total(logs.map(({ high }) => ({ high: Number(high) })), "high") > EVENTS; // prettier-ignore
  });
  await isReading();
  await (await other!).commit();
  expect(await attempt).toMatchObject({ landed: EVENTS, twice: 0 });
  await scene.kafka.close();
}, 120_000);

test("a search waits for an open transaction, and finds what lies behind it", async () => {
  const topic = "Searched";
  await makeTopic(topic);
  const other = await openTransaction(topic);
  const { kafka, storage, env, texts } = await sceneOf(topic, 1, {});
  const plain = sandboxKafka().producer();
  await plain.connect();
  const [text] = texts as [string];
  await plain.send({ topic, messages: [{ partition: 0, value: text }] });
  await plain.disconnect();
  const searched = env.run(() =>
    collectHeldSince(
      { kafka, storage, config: { naming: namingRules.parse({}) } },
      [{ topic, schema: topic }],
      { ends: {}, topicIds: {} },
    ),
  ) as ReturnType<typeof collectHeldSince>;
  let isOver = false;
  void searched.finally(() => (isOver = true));
  await isReading();
  expect(isOver).toBe(false);
  await other.commit();
  const { refs } = await searched;
  const found = await Promise.all(refs.map((ref) => storage.readRefText(ref)));
  const { uuid } = JSON.parse(text) as { uuid: string };
  expect(found.join("")).toContain(uuid);
  await kafka.close();
}, 120_000);

test("a broker that is killed in the middle and started again loses nothing: the next attempt goes on", async () => {
  const topic = "Restarted";
  await makeTopic(topic);
  const scene = await sceneOf(topic, EVENTS, { eventsPerSecond: 2000 });
  const has = scene.storage.has.bind(scene.storage);
  let asked = 0;
  let restarted: Promise<void> | undefined;
  scene.storage.has = async (place) => {
    // Before the sixth commit.
    if (++asked === 6) restarted = crash("kafka", 0);
    return has(place);
  };
  let failures = 0;
  const result = await until("an attempt that ends", 120, async () => {
    try {
      return await scene.attempt();
    } catch {
      failures++;
      await restarted;
      return undefined;
    }
  });
  expect(failures).toBeGreaterThan(0);
  expect(result).toMatchObject({ landed: EVENTS, twice: 0 });
  await mustHoldEachOnce(topic, scene);
  await scene.kafka.close();
}, 200_000);
