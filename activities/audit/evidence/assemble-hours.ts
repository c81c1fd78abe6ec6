import {
  type Count,
  type HourEvidence,
  isBeyondEnd,
  mayBeOfReplacedLog,
  type RawEvidence,
  type TopicEvidence,
  unknowable,
} from "../../../domain/audit/evidence";
import { type Hour, type HourRange, hoursIn } from "../../../lib/hour";
import type { RefinedHour } from "./refined-hours";
import { type Stage, valueOr } from "./stage";

/** What Kafka says of each hour: its messages by their times, and the offset at the hour's end by partition. */
export type Produced = Map<Hour, { count: Count; end: Map<number, bigint> }>;

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
