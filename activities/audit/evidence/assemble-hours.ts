import {
  type Count,
  type HourEvidence,
  isBeyondEnd,
  mayBeOfReplacedLog,
  nextUnread,
  type RawEvidence,
  type TopicEvidence,
  unknowable,
} from "../../../domain/audit/evidence";
import type { Markers } from "../../../domain/audit/ledger";
import { type Hour, type HourRange, hoursIn } from "../../../lib/hour";
import type { ProducedHour } from "./produced-by-hour";
import type { RefinedHour } from "./refined-hours";
import { type Stage, valueOr } from "./stage";

/** What Kafka says of each hour. */
export type Produced = Map<Hour, ProducedHour>;

/** What the stages said of a topic, each for itself. */
export type TopicStages = {
  topic: TopicEvidence;
  produced: Stage<Produced>;
  archived: (hour: Hour) => Count;
  /** Whether raw and refined hours could be read. */
  files: Stage<void>;
  raw: Map<Hour, RawEvidence>;
  refined: Record<Hour, RefinedHour>;
  /** The hours that the metastore has a Hive partition of. */
  partitions: Stage<Set<Hour>>;
  canaries: Map<Hour, number> | undefined;
  /** Offsets of sagas' own that hold no record. */
  markers?: Markers[];
};

/** Puts together what each stage says of each hour of a range. */
export function assembleHours(
  range: HourRange,
  stages: TopicStages,
): HourEvidence[] {
  const { topic, raw, refined, partitions } = stages;
  const produced = valueOr(stages.produced, new Map());
  const unreadable = unreadableStages(stages);
  return hoursIn(range).map((hour): HourEvidence => {
    const ofKafka = produced.get(hour);
    const ofRaw = raw.get(hour);
    const ofRefined = refined[hour]?.refined;
    const canaries = stages.canaries?.get(hour) ?? 0;
    const unread = ofKafka ? unreadIn(topic, ofKafka, stages.markers) : 0;
    return {
      hour,
      produced:
        ofKafka?.count ??
        unknowable(topic.unread ?? topic.replacedLog?.why ?? "not asked"),
      ...(ofKafka &&
      !mayBeOfReplacedLog(hour, topic) &&
      hasPassed(topic, ofKafka.end)
        ? { passed: true }
        : {}),
      ...(ofKafka?.isKept ? { kept: true } : {}),
      ...(unread > 0 ? { unreadOffsets: unread } : {}),
      archived: stages.archived(hour),
      ...(ofRaw ? { raw: ofRaw } : {}),
      ...(ofRefined ? { refined: ofRefined } : {}),
      queryable: partitions.read ? partitions.value.has(hour) : undefined,
      ...(canaries > 0 ? { canaries } : {}),
      ...(unreadable ? { unread: unreadable } : {}),
    };
  });
}

/** Whether the importer has read every offset before the given ones, by partition. An offset of another log says nothing of this one. */
const hasPassed = (topic: TopicEvidence, end: Map<number, bigint>): boolean =>
  topic.partitions.every(
    (offsets) =>
      !isBeyondEnd(offsets) &&
      BigInt(offsets.stored ?? 0) >= (end.get(offsets.partition) ?? 0n),
  );

/** How many offsets of an hour Kafka holds and the importer has not read, without those that a saga's own transactions left empty. */
function unreadIn(
  { partitions }: TopicEvidence,
  { start, end }: ProducedHour,
  markers: Markers[] = [],
): number {
  let sum = 0;
  for (const offsets of partitions) {
    const { partition } = offsets;
    const next = nextUnread(offsets);
    const low = max(start.get(partition) ?? 0n, next);
    const high = end.get(partition) ?? low;
    if (high <= low) continue;
    const empty = markers
      .filter((marker) => marker.partition === partition)
      .reduce((n, marker) => {
        const from = max(low, BigInt(marker.from));
        const to = high < BigInt(marker.to) ? high : BigInt(marker.to);
        return n + Math.min(marker.empty, Math.max(0, Number(to - from)));
      }, 0);
    sum += Math.max(0, Number(high - low) - empty);
  }
  return sum;
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Which stages could not be read, and why; undefined where all could. */
function unreadableStages({
  files,
  partitions,
}: TopicStages): HourEvidence["unread"] {
  if (files.read && partitions.read) return undefined;
  return {
    ...(files.read ? {} : { raw: files.why, refined: files.why }),
    ...(partitions.read ? {} : { queryable: partitions.why }),
  };
}
