import type { Kafka } from "../../clients/kafka/kafka";
import type { Message, Range } from "../../clients/kafka/ranged-read";
import type { Markers } from "../../domain/audit/ledger";
import { Landed } from "../../domain/backfill/landed";
import { replayedEvent } from "../../domain/backfill/replay-headers";
import {
  partitionsOf,
  type Starts,
  whyUntold,
} from "../../domain/backfill/replay-starts";
import { fatal } from "../../clients/errors";
import { endIfUnwanted } from "../beat";
import { total } from "../../lib/total";
import { partitionKey, parsePartitionKey } from "../../lib/keys";

export type ReadBack = {
  /** Which missing events are in Kafka, by topic; every topic that was asked for is in it. */
  landed: ReadonlyMap<string, Landed>;
  /** Distinct events, of all topics, that are in Kafka more than once. */
  twice: number;
  /** `<topic>/<partition>` to the offset after the last replayed event; partitions without one are left out. */
  ends: Record<string, string>;
  /** Offsets since the starts that hold no record, by topic. */
  markers: Record<string, Markers[]>;
};

/** What is read back. */
export type Asked = {
  topics: string[];
  starts: Starts;
  /** The ids that Kafka had for topics before the replay, by name; those that it could not tell are left out. */
  ids?: Record<string, string>;
  /** Topics that the saga has left, of which only the markers are wanted: what of them is gone is left out. */
  besides?: string[];
};

/** @throws ApplicationFailure always */
function cannotTell(log: string, why: string): never {
  throw fatal(
    "CannotTell",
    `${log} does not tell what was replayed into it, and nothing more is produced: ${why}. Skip the topic and try the step again, or abort; another backfill finds what is in Kafka and in raw hours`,
  );
}

/** @throws Error where a topic had an id before the replay and Kafka does not tell which it has now */
async function refuseMadeAnew(
  kafka: Pick<Kafka, "topicIds">,
  topics: string[],
  ids: Record<string, string>,
): Promise<void> {
  const known = topics.filter((topic) => ids[topic] !== undefined);
  if (known.length === 0) return;
  const now = await kafka.topicIds(known);
  for (const topic of known) {
    const id = now.get(topic);
    if (id === undefined)
      throw new Error(`Kafka does not tell the id of ${topic}`);
    if (id !== ids[topic])
      cannotTell(topic, "it was made anew since the replay began");
  }
}

/** The offsets of each topic that the saga may have written to. */
async function rangesSince(
  kafka: Pick<Kafka, "offsets" | "refuseHidden" | "topics" | "topicIds">,
  { topics, starts, ids = {}, besides = [] }: Asked,
): Promise<Map<string, Range[]>> {
  const ranges = new Map<string, Range[]>();
  const existing = new Set(await kafka.topics());
  // A cluster that is being started names no topic for a moment. Where it has lost them all, nothing can be replayed either.
  if (existing.size === 0 && topics.length > 0)
    throw new Error(
      "Kafka names no topic at all, not even to be told that one is gone: it is asked again",
    );
  const unlisted = topics.filter((topic) => !existing.has(topic));
  // What is hidden is there once the right is given back: it is asked again.
  await kafka.refuseHidden(unlisted);
  for (const topic of unlisted) cannotTell(topic, "Kafka does not have it");
  await refuseMadeAnew(kafka, topics, ids);
  const partitions = partitionsOf(starts);
  for (const topic of [...topics, ...besides]) {
    if (!existing.has(topic)) continue;
    endIfUnwanted();
    const mustTell = topics.includes(topic);
    const logs = await kafka.offsets(topic);
    const gone = partitions
      .get(topic)
      ?.find((wanted) => !logs.some(({ partition }) => partition === wanted));
    if (mustTell && gone !== undefined)
      cannotTell(`${topic}/${gone}`, "Kafka does not have it: made anew");
    const ofTopic: Range[] = logs.flatMap(({ partition, low, high }) => {
      // A partition that was added after the starts were noted is read from its beginning.
      const from = starts[partitionKey(topic, partition)] ?? low;
      const why = whyUntold(from, { low, high });
      if (why === undefined) return [{ partition, from, to: high }];
      return mustTell ? cannotTell(`${topic}/${partition}`, why) : [];
    });
    ranges.set(topic, ofTopic);
  }
  return ranges;
}

type ReadableKafka = Pick<
  Kafka,
  "offsets" | "read" | "refuseHidden" | "topics" | "topicIds"
>;

/** A partition from its start up to where everything in it was read. */
type Log = Range & {
  /** Records that were read. */
  records: number;
};

/**
 * What of the topics this saga has replayed, by everything that was committed to them since the starts. It is read once: a later look goes
 * on where the one before has ended.
 */
export class ReplayedLogs {
  /** By {@link partitionKey}. */
  private readonly logs = new Map<string, Log>();
  private readonly landed: Map<string, Landed>;
  private readonly ends: Record<string, string> = {};

  constructor(
    private readonly kafka: ReadableKafka,
    private readonly sagaId: string,
    private readonly asked: Asked,
  ) {
    const { topics, besides = [] } = asked;
    this.landed = new Map(
      [...topics, ...besides].map((topic) => [topic, new Landed()]),
    );
  }

  /**
   * Reads what has come since the last look.
   * @throws Error where Kafka does not answer
   * @throws ApplicationFailure "CannotTell", not to be retried, where a log does not tell any more
   */
  async look(): Promise<void> {
    const ranges = await rangesSince(this.kafka, this.asked);
    const unread = this.unreadOf(ranges);
    if (unread.size > 0)
      await this.kafka.read(
        unread,
        (message) => this.take(message),
        endIfUnwanted,
      );
    // What comes last may be offsets that hold no record.
    for (const [topic, ofTopic] of ranges)
      for (const range of ofTopic) {
        const log = this.logOf(topic, range);
        if (BigInt(range.to) < BigInt(log.to))
          cannotTell(
            `${topic}/${range.partition}`,
            `it ends at ${range.to}, and was read to ${log.to}: made anew, or lost by its leader`,
          );
        log.to = range.to;
      }
  }

  /** What of some ranges is still to be read. */
  private unreadOf(ranges: ReadonlyMap<string, Range[]>): Map<string, Range[]> {
    const unread = new Map<string, Range[]>();
    for (const [topic, ofTopic] of ranges) {
      const left = ofTopic.flatMap((range) => {
        const from = this.logOf(topic, range).to;
        return BigInt(from) < BigInt(range.to) ? [{ ...range, from }] : [];
      });
      if (left.length > 0) unread.set(topic, left);
    }
    return unread;
  }

  /** What was found until now. */
  get found(): ReadBack {
    return {
      landed: this.landed,
      twice: total([...this.landed.values()], "twice"),
      ends: this.ends,
      markers: this.markers,
    };
  }

  private logOf(topic: string, range: Range): Log {
    const key = partitionKey(topic, range.partition);
    const log = this.logs.get(key) ?? {
      ...range,
      to: range.from,
      records: 0,
    };
    this.logs.set(key, log);
    return log;
  }

  private take({ topic, partition, offset, headers }: Message): void {
    const key = partitionKey(topic, partition);
    const log = this.logs.get(key)!;
    log.records++;
    log.to = (BigInt(offset) + 1n).toString();
    const replayed = replayedEvent(headers, this.sagaId);
    if (!replayed) return;
    this.landed.get(topic)!.add(replayed.index, replayed.uuid);
    this.ends[key] = log.to;
  }

  /** Offsets without a record: markers of transactions, and what was aborted. The offset ledger must not take them for a gap. */
  private get markers(): Record<string, Markers[]> {
    const markers: Record<string, Markers[]> = {};
    for (const [key, { partition, from, to, records }] of this.logs) {
      const { topic } = parsePartitionKey(key);
      if (BigInt(from) === BigInt(to)) continue;
      const ofTopic = (markers[topic] ??= []);
      const empty = Number(BigInt(to) - BigInt(from)) - records;
      if (empty > 0) ofTopic.push({ partition, from, to, empty });
    }
    return markers;
  }
}
