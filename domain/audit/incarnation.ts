import { type HourRange, hourStart } from "../../lib/hour";
import { instant } from "../../lib/time";

/**
 * A topic's log as it was seen once. A topic can be deleted and made anew under its name, and a log can lose its end (an unclean election,
 * a restored backup): offsets that were learnt of it before mean nothing then.
 */
export type SeenLog = {
  /** When it was seen, epoch ms. */
  at: number;
  /** Kafka's id of the topic; absent where it could not be asked. */
  id?: string;
  /** By partition: its first offset, and the one after its last, as decimal strings. */
  bounds: Record<string, { start: string; end: string }>;
  /**
   * When it was last known to be the log that it had been before, epoch ms, where it was seen since and its id could not be asked; absent where it
   * could, or has none that is known.
   */
  sureAt?: number;
  /** When the topic had last been imported by then, or by `sureAt`, epoch ms; absent where nothing told. */
  imported?: number;
  /** Where the importer stood then, by partition. */
  stored?: Record<string, string>;
};

export type ReplacedCause =
  "topic-recreated" | "log-truncated" | "topic-deleted";

/** Why the log that Kafka has is not the one that the importer has read. */
export type ReplacedLog = {
  cause: ReplacedCause;
  /** One clause for a person. */
  why: string;
  /** Hours that may have lost messages by it, epoch ms: from the last import to when it was found. Unbounded where absent. */
  from?: number;
  until?: number;
};

/** What is known of a topic's log that Kafka itself does not tell any more. */
export type LogPast = {
  /** What became of the log before the one that is there, as long as it explains hours of the window. */
  replaced?: ReplacedLog;
  /** By partition, the offset of a message that was dated in the future: the times of what follows it tell nothing. */
  misdated?: Record<string, string>;
};

/**
 * What a topic's deletion may have taken unread. Where the importer had read all that was there when the topic was last seen, only what came
 * after that may be lost; else whatever came since the last import.
 * @param stored the importer's position by partition
 * @param watermark when the topic was last imported, epoch ms
 * @param foundAt when it was found to be gone, epoch ms
 */
export function deletedLog(
  seen: SeenLog | undefined,
  stored: ReadonlyMap<number, { offset: string }>,
  watermark: number | undefined,
  foundAt: number,
): ReplacedLog {
  const wasRead =
    seen !== undefined &&
    Object.entries(seen.bounds).every(
      ([partition, { end }]) =>
        BigInt(stored.get(Number(partition))?.offset ?? 0) >= BigInt(end),
    );
  return {
    cause: "topic-deleted",
    why: wasRead
      ? `Kafka no longer has the topic; all that it held at ${instant(seen.at)} had been read`
      : "Kafka no longer has the topic, and nothing tells that all of it had been read",
    // Where nothing dates the import, all hours: an audit without memory may date it, by the partitions that are left of it.
    from: wasRead
      ? (seen.sureAt ?? seen.at)
      : Math.min(
          watermark ?? 0,
          // What was imported last may be of a log that nobody could tell from that one.
          seen?.sureAt === undefined ? Infinity : (seen.imported ?? 0),
        ),
    until: foundAt,
  };
}

/** Whether there is a replaced log by which hours of the range may have lost messages. */
export const explains = (
  replaced: ReplacedLog | undefined,
  range: HourRange,
): replaced is ReplacedLog =>
  replaced !== undefined &&
  (replaced.until ?? Infinity) >= hourStart(range.since);

/** A log that is gone, with the hours that are in doubt because it had replaced one itself: they are so as before. */
export const withDoubtsOf = (
  before: ReplacedLog | undefined,
  gone: ReplacedLog,
  range: HourRange,
): ReplacedLog =>
  explains(before, range)
    ? { ...gone, from: Math.min(gone.from ?? 0, before.from ?? 0) }
    : gone;

/**
 * What happened to a topic's log between two looks; undefined where it is the same one, as far as can be told.
 * @param wasGone whether Kafka did not have the topic at a look between them
 */
export function replacedBetween(
  before: SeenLog | undefined,
  now: SeenLog,
  wasGone = false,
): { cause: ReplacedCause; why: string } | undefined {
  const hasId = before?.id !== undefined && now.id !== undefined;
  if (hasId && before.id !== now.id)
    return {
      cause: "topic-recreated",
      why: "the topic was deleted and made anew",
    };
  // Only the same id tells that Kafka did not name the topic by mistake.
  if (wasGone && !hasId)
    return {
      cause: "topic-recreated",
      why: "Kafka did not have the topic meanwhile: it was made anew",
    };
  if (!before) return undefined;
  for (const [partition, seen] of Object.entries(before.bounds)) {
    const found = now.bounds[partition];
    if (!found)
      return {
        cause: "topic-recreated",
        why: `partition ${partition} is gone: the topic was made anew`,
      };
    const endWentBack = BigInt(found.end) < BigInt(seen.end);
    // Retention moves a log's start on, and nothing moves it back.
    const startWentBack = BigInt(found.start) < BigInt(seen.start);
    if (!endWentBack && !startWentBack) continue;
    const why = endWentBack
      ? `partition ${partition} ended at offset ${seen.end} and ends at ${found.end} now`
      : `partition ${partition} began at offset ${seen.start} and begins at ${found.start} now`;
    return {
      cause: hasId || found.start !== "0" ? "log-truncated" : "topic-recreated",
      why,
    };
  }
  return undefined;
}

/** A partition in which the importer's stored offset lies beyond the log's end: it has read another log than the one that is there. */
type Beyond = {
  partition: number;
  stored: string;
  logStart: string;
  logEnd: string;
};

/**
 * What a stored offset beyond the log's end means. Without memory of an earlier look, a log that begins at 0 is taken for a new topic's, as
 * retention has usually moved an old one's start.
 */
export function replacedByPositions(
  partitions: Beyond[],
): ReplacedLog | undefined {
  const [first] = partitions;
  if (!first) return undefined;
  const isNew = partitions.every(({ logStart }) => logStart === "0");
  return {
    cause: isNew ? "topic-recreated" : "log-truncated",
    why: `the importer's offset ${first.stored} of partition ${first.partition} lies beyond the log's end ${first.logEnd}`,
  };
}

/** A replaced log in words, with when it was found. */
export const replacedText = ({ why, until }: ReplacedLog): string =>
  until === undefined ? why : `${why} (found at ${instant(until)})`;
