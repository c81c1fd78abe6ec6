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
  /** The log that was seen before it was replaced; absent where it is the same. */
  before?: SeenLog;
  /** Whether it is known to have replaced another log, now or as long as that is remembered. */
  isReplaced?: true;
  /** By partition, the first message that is dated after the audit. */
  misdated: Record<string, string>;
  /** Whether Kafka does not have the topic; absent where it has. */
  isGone?: true;
  /** What a log held, when it was last seen, that is gone now. */
  held?: Offsets[];
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
  const before = memory.log;
  const replaced = before && replacedBetween(before, seen);
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
    ...(replaced ? { replaced, before } : {}),
    ...(replaced || memory.replaced ? { isReplaced: true as const } : {}),
    // Where no message is of after the range, none is of the future: that is known without asking.
    misdated: isAnyLater ? misdatedIn(offsets, await offsetsAt(after)) : {},
  };
}

/** What there is to say of a topic that Kafka does not have, by what is remembered of it. */
export const noLog = ({ log }: TopicMemory): KafkaLog => ({
  offsets: [],
  ofHour: new Map(),
  misdated: {},
  isGone: true,
  held: Object.entries(log?.bounds ?? {}).map(
    ([partition, { start, end }]) => ({
      partition: Number(partition),
      low: start,
      high: end,
    }),
  ),
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
    memory.replaced = withDoubtsOf(
      memory.replaced,
      deletedLog(memory.log, stands, topic.watermark, asOf),
      range,
    );
  if (log.replaced)
    memory.replaced = {
      ...log.replaced,
      from: Math.min(
        // The importer may have read the new log meanwhile: its position tells no longer how far it came in the one before.
        log.before?.imported ?? 0,
        topic.watermark ?? 0,
        // The log before may have replaced one itself: hours that are in doubt by that are so as before.
        ...(explains(memory.replaced, range)
          ? [memory.replaced.from ?? 0]
          : []),
      ),
      until: asOf,
    };
  if (!explains(memory.replaced, range)) delete memory.replaced;
  const beyond = replacedByPositions(
    topic.partitions.flatMap((p) =>
      isBeyondEnd(p) ? [{ ...p, stored: p.stored! }] : [],
    ),
  );
  if (beyond)
    memory.replaced ??= { ...beyond, from: topic.watermark ?? 0, until: asOf };
  followStanding(topic, log, memory, asOf);
  const replacedLog = beyond
    ? {
        ...beyond,
        cause: memory.replaced?.cause ?? beyond.cause,
        ...(memory.replaced?.from === undefined
          ? {}
          : { from: memory.replaced.from }),
      }
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

/** Whether there is a replaced log by which hours of the range may have lost messages. */
const explains = (
  replaced: ReplacedLog | undefined,
  range: HourRange,
): replaced is ReplacedLog =>
  replaced !== undefined &&
  (replaced.until ?? Infinity) >= hourStart(range.since);

/** A log that is gone, with the hours that are in doubt because it had replaced one itself: they are so as before. */
const withDoubtsOf = (
  before: ReplacedLog | undefined,
  gone: ReplacedLog,
  range: HourRange,
): ReplacedLog =>
  explains(before, range)
    ? { ...gone, from: Math.min(gone.from ?? 0, before.from ?? 0) }
    : gone;

/**
 * As long as the importer stands where it stood in the log that was replaced, what comes into the new one below that is passed over, and in
 * the end the new log grows beyond it, where nothing looks strange any more. So the hours that may have lost messages go on until it
 * is seen to have moved.
 */
function followStanding(
  { partitions, watermark }: TopicEvidence,
  { before }: KafkaLog,
  memory: TopicMemory,
  asOf: number,
): void {
  const positions = partitions.flatMap(({ partition, stored }) =>
    stored === undefined ? [] : [[String(partition), stored] as const],
  );
  const { stood, replaced } = memory;
  if (stood && replaced?.until !== undefined)
    replaced.until = Math.max(replaced.until, asOf);
  const beyondEnd = new Set(
    partitions.filter(isBeyondEnd).map((p) => String(p.partition)),
  );
  const still = positions.filter(
    ([key, stored]) =>
      // From the very first offset on, nothing of the new log is passed over.
      stored !== "0" &&
      (stored === (stood?.[key] ?? before?.stored?.[key]) ||
        beyondEnd.has(key)),
  );
  if (still.length > 0) memory.stood = Object.fromEntries(still);
  else delete memory.stood;
  if (!memory.log) return;
  memory.log.stored = Object.fromEntries(positions);
  if (watermark !== undefined) memory.log.imported = watermark;
}

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
