import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { Batch, Consumer, KafkaMessage } from "kafkajs";
import { FormatError } from "../../formats/format-error";
import { isZlibError } from "../../lib/zlib-error";
import { partitionKey } from "../../lib/keys";
import { fatal } from "../errors";
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

/** How often whoever waits is asked whether it is still wanted, though nothing comes. */
const BEAT_MS = 1000;

/** A broken connection or a group's coordinator that is still loading: so often, with nothing read between, another attempt may mend it. */
const MAX_INTERRUPTIONS = 8;

/** A partition of which a part is still to be read: offsets from `next` up to, not including, `to`. */
type Unfinished = {
  topic: string;
  partition: number;
  next: bigint;
  to: bigint;
};

/** What is still to be read, by {@link partitionKey}; an attempt that follows a broken one goes on from here. */
type Unread = Map<string, Unfinished>;

export type ReadOptions = {
  /** Whether records of transactions count that are open, or were aborted. Otherwise such a transaction is waited for. */
  uncommitted?: boolean;
};

/** The consumer ended by something that kafkajs itself would try again after. */
class Interrupted extends Error {}

/**
 * What ended a consumer, where it was the data: a batch in a codec that nothing here knows, or one that is damaged. kafkajs takes either
 * for a broken connection and would try for ever. Its own gzip is Node's.
 */
function undecodable(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  const isOfData =
    error instanceof FormatError ||
    error.name === "KafkaJSNotImplemented" ||
    isZlibError(error);
  return isOfData ? error : undecodable(error.cause);
}

function unreadOf(ranges: Map<string, Range[]>): Unread {
  const unread: Unread = new Map();
  for (const [topic, parts] of ranges)
    for (const { partition, from, to } of parts)
      if (BigInt(from) < BigInt(to))
        unread.set(partitionKey(topic, partition), {
          topic,
          partition,
          next: BigInt(from),
          to: BigInt(to),
        });
  return unread;
}

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
 * offsets of a partition come in order, each once, also where the connection breaks meanwhile. A range may end with control records,
 * which are never handed out.
 * @param each is awaited, so that it holds the reading back; what it throws ends the reading
 * @param beat is called for each batch that comes, and every second; what it throws ends the reading
 * @throws ServiceError where Kafka fails again and again, or nothing comes for two minutes
 * @throws ApplicationFailure `BadFormat` where what Kafka holds cannot be decoded
 */
export function readRanges(
  kafka: Pick<KafkaConnection, "js" | "calling" | "withAdmin">,
  ranges: Map<string, Range[]>,
  each: (message: Message) => Promise<void> | void,
  beat: () => void = () => undefined,
  options: ReadOptions = {},
): Promise<void> {
  const unread = unreadOf(ranges);
  if (unread.size === 0) return Promise.resolve();
  return kafka.calling(async () => {
    let interruptions = 0;
    const onBatch = () => {
      interruptions = 0;
      beat();
    };
    while (unread.size > 0)
      try {
        await readOnce(kafka, unread, { each, onBatch, beat }, options);
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error;
        if (++interruptions > MAX_INTERRUPTIONS) throw error.cause;
        await setTimeout(2 ** interruptions * 50);
      }
  });
}

/** Who is told of what: of each message, of each batch, and every second. */
type Told = {
  each: (message: Message) => Promise<void> | void;
  onBatch: () => void;
  beat: () => void;
};

/** One consumer's try: `unread` is empty after it, or says where the next one goes on. */
async function readOnce(
  kafka: Pick<KafkaConnection, "js" | "withAdmin">,
  unread: Unread,
  told: Told,
  { uncommitted = false }: ReadOptions,
): Promise<void> {
  const groupId = `sisyphus-read-${randomUUID()}`;
  const consumer = kafka.js.consumer({
    groupId,
    maxWaitTimeInMs: 100,
    readUncommitted: uncommitted,
  });
  try {
    await consumer.connect();
    await consumer.subscribe({
      topics: [...new Set([...unread.values()].map(({ topic }) => topic))],
      fromBeginning: true,
    });
    await consume(consumer, unread, told);
  } finally {
    await consumer.disconnect();
    // kafkajs reads in groups only; one that is left behind would be listed among the cluster's for a week.
    await kafka
      .withAdmin((admin) => admin.deleteGroups([groupId]))
      .catch(() => undefined);
  }
}

/** Runs a subscribed consumer until every end is reached; `unread` loses the partitions that are read. */
function consume(
  consumer: Consumer,
  unread: Unread,
  { each, onBatch, beat }: Told,
): Promise<void> {
  return new Promise<void>((done, fail) => {
    let isOver = false;
    const finish = (error?: unknown) => {
      isOver = true;
      clearTimeout(silence);
      clearInterval(beating);
      if (error) fail(error);
      else done();
    };
    const silence = globalThis.setTimeout(
      () =>
        finish(
          new Error(
            `nothing came for ${SILENT_SECONDS} s, as where a producer's transaction stays open; not read: ${[...unread.keys()].join(", ")}`,
          ),
        ),
      SILENT_SECONDS * 1000,
    );
    const beating = setInterval(() => {
      try {
        beat();
      } catch (error) {
        finish(error);
      }
    }, BEAT_MS);
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      const fault = undecodable(payload.error);
      if (fault)
        finish(
          fatal(
            "BadFormat",
            `a batch of ${[...unread.keys()].join(", ")} cannot be decoded: ${fault.message}`,
          ),
        );
      else
        finish(
          payload.restart
            ? new Interrupted("interrupted", { cause: payload.error })
            : payload.error,
        );
    });
    // This event, unlike `eachBatch`, also comes for batches that hold control records only.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (isOver) return;
      const key = partitionKey(payload.topic, payload.partition);
      const part = unread.get(key);
      if (part && BigInt(payload.lastOffset) + 1n >= part.to)
        unread.delete(key);
      if (unread.size === 0) finish();
    });
    const eachBatch = async ({ batch }: { batch: Batch }) => {
      silence.refresh();
      const part = unread.get(partitionKey(batch.topic, batch.partition));
      // What is thrown out of here kafkajs takes for a fault of its own, and tries again.
      try {
        onBatch();
        if (!part) return;
        for (const message of batch.messages) {
          const offset = BigInt(message.offset);
          if (isOver || offset < part.next || offset >= part.to) continue;
          await each(messageOf(batch, message));
          part.next = offset + 1n;
        }
      } catch (error) {
        finish(error);
      }
    };
    consumer
      .run({ autoCommit: false, eachBatch })
      // A consumer can be told where to begin only once it runs.
      .then(() => isOver || seekToStarts(consumer, unread))
      .catch(finish);
  });
}

function seekToStarts(consumer: Consumer, unread: Unread): void {
  for (const { topic, partition, next } of unread.values())
    consumer.seek({ topic, partition, offset: String(next) });
}
