import { heartbeat } from "@temporalio/activity";
import type { Kafka } from "../../clients/kafka/kafka";
import type { Range } from "../../clients/kafka/ranged-read";
import type { Markers } from "../../domain/audit/ledger";
import { Landed } from "../../domain/backfill/landed";
import { replayedEvent } from "../../domain/backfill/replay-headers";
import type { Starts } from "../../domain/backfill/replay-starts";
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

/** The offsets of each topic that the saga may have written to, without the topics to which nobody has written since. */
async function rangesSince(
  kafka: Pick<Kafka, "offsets">,
  topics: string[],
  starts: Starts,
): Promise<Map<string, Range[]>> {
  const ranges = new Map<string, Range[]>();
  for (const topic of topics) {
    heartbeat({ offsets: topic });
    const ofTopic = (await kafka.offsets(topic)).map(
      ({ partition, low, high }) => {
        // A partition that was added after the starts were noted is read from its beginning.
        const start = starts[partitionKey(topic, partition)] ?? low;
        const from = BigInt(start) > BigInt(low) ? start : low;
        return { partition, from, to: high };
      },
    );
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

/** Reads everything that was committed to topics since the starts, and says what of it this saga has replayed. */
export async function readBack(
  kafka: Pick<Kafka, "offsets" | "read">,
  sagaId: string,
  topics: string[],
  starts: Starts,
): Promise<ReadBack> {
  const ranges = await rangesSince(kafka, topics, starts);
  const landed = new Map(topics.map((topic) => [topic, new Landed()]));
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
