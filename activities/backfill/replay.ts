import { cancellationSignal, heartbeat, sleep } from "@temporalio/activity";
import { CompressionTypes, KafkaJSError, type Producer } from "kafkajs";
import type { Config } from "../../domain/settings/config";
import { Landed } from "../../domain/backfill/landed";
import { batches, Throttle } from "../../lib/throttle";
import type { Markers } from "../../domain/audit/ledger";
import {
  capsuleTime,
  type EventCapsule,
} from "../../formats/eventlogging/event-capsule";
import { calling, fatal } from "../../clients/errors";
import type { Hdfs } from "../../clients/hdfs/hdfs";
import type { Kafka } from "../../clients/kafka/kafka";
import type { Storage } from "../../clients/storage";
import { readMissing } from "./search/missing";
import type { MissingTopic } from "../../domain/backfill/missing";
import { markerPlaces, sagaPlaces } from "../../clients/storage-layout";
import { sagaId } from "./saga-id";
import { partitionKey, parsePartitionKey } from "../../lib/keys";

/** Tells a replayed message from an original one, and one backfill's from another's. */
export const BACKFILL_HEADER = "backfill-id";

/** The event's place in the stored list of what is missing. */
const PLACE_HEADER = "backfill-place";

export type Replayed = {
  /** Distinct events that this backfill has in Kafka, read back. */
  landed: number;
  /** Events that it has there more than once. */
  twice: number;
  /** `<topic>/<partition>` to the offset after the last replayed event. */
  ends: Record<string, string>;
  /** Landed, topic by topic; absent in results of 0.1.0. */
  topics?: Record<string, number>;
};

type Starts = Record<string, string>;

function throttleOf(r: Config["replay"], share = 1): Throttle {
  const all = {
    eventsPerSecond: r.eventsPerSecond * share,
    bytesPerSecond: r.bytesPerSecond * share,
  };
  return new Throttle(all, {
    eventsPerSecond: r.topicEventsPerSecond ?? all.eventsPerSecond,
    bytesPerSecond: r.topicBytesPerSecond ?? all.bytesPerSecond,
  });
}

/** Topics of which a file of events is in memory at a time. */
const OPEN = 4;

/** Works through the batches of many items, the one next whose turn is due first; few are open at a time. */
export async function inTurns<T, B>(
  items: readonly T[],
  open: (item: T) => Promise<Iterator<B> | AsyncIterator<B>>,
  due: (item: T) => number,
  work: (item: T, batch: B) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const opened: { item: T; left: Iterator<B> | AsyncIterator<B> }[] = [];
  for (;;) {
    while (opened.length < OPEN && waiting.length > 0) {
      const item = waiting.shift()!;
      opened.push({ item, left: await open(item) });
    }
    const [next] = [...opened].sort((a, b) => due(a.item) - due(b.item));
    if (!next) return;
    const batch = await next.left.next();
    if (batch.done) opened.splice(opened.indexOf(next), 1);
    else await work(next.item, batch.value);
  }
}

/** Producing the missing events, each exactly once. */
export function createReplayActivities({
  config,
  kafka,
  hdfs,
  storage,
}: {
  config: Config;
  kafka: Kafka;
  hdfs: Hdfs;
  storage: Storage;
}) {
  /** Everything this backfill has landed since the recorded starts. */
  async function readBack(
    id: string,
    topics: string[],
    starts: Starts,
  ): Promise<{
    of: (topic: string) => Landed;
    twice: number;
    ends: Record<string, string>;
    markers: Record<string, Markers[]>;
  }> {
    const ranges = new Map<
      string,
      { partition: number; from: string; to: string }[]
    >();
    for (const topic of topics) {
      heartbeat({ offsets: topic });
      const offsets = await kafka.offsets(topic);
      const parts = offsets.map((o) => {
        const start = starts[partitionKey(topic, o.partition)] ?? o.low;
        return {
          partition: o.partition,
          from: BigInt(start) > BigInt(o.low) ? start : o.low,
          to: o.high,
        };
      });
      if (parts.some((p) => BigInt(p.from) < BigInt(p.to)))
        ranges.set(topic, parts);
    }
    const landed = new Map(topics.map((t) => [t, new Landed()]));
    const ends: Record<string, string> = {};
    const markers: Record<string, Markers[]> = {};
    const seen = new Map<string, number>();
    await kafka.read(
      ranges,
      (m) => {
        const place = partitionKey(m.topic, m.partition);
        seen.set(place, (seen.get(place) ?? 0) + 1);
        if (m.headers[BACKFILL_HEADER] !== id) return;
        const n = m.headers[PLACE_HEADER];
        landed
          .get(m.topic)!
          .add(
            n === undefined ? undefined : Number(n),
            m.headers["uuid"] ?? "",
          );
        const end = BigInt(m.offset) + 1n;
        if (end > BigInt(ends[place] ?? "0")) ends[place] = end.toString();
      },
      () => heartbeat({ reading: true }),
    );
    // Offsets without a record: the transactions' markers, and what was aborted. The offset ledger must know them.
    for (const [topic, parts] of ranges)
      markers[topic] = parts.flatMap(({ partition, from, to }) => {
        const records = seen.get(partitionKey(topic, partition)) ?? 0;
        const empty = Number(BigInt(to) - BigInt(from)) - records;
        return empty > 0 ? [{ partition, from, to, empty }] : [];
      });
    return {
      of: (topic) => landed.get(topic)!,
      twice: [...landed.values()].reduce((sum, l) => sum + l.twice, 0),
      ends,
      markers,
    };
  }

  /** Opens the backfill's transactional producer: from here on an older attempt's producer is fenced and its open transaction aborted. */
  async function open(id: string): Promise<Producer> {
    const producer = kafka.js.producer({
      idempotent: true,
      transactionalId: `sisyphus-${id}`,
      maxInFlightRequests: 1,
      transactionTimeout: 30_000,
    });
    await producer.connect();
    for (let attempt = 0; ; attempt++) {
      try {
        const empty = await producer.transaction();
        await empty.abort();
        return producer;
      } catch (error) {
        // The coordinator is still ending the older attempt's transaction.
        if (attempt === 20) throw error;
        heartbeat({ fencing: attempt });
        await sleep(500);
      }
    }
  }

  /** What is left of a topic, a file of it in memory at a time. */
  async function* batchesOf(missing: MissingTopic, before: Landed) {
    let place = 0;
    function* left(events: Iterable<EventCapsule>) {
      for (const event of events) {
        const at = place++;
        if (!before.has(at, event.uuid))
          yield { event, place: at, value: JSON.stringify(event) };
      }
    }
    for await (const events of readMissing(hdfs, missing))
      yield* batches(
        left(events),
        (m) => Buffer.byteLength(m.value),
        config.replay.batchEvents,
        config.replay.batchBytes,
      );
  }

  async function send(
    producer: Producer,
    id: string,
    topic: string,
    events: { event: EventCapsule; place: number; value: string }[],
  ): Promise<void> {
    const transaction = await producer.transaction();
    try {
      await transaction.send({
        topic,
        acks: -1,
        compression:
          config.replay.compression === "gzip"
            ? CompressionTypes.GZIP
            : CompressionTypes.None,
        messages: events.map(({ event, place, value }) => ({
          value,
          // The event's own time, as eventlogging-consumer does: it keeps its hour.
          timestamp: String(capsuleTime(event)),
          headers: {
            [BACKFILL_HEADER]: id,
            [PLACE_HEADER]: String(place),
            uuid: event.uuid,
          },
        })),
      });
      await transaction.commit();
    } catch (error) {
      await transaction.abort().catch(() => undefined);
      const type =
        error instanceof KafkaJSError
          ? (error as KafkaJSError & { type?: string }).type
          : undefined;
      if (type === "INVALID_PRODUCER_EPOCH" || type === "PRODUCER_FENCED")
        throw fatal(
          "Fenced",
          `a newer attempt of ${id} has taken over the replay`,
        );
      throw error;
    }
  }

  return {
    /** The log ends before the replay: what lies after them may be ours. `<topic>/<partition>` to offset. */
    async replayStarts(input: { topics: string[] }): Promise<Starts> {
      const starts: Starts = {};
      for (const topic of input.topics) {
        heartbeat(topic);
        for (const o of await kafka.offsets(topic))
          starts[partitionKey(topic, o.partition)] = o.high;
      }
      return starts;
    },
    /**
     * Produces what is missing, in transactions of bounded size and at a bounded rate. Fenced by a transactional id, an attempt first reads back
     * what earlier ones committed; so none is produced twice, whenever an attempt ends or freezes.
     */
    async replay(input: {
      topics: MissingTopic[];
      starts: Starts;
      /** Of the configured rates, where several replay side by side. */
      share?: number;
    }): Promise<Replayed> {
      const id = sagaId();
      const names = input.topics.map((t) => t.topic);
      const total = input.topics.reduce((sum, t) => sum + t.events, 0);
      return calling("Kafka", config.kafka.brokers.join(","), async () => {
        const producer = await open(id);
        try {
          const before = await readBack(id, names, input.starts);
          let done = names.reduce((sum, t) => sum + before.of(t).count, 0);
          heartbeat({ replayed: done, total });
          const throttle = throttleOf(config.replay, input.share);
          await inTurns(
            input.topics,
            async (missing) => batchesOf(missing, before.of(missing.topic)),
            ({ topic }) => throttle.due(topic),
            async ({ topic }, batch) => {
              cancellationSignal().throwIfAborted();
              const wait = throttle.due(topic) - Date.now();
              if (wait > 0) await sleep(wait);
              await send(producer, id, topic, batch.items);
              const n = batch.items.length;
              throttle.sent(topic, n, batch.bytes, Date.now());
              done += n;
              heartbeat({ replayed: done, total });
            },
          );
        } finally {
          await producer.disconnect().catch(() => undefined);
        }
        // Topics that were skipped in the middle as well: the ledger must know their markers, too.
        const begun = Object.keys(input.starts).map(
          (key) => parsePartitionKey(key).topic,
        );
        const after = await readBack(
          id,
          [...new Set([...names, ...begun])],
          input.starts,
        );
        const topics = Object.fromEntries(
          names.map((name) => [name, after.of(name).count]),
        );
        const landed = Object.values(topics).reduce((sum, n) => sum + n, 0);
        if (landed < total)
          throw new Error(
            `${landed} of ${total} replayed events were read back; the next attempt produces the rest`,
          );
        await storage.write(markerPlaces.ofSaga(id), after.markers);
        const ends = Object.fromEntries(
          Object.entries(after.ends).filter(
            ([place]) => parsePartitionKey(place).topic in topics,
          ),
        );
        return { landed, twice: after.twice, ends, topics };
      });
    },
    /**
     * Raises retention where replayed events are older than it. What the topics had is recorded before anything is changed,
     * once: a second attempt must not take the raised value for the old one.
     */
    async holdRetention(input: {
      topics: string[];
      oldest: string;
      asOf: string;
    }): Promise<Record<string, string | null>> {
      const id = sagaId();
      const age = Date.parse(input.asOf) - Date.parse(`${input.oldest}:00:00Z`);
      const hold = String(Math.max(config.replay.holdRetentionMs, age * 2));
      const places = sagaPlaces(id);
      const recorded = await storage.read(places.retention);
      let before = recorded ?? {};
      if (recorded === undefined) {
        for (const topic of input.topics) {
          heartbeat(topic);
          const current = await kafka.topicConfig(topic);
          const retention = Number(current["retention.ms"]);
          // Broker-stamped messages are young, whatever the event's age.
          if (
            current["message.timestamp.type"] !== "CreateTime" ||
            retention < 0 ||
            retention >= Number(hold)
          )
            continue;
          before[topic] =
            (await kafka.ownConfig(topic))["retention.ms"] ?? null;
        }
        before = await storage.recordOnce(places.retention, before);
      }
      for (const topic of Object.keys(before)) {
        heartbeat(topic);
        // Kafka knows no conditional change: an attempt that froze and wakes up after the release looks before and after, and takes its own back.
        const released = () => storage.has(places.retentionReleased);
        const late = await released();
        if (!late) await kafka.setTopicConfig(topic, "retention.ms", hold);
        if (late || (await released())) {
          const own = before[topic] ?? undefined;
          await kafka.setTopicConfig(topic, "retention.ms", own);
          throw fatal("Fenced", `the retention that ${id} held is released`);
        }
      }
      return before;
    },
    /** Puts recorded values back; null means that the topic had none of its own. */
    async restoreRetention(input: {
      /** Default: what was recorded before anything was held. */
      before?: Record<string, string | null>;
    }): Promise<number> {
      const id = sagaId();
      await storage.write(sagaPlaces(id).retentionReleased, {});
      const before =
        input.before ?? (await storage.read(sagaPlaces(id).retention)) ?? {};
      for (const [topic, value] of Object.entries(before)) {
        heartbeat(topic);
        await kafka.setTopicConfig(topic, "retention.ms", value ?? undefined);
      }
      return Object.keys(before).length;
    },
  };
}
