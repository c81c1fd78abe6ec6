import type { TopicEvidence } from "../../../domain/audit/evidence";
import { jumps, stillHeld } from "../../../domain/audit/jumps";
import { limitIn } from "../../../domain/audit/retention";
import { driftOf, type Policy } from "../../../domain/settings/policy";
import type { Offsets } from "../../../clients/kafka/kafka";
import type { Position } from "../../../importers/importer";
import { type Hour, hourStart, HOUR_MS } from "../../../lib/hour";
import type { KafkaLog } from "./kafka-log";
import type { RawHour } from "./raw-hours";
import type { SharedEvidence } from "./shared-evidence";
import { type Stage, valueOr } from "./stage";

/** The topic as a whole: offsets, positions, what was passed over, drift. */
export function topicFacts(
  policy: Policy,
  shared: SharedEvidence,
  topic: string,
  kafka: Stage<Pick<KafkaLog, "offsets" | "held" | "isReplaced">>,
  stands: Stage<Map<number, Position>>,
  raw: Record<Hour, RawHour>,
): TopicEvidence {
  const positions = valueOr(stands, new Map<number, Position>());
  const times = [...positions.values()].flatMap((position) =>
    position.time === undefined ? [] : [position.time],
  );
  const { offsets, held, isReplaced } = valueOr(kafka, {
    offsets: [],
    held: undefined,
    isReplaced: undefined,
  });
  const config = shared.configs.get(topic) ?? {};
  const retentionBytes = limitIn(config, "retention.bytes");
  const skippedSince = shared.skippedSince.get(topic);
  const { lastRuns, problems, isRunning, standstill } = shared.importer;
  const lastRun = lastRuns?.get(topic) ?? shared.importer.lastRun;
  const jumpedOver = jumps(shared.advances(topic), !isReplaced);
  const jumped = jumpedOver.reduce((sum, gap) => sum + gap.records, 0);
  const unreadable = !kafka.read
    ? kafka.why
    : !stands.read
      ? stands.why
      : positions.size === 0 && problems.length > 0
        ? problems.join("; ")
        : undefined;
  return {
    partitions: offsets.map((o) => {
      // Of another log's offsets this one tells nothing.
      const held = isReplaced ? [] : stillHeld(jumpedOver, o);
      const stored = positions.get(o.partition)?.offset;
      return {
        partition: o.partition,
        ...(stored === undefined ? {} : { stored }),
        logStart: o.low,
        logEnd: o.high,
        ...(held.length > 0 ? { jumpedOver: held } : {}),
      };
    }),
    // Kafka no longer tells of a partition of a topic that it does not have: what it held unread is not dated by the others all the same.
    ...(times.length > 0 && !isAnyUndated(held ?? offsets, positions)
      ? { watermark: watermark(times, Object.keys(raw), skippedSince, lastRun) }
      : {}),
    ...(skippedSince === undefined ? {} : { skippedSince }),
    ...(config["retention.ms"] === undefined
      ? {}
      : { retentionMs: Number(config["retention.ms"]) }),
    ...(retentionBytes === undefined ? {} : { retentionBytes }),
    drift: driftOf(policy, config),
    ...(lastRun === undefined ? {} : { lastRun }),
    ...(isRunning ? { isRunning } : {}),
    ...(standstill === undefined ? {} : { standstill }),
    ...(jumped > 0
      ? {
          jumped,
          jumpedSince: Math.min(...jumpedOver.map(({ since }) => since ?? 0)),
        }
      : {}),
    ...(unreadable === undefined ? {} : { unread: unreadable }),
  };
}

/**
 * Whether a partition has offsets that the importer has not read, and nothing tells until when it has read it, as it never did: what is
 * unread or deleted there may be of any hour, however far the other partitions are. Of a topic that is gone, and that nobody has seen, any
 * partition without a time of its import may have had some.
 */
const isAnyUndated = (
  offsets: Offsets[],
  positions: ReadonlyMap<number, Position>,
): boolean =>
  offsets.length === 0
    ? [...positions.values()].some(({ time }) => time === undefined)
    : offsets.some(({ partition, high }) => {
        const { offset = "0", time } = positions.get(partition) ?? {};
        return time === undefined && BigInt(offset) < BigInt(high);
      });

/**
 * When the topic was last imported before it was skipped, epoch ms. A reset of the importer writes the time of its own run into the
 * positions: where they are younger than the skipping, the newest raw hour that ended before it tells instead.
 */
function watermark(
  times: number[],
  rawHours: Hour[],
  skippedSince: number | undefined,
  lastRun: number | undefined,
): number {
  // No record was imported after the newest run: one that is younger is dated in the future.
  const oldest = Math.min(...times, lastRun ?? Infinity);
  if (skippedSince === undefined || oldest <= skippedSince) return oldest;
  const endsBefore = rawHours
    .map((hour) => hourStart(hour) + HOUR_MS)
    .filter((ms) => ms <= skippedSince);
  return endsBefore.length > 0 ? Math.max(...endsBefore) : oldest;
}
