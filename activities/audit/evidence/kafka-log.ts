import {
  deletedLog,
  explains,
  type ReplacedLog,
  replacedBetween,
  replacedByPositions,
  type SeenLog,
  withDoubtsOf,
} from "../../../domain/audit/incarnation";
import {
  isBeyondEnd,
  type TopicEvidence,
} from "../../../domain/audit/evidence";
import {
  presentOf,
  wasThoughtEarlier,
} from "../../../domain/audit/audit-clock";
import type { Kafka, Offsets } from "../../../clients/kafka/kafka";
import type { Position } from "../../../importers/importer";
import { type HourRange, hourStart, HOUR_MS, inRange } from "../../../lib/hour";
import type { TopicMemory } from "./evidence-cache";
import { type ProducedHour, producedByHour } from "./produced-by-hour";
import { followStanding, hasMoved } from "./standing";

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
  const replaced = replacedBetween(before, seen, memory.wasGone);
  delete memory.wasGone;
  if (replaced) {
    memory.edges = {};
    delete memory.misdated;
  }
  memory.log = replaced ? seen : withIdOf(before, seen);
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

/**
 * An id that could not be asked this time is still the topic's. That it has that id still is not known: if it has another one, what it lost
 * is of after the last look that knew.
 */
const withIdOf = (before: SeenLog | undefined, seen: SeenLog): SeenLog =>
  before?.id === undefined || seen.id !== undefined
    ? seen
    : {
        ...seen,
        id: before.id,
        sureAt: before.sureAt ?? before.at,
        ...(before.imported === undefined ? {} : { imported: before.imported }),
      };

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
 * as long as they explain hours of the range. What is found now may have happened until now, though the audit is as of an instant of the past.
 * @param now the worker's clock, epoch ms
 */
export function withLogsPast(
  topic: TopicEvidence,
  log: KafkaLog,
  stands: ReadonlyMap<number, Position>,
  memory: TopicMemory,
  range: HourRange,
  asOf: number,
  now = Date.now(),
): TopicEvidence {
  const foundAt = Math.max(
    presentOf(memory.clock, asOf, now),
    topic.lastRun ?? 0,
    explains(memory.replaced, range) ? (memory.replaced.until ?? 0) : 0,
  );
  if (
    log.isGone &&
    (memory.replaced?.cause !== "topic-deleted" || hasMoved(memory, stands)) &&
    livedLately(topic, memory, range)
  )
    memory.replaced = withDoubtsOf(
      memory.replaced,
      deletedLog(memory.log, stands, topic.watermark, foundAt),
      range,
    );
  if (log.replaced)
    memory.replaced = {
      ...log.replaced,
      from: Math.min(
        // The importer may have read the new log meanwhile: its position tells no longer how far it came in the one before.
        (log.before ? log.before.imported : memory.replaced?.from) ?? 0,
        topic.watermark ?? 0,
        // The log before may have replaced one itself: hours that are in doubt by that are so as before.
        ...(explains(memory.replaced, range)
          ? [memory.replaced.from ?? 0]
          : []),
      ),
      until: foundAt,
    };
  if (!explains(memory.replaced, range)) delete memory.replaced;
  const beyond = replacedByPositions(
    topic.partitions.flatMap((p) =>
      isBeyondEnd(p) ? [{ ...p, stored: p.stored! }] : [],
    ),
  );
  if (beyond)
    memory.replaced ??= {
      ...beyond,
      from: topic.watermark ?? 0,
      // Kafka shows that it is later than the audit was told; by how much is known to the ones that remember what time it is.
      ...(memory.clock || Object.keys(log.misdated).length === 0
        ? { until: foundAt }
        : {}),
    };
  if (memory.clock && memory.replaced) {
    memory.replaced.until ??= foundAt;
    if (wasThoughtEarlier(memory.clock, asOf, now))
      memory.replaced.until = Math.max(memory.replaced.until, foundAt);
  }
  followStanding(topic, log, stands, memory, foundAt);
  const replacedLog = beyond
    ? {
        ...beyond,
        cause: memory.replaced?.cause ?? beyond.cause,
        ...(memory.replaced?.from === undefined
          ? {}
          : { from: memory.replaced.from }),
      }
    : memory.replaced;
  if (log.isGone) memory.wasGone = true;
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
