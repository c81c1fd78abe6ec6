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
    const jumped = ofKafka ? jumpedIn(topic, ofKafka, stages.markers) : 0;
    const unread = ofKafka
      ? unreadIn(topic, ofKafka, stages.markers) + jumped
      : 0;
    return {
      hour,
      produced:
        ofKafka?.count ??
        unknowable(topic.unread ?? topic.replacedLog?.why ?? "not asked"),
      ...(ofKafka &&
      !mayBeOfReplacedLog(hour, topic) &&
      jumped === 0 &&
      hasPassed(topic, ofKafka.end)
        ? { passed: true }
        : {}),
      ...(ofKafka?.isKept ? { kept: true } : {}),
      ...(unread > 0 ? { unreadOffsets: unread } : {}),
      ...(jumped > 0 ? { jumpedOver: jumped } : {}),
      archived: stages.archived(hour),
      ...(ofRaw ? { raw: ofRaw } : {}),
      ...(ofRefined ? { refined: ofRefined } : {}),
      queryable:
        partitions.read && !topic.unrefined
          ? partitions.value.has(hour)
          : undefined,
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

/** How many offsets of an hour lie before the importer in Kafka, without those that a saga's own transactions left empty. */
const unreadIn = (
  { partitions }: TopicEvidence,
  hour: ProducedHour,
  markers: Markers[] = [],
): number =>
  partitions.reduce((sum, offsets) => {
    const [start, end] = spanOf(hour, offsets.partition);
    const low = max(start, nextUnread(offsets));
    return sum + recordsBetween(offsets.partition, low, end ?? low, markers);
  }, 0);

/** How many offsets of an hour the importer has jumped over, though Kafka holds them; without empty ones likewise. */
const jumpedIn = (
  { partitions }: TopicEvidence,
  hour: ProducedHour,
  markers: Markers[] = [],
): number =>
  partitions.reduce((sum, { partition, jumpedOver = [] }) => {
    const [start, end] = spanOf(hour, partition);
    return jumpedOver.reduce((n, { from, to }) => {
      const low = max(start, BigInt(from));
      return (
        n + recordsBetween(partition, low, min(end ?? low, BigInt(to)), markers)
      );
    }, sum);
  }, 0);

/** A partition's first offset of an hour, and the one after its last; that is not known of a partition without any. */
const spanOf = (
  { start, end }: ProducedHour,
  partition: number,
): [bigint, bigint | undefined] => [
  start.get(partition) ?? 0n,
  end.get(partition),
];

/** How many offsets lie between two, without those that hold no record. */
function recordsBetween(
  partition: number,
  low: bigint,
  high: bigint,
  markers: Markers[],
): number {
  if (high <= low) return 0;
  const empty = markers
    .filter((marker) => marker.partition === partition)
    .reduce((n, marker) => {
      const from = max(low, BigInt(marker.from));
      const to = min(high, BigInt(marker.to));
      return n + Math.min(marker.empty, Math.max(0, Number(to - from)));
    }, 0);
  return Math.max(0, Number(high - low) - empty);
}

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

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
