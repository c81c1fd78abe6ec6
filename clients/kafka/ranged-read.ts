import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type { Batch, Consumer, KafkaMessage } from "kafkajs";
import { FormatError } from "../../formats/format-error";
import { isZlibError } from "../../lib/zlib-error";
import { calling, fatal } from "../errors";
import type { KafkaConnection } from "./connection";
import { type Part, Silence, Unread } from "./unread";

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

/** A broken connection or a group's coordinator that is still loading: so often, with nothing read between, another attempt may mend it. */
const MAX_INTERRUPTIONS = 8;

type ReadableKafka = Pick<KafkaConnection, "js" | "brokers" | "withAdmin">;

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
  const unread = new Unread();
  for (const [topic, parts] of ranges)
    for (const { partition, from, to } of parts)
      unread.add({ topic, partition, next: BigInt(from), to: BigInt(to) });
  return unread;
}

function messageOf(
  { topic, partition }: Batch,
  { offset, value, headers: given = {} }: KafkaMessage,
): Message {
  const headers: Message["headers"] = {};
  for (const name of Object.keys(given)) headers[name] = String(given[name]);
  return { topic, partition, offset, value, headers };
}

/**
 * Reads offset ranges of several topics, however long that takes: records of committed transactions, and those without one. The
 * offsets of a partition come in order, each once, also where the connection breaks meanwhile. A range may end with control records,
 * which are never handed out.
 * @param each is awaited, so that it holds the reading back; what it throws ends the reading
 * @param beat is called for each batch that comes; what it throws ends the reading
 * @throws ServiceError where Kafka fails again and again, or nothing comes for two minutes
 * @throws ApplicationFailure `BadFormat` where what Kafka holds cannot be decoded
 */
export function readRanges(
  kafka: ReadableKafka,
  ranges: Map<string, Range[]>,
  each: (message: Message) => Promise<void> | void,
  beat: () => void = () => undefined,
): Promise<void> {
  const unread = unreadOf(ranges);
  if (unread.isEmpty) return Promise.resolve();
  return readOn(kafka, {
    unread,
    each,
    beat,
    stopped: new AbortController().signal,
  });
}

/** What is read, how, and until when. */
type Reading = {
  unread: Unread;
  each: (message: Message) => Promise<void> | void;
  beat: () => void;
  stopped: AbortSignal;
};

/** Reads on, with one consumer after the other, until everything is read or the reading is stopped. */
function readOn(kafka: ReadableKafka, reading: Reading): Promise<void> {
  const { unread, stopped } = reading;
  return calling("Kafka", kafka.brokers.join(","), async () => {
    let interruptions = 0;
    const isRead = () => {
      interruptions = 0;
      reading.beat();
    };
    while (!unread.isEmpty && !stopped.aborted)
      try {
        await readOnce(kafka, { ...reading, beat: isRead });
      } catch (error) {
        if (!(error instanceof Interrupted)) throw error;
        if (++interruptions > MAX_INTERRUPTIONS) throw error.cause;
        await setTimeout(2 ** interruptions * 50);
      }
  });
}

/** Offsets of partitions, as decimal strings, by topic: each of them not included. */
export type Ends = Map<string, Pick<Range, "partition" | "to">[]>;

/** Partitions that are read as they grow. */
export type Following = {
  /** Waits until every message before these offsets was handed out. @throws what ended the reading */
  reached(ends: Ends): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Reads partitions from offsets on, and whatever is committed to them then, until it is stopped: see {@link readRanges}. Nothing need come
 * for as long as nobody waits for it.
 */
export function followFrom(
  kafka: ReadableKafka,
  starts: Map<string, Pick<Range, "partition" | "from">[]>,
  each: (message: Message) => void,
): Following {
  const unread = new Unread();
  for (const [topic, parts] of starts)
    for (const { partition, from } of parts)
      unread.add({ topic, partition, next: BigInt(from), to: undefined });
  const stopper = new AbortController();
  const reading = readOn(kafka, {
    unread,
    each,
    beat: () => undefined,
    stopped: stopper.signal,
  });
  // Whoever waits is told of a failure.
  reading.catch(() => undefined);
  return {
    reached: (ends) => awaitReached(unread, reading, ends),
    stop: async () => {
      stopper.abort();
      await reading.catch(() => undefined);
    },
  };
}

/** @param reading ends only where it fails */
async function awaitReached(
  unread: Unread,
  reading: Promise<void>,
  ends: Ends,
): Promise<void> {
  const waiting = new Silence(() => unread.names);
  const isReached = () =>
    [...ends].every(([topic, parts]) =>
      parts.every(
        ({ partition, to }) => unread.get(topic, partition)!.next >= BigInt(to),
      ),
    );
  const reached = new Promise<void>((done) => {
    unread.onProgress = () => {
      waiting.broken();
      if (isReached()) done();
    };
    unread.onProgress();
  });
  try {
    const ended = reading.then(() => {
      throw new Error("the reading was stopped");
    });
    await Promise.race([reached, ended, waiting.tooLong]);
  } finally {
    waiting.over();
  }
}

/** One consumer's try: nothing is left to be read after it, or the next one goes on. */
async function readOnce(kafka: ReadableKafka, reading: Reading): Promise<void> {
  const { unread } = reading;
  const groupId = `sisyphus-read-${randomUUID()}`;
  const consumer = kafka.js.consumer({
    groupId,
    maxWaitTimeInMs: 100,
    readUncommitted: false,
  });
  await consumer.connect();
  try {
    await consumer.subscribe({
      topics: [...new Set(unread.all.map(({ topic }) => topic))],
      fromBeginning: true,
    });
    await consume(consumer, reading);
  } finally {
    await consumer.disconnect();
    // kafkajs reads in groups only; one that is left behind would be listed among the cluster's for a week.
    await kafka
      .withAdmin((admin) => admin.deleteGroups([groupId]))
      .catch(() => undefined);
  }
}

/** Runs a subscribed consumer until everything is read or the reading is stopped. */
function consume(
  consumer: Consumer,
  { unread, each, beat, stopped }: Reading,
): Promise<void> {
  return new Promise<void>((done, fail) => {
    let isOver = false;
    // Of what is followed nothing need come.
    const silence = unread.isFollowed
      ? undefined
      : new Silence(() => unread.names);
    const finish = (error?: unknown) => {
      isOver = true;
      silence?.over();
      stopped.removeEventListener("abort", onStop);
      if (error) fail(error);
      else done();
    };
    const onStop = () => finish();
    silence?.tooLong.catch(finish);
    stopped.addEventListener("abort", onStop);
    if (stopped.aborted) return finish();
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      const fault = undecodable(payload.error);
      if (fault)
        finish(
          fatal(
            "BadFormat",
            `a batch of ${unread.names} cannot be decoded: ${fault.message}`,
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
      const { topic, partition, lastOffset } = payload;
      unread.passed(topic, partition, BigInt(lastOffset) + 1n);
      if (unread.isEmpty) finish();
    });
    const eachBatch = async ({ batch }: { batch: Batch }) => {
      silence?.broken();
      const part = unread.get(batch.topic, batch.partition);
      // What is thrown out of here kafkajs takes for a fault of its own, and tries again.
      try {
        beat();
        if (!part) return;
        for (const message of batch.messages) {
          const offset = BigInt(message.offset);
          if (isOver || offset < part.next || isBehind(offset, part)) continue;
          // Waited for only where there is something to wait for: of many messages each turn counts.
          const handing = each(messageOf(batch, message));
          if (handing) await handing;
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

const isBehind = (offset: bigint, { to }: Part): boolean =>
  to !== undefined && offset >= to;

function seekToStarts(consumer: Consumer, unread: Unread): void {
  for (const { topic, partition, next } of unread.all)
    consumer.seek({ topic, partition, offset: String(next) });
}
