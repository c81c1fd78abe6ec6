import {
  deletedLog,
  type ReplacedLog,
  replacedBetween,
  replacedByPositions,
  type SeenLog,
} from "../../../domain/audit/incarnation";
import {
  isBeyondEnd,
  type TopicEvidence,
} from "../../../domain/audit/evidence";
import type { Kafka, Offsets } from "../../../clients/kafka/kafka";
import type { Position } from "../../../importers/importer";
import { type HourRange, hourStart, HOUR_MS, inRange } from "../../../lib/hour";
import type { TopicMemory } from "./evidence-cache";
import { type ProducedHour, producedByHour } from "./produced-by-hour";

/** Messages may be dated so much later than the instant of the audit, as clocks differ. */
const CLOCK_SLACK_MS = HOUR_MS;

/** What Kafka says of a topic. */
export type KafkaLog = {
  offsets: Offsets[];
  ofHour: Map<string, ProducedHour>;
  /** What became of the log that the audit before saw; absent where it is the same. */
  replaced?: Omit<ReplacedLog, "from" | "until">;
  /** By partition, the first message that is dated after the audit. */
  misdated: Record<string, string>;
  /** Whether Kafka does not have the topic; absent where it has. */
  isGone?: true;
};

/** Reads a topic's log by its offsets. What is remembered of another log than this one is forgotten first: it is not true of this one. */
export async function readKafkaLog(
  kafka: Pick<Kafka, "offsets" | "offsetsAt">,
  topic: string,
  range: HourRange,
  asOf: number,
  id: string | undefined,
  memory: TopicMemory,
): Promise<KafkaLog> {
  const offsets = await kafka.offsets(topic);
  const seen = seenLog(offsets, id, asOf);
  const replaced = memory.log && replacedBetween(memory.log, seen);
  if (replaced) {
    memory.edges = {};
    delete memory.misdated;
  }
  // An id that could not be asked this time is still the topic's.
  const idBefore = replaced ? undefined : memory.log?.id;
  memory.log =
    seen.id === undefined && idBefore ? { ...seen, id: idBefore } : seen;
  const offsetsAt = (ms: number) => kafka.offsetsAt(topic, ms);
  const ofHour = await producedByHour(offsetsAt, range, offsets, memory.edges);
  const endsBefore = [...ofHour.values()].at(-1)?.end;
  const isAnyLater = offsets.some(
    ({ partition, high }) => (endsBefore?.get(partition) ?? 0n) < BigInt(high),
  );
  const after = Math.max(asOf + CLOCK_SLACK_MS, hourStart(range.until));
  return {
    offsets,
    ofHour,
    ...(replaced ? { replaced } : {}),
    // Where no message is of after the range, none is of the future: that is known without asking.
    misdated: isAnyLater ? misdatedIn(offsets, await offsetsAt(after)) : {},
  };
}

/** What there is to say of a topic that Kafka does not have. */
export const noLog = (): KafkaLog => ({
  offsets: [],
  ofHour: new Map(),
  misdated: {},
  isGone: true,
});

const seenLog = (
  offsets: Offsets[],
  id: string | undefined,
  at: number,
): SeenLog => ({
  at,
  ...(id === undefined ? {} : { id }),
  bounds: Object.fromEntries(
    offsets.map(({ partition, low, high }) => [
      partition,
      { start: low, end: high },
    ]),
  ),
});

const misdatedIn = (
  offsets: Offsets[],
  firstAfter: Map<number, bigint>,
): Record<string, string> =>
  Object.fromEntries(
    offsets.flatMap(({ partition, high }) => {
      const first = firstAfter.get(partition);
      return first !== undefined && first < BigInt(high)
        ? [[partition, first.toString()]]
        : [];
    }),
  );

/**
 * The topic's evidence with what its log's own past says: that it was replaced, and that its times cannot be relied on. Both are remembered
 * as long as they explain hours of the range.
 */
export function withLogsPast(
  topic: TopicEvidence,
  log: KafkaLog,
  stands: ReadonlyMap<number, Position>,
  memory: TopicMemory,
  range: HourRange,
  asOf: number,
): TopicEvidence {
  if (
    log.isGone &&
    memory.replaced?.cause !== "topic-deleted" &&
    livedLately(topic, memory, range)
  )
    memory.replaced = deletedLog(memory.log, stands, topic.watermark, asOf);
  if (log.replaced)
    memory.replaced = {
      ...log.replaced,
      ...(topic.watermark === undefined ? {} : { from: topic.watermark }),
      until: asOf,
    };
  if ((memory.replaced?.until ?? Infinity) < hourStart(range.since))
    delete memory.replaced;
  const beyond = replacedByPositions(
    topic.partitions.flatMap((p) =>
      isBeyondEnd(p) ? [{ ...p, stored: p.stored! }] : [],
    ),
  );
  const replacedLog = beyond
    ? { ...beyond, cause: memory.replaced?.cause ?? beyond.cause }
    : memory.replaced;
  const doubtfulTimes = doubtsOf(topic, log, memory, asOf);
  return {
    ...topic,
    ...(replacedLog ? { replacedLog } : {}),
    ...(doubtfulTimes === undefined ? {} : { doubtfulTimes }),
    ...(log.isGone && !replacedLog
      ? { unread: topic.unread ?? GONE_BEFORE }
      : {}),
  };
}

const GONE_BEFORE =
  "Kafka does not have the topic, and nothing tells that it still had it in these hours";

/** Whether a topic that Kafka no longer has still had messages in the range, or was seen then, as far as anything tells. */
const livedLately = (
  { watermark }: TopicEvidence,
  { log, raw }: TopicMemory,
  range: HourRange,
): boolean =>
  Math.max(watermark ?? 0, log?.at ?? 0) >= hourStart(range.since) ||
  Object.keys(raw).some((hour) => inRange(hour, range));

/**
 * Kafka finds the first message at or after a time. Behind one that is dated in the future it finds no other, so that all that came later
 * seems to be of no hour; and so it stays when that future has passed, as long as the message is in the log.
 */
function doubtsOf(
  { lastRun }: TopicEvidence,
  { offsets, misdated }: KafkaLog,
  memory: TopicMemory,
  asOf: number,
): string | undefined {
  const found = { ...misdated };
  for (const { partition, low } of offsets) {
    const before = memory.misdated?.[partition];
    if (before !== undefined && BigInt(before) >= BigInt(low))
      found[partition] ??= before;
  }
  // An audit as of an instant of the past finds messages of later than that, which are no reason to doubt the next one.
  const looksBack = lastRun !== undefined && lastRun > asOf;
  if (!looksBack) memory.misdated = found;
  const [first] = Object.entries(found);
  return (
    first &&
    `the message at offset ${first[1]} of partition ${first[0]} is dated later than it came`
  );
}
