import { randomUUID } from "node:crypto";
import type { Batch, Consumer, KafkaMessage } from "kafkajs";
import { partitionKey } from "../../lib/keys";
import { calling } from "../errors";
import type { KafkaConnection } from "./connection";

/** Offsets of a partition as decimal strings: from `from` up to, not including, `to`. */
export type Range = { partition: number; from: string; to: string };

export type Message = {
  topic: string;
  partition: number;
  /** A decimal string: offsets exceed 2^53. */
  offset: string;
  /** Null for a tombstone. */
  value: Buffer | null;
  headers: Record<string, string>;
};

/** Where nothing at all comes for this long, the rest is not going to come. */
const SILENT_SECONDS = 120;

/** The ends of the partitions that are not read yet, by `<topic>/<partition>`; an empty range is read from the start. */
function endsOf(ranges: Map<string, Range[]>): Map<string, bigint> {
  const ends = new Map<string, bigint>();
  for (const [topic, parts] of ranges)
    for (const { partition, from, to } of parts)
      if (BigInt(from) < BigInt(to))
        ends.set(partitionKey(topic, partition), BigInt(to));
  return ends;
}

const isWithin = (offset: bigint, { from, to }: Range) =>
  offset >= BigInt(from) && offset < BigInt(to);

const messageOf = (
  { topic, partition }: Batch,
  { offset, value, headers }: KafkaMessage,
): Message => ({
  topic,
  partition,
  offset,
  value,
  headers: Object.fromEntries(
    Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)]),
  ),
});

/**
 * Reads offset ranges of several topics, however long that takes: records of committed transactions, and those without one. The
 * offsets of a partition come in order. A range may end with control records, which are never handed out.
 * @param each is awaited, so that it holds the reading back
 * @param beat is called for each batch that comes
 * @throws ServiceError where Kafka fails, or nothing comes for two minutes
 */
export function readRanges(
  kafka: Pick<KafkaConnection, "js" | "brokers" | "withAdmin">,
  ranges: Map<string, Range[]>,
  each: (message: Message) => Promise<void> | void,
  beat: () => void = () => undefined,
): Promise<void> {
  const ends = endsOf(ranges);
  if (ends.size === 0) return Promise.resolve();
  const groupId = `sisyphus-read-${randomUUID()}`;
  const consumer = kafka.js.consumer({
    groupId,
    maxWaitTimeInMs: 100,
    readUncommitted: false,
  });
  return calling("Kafka", kafka.brokers.join(","), async () => {
    await consumer.connect();
    try {
      await consumer.subscribe({
        topics: [...ranges.keys()],
        fromBeginning: true,
      });
      await consume(consumer, ranges, ends, each, beat);
    } finally {
      await consumer.disconnect();
      // kafkajs reads in groups only; one that is left behind would be listed among the cluster's for a week.
      await kafka
        .withAdmin((admin) => admin.deleteGroups([groupId]))
        .catch(() => undefined);
    }
  });
}

/** Runs a subscribed consumer until every end is reached; `ends` loses those that are. */
function consume(
  consumer: Consumer,
  ranges: Map<string, Range[]>,
  ends: Map<string, bigint>,
  each: (message: Message) => Promise<void> | void,
  beat: () => void,
): Promise<void> {
  return new Promise<void>((done, fail) => {
    const silence = setTimeout(
      () =>
        fail(
          new Error(
            `reading ${ranges.size} topics: nothing came for ${SILENT_SECONDS} s; not read: ${[...ends.keys()].join(", ")}`,
          ),
        ),
      SILENT_SECONDS * 1000,
    );
    const finish = (error?: Error) => {
      clearTimeout(silence);
      if (error) fail(error);
      else done();
    };
    consumer.on(consumer.events.CRASH, ({ payload }) => finish(payload.error));
    // This event, unlike `eachBatch`, also comes for batches that hold control records only.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      const key = partitionKey(payload.topic, payload.partition);
      const end = ends.get(key);
      if (end !== undefined && BigInt(payload.lastOffset) + 1n >= end)
        ends.delete(key);
      if (ends.size === 0) finish();
    });
    const eachBatch = async ({ batch }: { batch: Batch }) => {
      beat();
      silence.refresh();
      const range = ranges
        .get(batch.topic)
        ?.find(({ partition }) => partition === batch.partition);
      if (!range) return;
      for (const message of batch.messages)
        if (isWithin(BigInt(message.offset), range))
          await each(messageOf(batch, message));
    };
    consumer
      .run({ autoCommit: false, eachBatch })
      // A consumer can be told where to begin only once it runs.
      .then(() => seekToStarts(consumer, ranges, ends))
      .catch(finish);
  });
}

function seekToStarts(
  consumer: Consumer,
  ranges: Map<string, Range[]>,
  ends: Map<string, bigint>,
): void {
  for (const [topic, parts] of ranges)
    for (const { partition, from } of parts)
      if (ends.has(partitionKey(topic, partition)))
        consumer.seek({ topic, partition, offset: from });
}
