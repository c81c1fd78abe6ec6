import { heartbeat } from "@temporalio/activity";
import type { Kafka } from "../../clients/kafka/kafka";
import type { Range } from "../../clients/kafka/ranged-read";
import type { Markers } from "../../domain/audit/ledger";
import { Landed } from "../../domain/backfill/landed";
import { replayedEvent } from "../../domain/backfill/replay-headers";
import {
  partitionsOf,
  type Starts,
  whyUntold,
} from "../../domain/backfill/replay-starts";
import { fatal } from "../../clients/errors";
import { partitionKey } from "../../lib/keys";

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

/** The offsets of each topic that the saga may have written to, without the topics to which nobody has written since. */
async function rangesSince(
  kafka: Pick<Kafka, "offsets" | "topics" | "topicIds">,
  { topics, starts, ids = {}, besides = [] }: Asked,
): Promise<Map<string, Range[]>> {
  const ranges = new Map<string, Range[]>();
  const existing = new Set(await kafka.topics());
  for (const topic of topics)
    if (!existing.has(topic)) cannotTell(topic, "Kafka does not have it");
  await refuseMadeAnew(kafka, topics, ids);
  const partitions = partitionsOf(starts);
  for (const topic of [...topics, ...besides]) {
    if (!existing.has(topic)) continue;
    heartbeat({ offsets: topic });
    const mustTell = topics.includes(topic);
    const logs = await kafka.offsets(topic);
    const gone = partitions
      .get(topic)
      ?.find((wanted) => !logs.some(({ partition }) => partition === wanted));
    if (mustTell && gone !== undefined)
      cannotTell(`${topic}/${gone}`, "Kafka does not have it: made anew");
    const ofTopic = logs.flatMap(({ partition, low, high }) => {
      // A partition that was added after the starts were noted is read from its beginning.
      const from = starts[partitionKey(topic, partition)] ?? low;
      const why = whyUntold(from, { low, high });
      if (why === undefined) return [{ partition, from, to: high }];
      return mustTell ? cannotTell(`${topic}/${partition}`, why) : [];
    });
    if (ofTopic.some(({ from, to }) => BigInt(from) < BigInt(to)))
      ranges.set(topic, ofTopic);
  }
  return ranges;
}

/** Offsets without a record: markers of transactions, and what was aborted. The offset ledger must not take them for a gap. */
function markersIn(
  ranges: ReadonlyMap<string, Range[]>,
  records: ReadonlyMap<string, number>,
): Record<string, Markers[]> {
  const markers: Record<string, Markers[]> = {};
  for (const [topic, ofTopic] of ranges)
    markers[topic] = ofTopic.flatMap(({ partition, from, to }) => {
      const read = records.get(partitionKey(topic, partition)) ?? 0;
      const empty = Number(BigInt(to) - BigInt(from)) - read;
      return empty > 0 ? [{ partition, from, to, empty }] : [];
    });
  return markers;
}

/**
 * Reads everything that was committed to topics since the starts, and says what of it this saga has replayed.
 * @throws Error where Kafka does not answer
 * @throws ApplicationFailure "CannotTell", not to be retried, where a log does not tell any more
 */
export async function readBack(
  kafka: Pick<Kafka, "offsets" | "read" | "topics" | "topicIds">,
  sagaId: string,
  asked: Asked,
): Promise<ReadBack> {
  const ranges = await rangesSince(kafka, asked);
  const landed = new Map(
    [...asked.topics, ...(asked.besides ?? [])].map((topic) => [
      topic,
      new Landed(),
    ]),
  );
  const ends: Record<string, string> = {};
  const records = new Map<string, number>();
  await kafka.read(
    ranges,
    (message) => {
      const key = partitionKey(message.topic, message.partition);
      records.set(key, (records.get(key) ?? 0) + 1);
      const replayed = replayedEvent(message.headers, sagaId);
      if (!replayed) return;
      landed.get(message.topic)!.add(replayed.index, replayed.uuid);
      const end = BigInt(message.offset) + 1n;
      if (end > BigInt(ends[key] ?? "0")) ends[key] = end.toString();
    },
    () => heartbeat({ reading: true }),
  );
  return {
    landed,
    twice: [...landed.values()].reduce((sum, { twice }) => sum + twice, 0),
    ends,
    markers: markersIn(ranges, records),
  };
}
