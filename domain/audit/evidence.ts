import { type Hour, hourOf } from "../../lib/hour";
import type { Drift } from "../settings/policy";
import type { ReplacedLog } from "./incarnation";
import type { JumpedOver } from "./jumps";

/** A count that was measured, or why it cannot be known. Unknowable is never zero. With `atLeast` it is what is left of more, perhaps. */
export type Count =
  | { known: true; count: number; atLeast?: true }
  | { known: false; why: string };

export const measured = (count: number): Count => ({ known: true, count });
export const unknowable = (why: string): Count => ({ known: false, why });

/** A raw hour, from the importer's file names; no file is read. */
export type RawEvidence = {
  /** Records, as the names of the files say, or what the files say of themselves. */
  count: number;
  /** Present where `count` is only an upper bound: some file's name tells offsets, of which other hours' files may have some. */
  atMost?: true;
  files: number;
  /** When the directory last changed, epoch ms: Refine writes it into its done flag. */
  mtime: number;
  /** What is wrong with single files, and with offsets that the ledger gives to this hour: a sentence each. */
  problems: string[];
  /** Records that lie in it more than once, as far as the ledger tells, and a sentence that says how. */
  twice?: { records: number; why: string };
  /**
   * How many records more than those may lie in it more than once: runs overlapped, and offsets without a record hide how many records were
   * taken by both. Absent where there are none, and where
   * counts are only bounds.
   */
  perhapsTwice?: number;
  /** Records that runs took from Kafka and no file accounts for. */
  missing?: number;
  /** Present where all of `missing` is only an upper bound, as offsets may hold no record and were too many to be counted in Kafka. */
  missingAtMost?: true;
  /** How many of the missing ones the importer took and did not write, as it says itself: a task of it failed, and moved on all the same. */
  notWritten?: number;
  /** Records that the importer could not decode. */
  errors?: number;
  /** When the run was that wrote the hour's newest file, epoch ms; absent where no run is known for it. */
  importedAt?: number;
};

/** A raw hour's records without those that were imported twice: as many as there are different ones, at most. */
export const withoutRepeated = ({
  count,
  twice,
}: Pick<RawEvidence, "count" | "twice">): number =>
  count - (twice?.records ?? 0);

/** As many of a raw hour's records as are different ones for sure: all that may have been imported twice is taken away. */
export const surelyDifferent = (
  raw: Pick<RawEvidence, "count" | "twice" | "perhapsTwice">,
): number => withoutRepeated(raw) - (raw.perhapsTwice ?? 0);

/** A Hive partition, from its flags and the footers of its Parquet files. */
export type RefinedEvidence = {
  /** The flags' content: the raw directory's mtime when it was refined, epoch ms; the reason as a string where it cannot be read. */
  doneFlag?: number | string;
  failureFlag?: number | string;
  /** Only the outdated wrapper writes this flag's name. */
  outdatedFlag: boolean;
  /** From Parquet footers. */
  rows: Count;
  /** Whether every file has the column geocoded_data; undefined where there is no file. */
  geocoded: boolean | undefined;
};

/** What each stage says of one topic-hour. */
export type HourEvidence = {
  hour: Hour;
  /** Messages in Kafka by their timestamps: an estimate, for silence and lateness. */
  produced: Count;
  /** Distinct events in the archive of all events: a lower bound, as its lines can be truncated. */
  archived: Count;
  /** Absent where there is no directory, and no gap or error was given to the hour. */
  raw?: RawEvidence;
  /** Absent where there is no directory. */
  refined?: RefinedEvidence;
  /** Whether the metastore has the Hive partition; undefined where it could not be asked. */
  queryable: boolean | undefined;
  /** Whether the importer has read every offset that Kafka counts for this hour: a message that is not in its raw hour lies in another one. */
  passed?: boolean;
  /** Offsets of this hour that Kafka holds and the importer has not read; absent where there are none. */
  unreadOffsets?: number;
  /** Those of them that it has jumped over: it does not come back for them by itself. */
  jumpedOver?: number;
  /** Whether Kafka still has every message that it counts for this hour: none of them was deleted. */
  kept?: boolean;
  /** Where the metastore sends readers; present only if nothing is there, empty if it names no place. */
  lostLocation?: string;
  /** Why the place to which the metastore sends readers cannot be looked at, a sentence; present only where it is such a one. */
  elsewhere?: string;
  /** Where the refined hour lies, if not where Refine writes it: the metastore says so. */
  refinedAt?: string;
  /** Canaries that were produced in this hour: they are in the counts of every stage, and are taken away in what people read. */
  canaries?: number;
  /** Why it is believed that the topic fell silent; present where this hour belongs to the silence. */
  silent?: string;
  /** What is usual for this hour of the week; present where the hour has much less. */
  low?: string;
  /**
   * Stages that could not be read, each with the reason; what they would say is unknowable. (The field keeps its name because results of
   * `explainHour` in histories carry it. It does not count unread offsets.)
   */
  unread?: { raw?: string; refined?: string; queryable?: string };
};

/** A Kafka partition: what it holds, and where the importer stands in it. */
export type PartitionOffsets = {
  partition: number;
  /** Where the importer's next run starts; absent where it never read the partition. Decimal strings. */
  stored?: string;
  /** The first offset that Kafka still has, and the one after the last. */
  logStart: string;
  logEnd: string;
  /** Offsets before `stored` that Kafka holds, a run has jumped over and none has read; absent where there are none. */
  jumpedOver?: JumpedOver[];
};

/** What holds for a topic as a whole. */
export type TopicEvidence = {
  partitions: PartitionOffsets[];
  /** The time of each partition's last imported record; of these the earliest, epoch ms. */
  watermark?: number;
  /** When the importer first skipped the topic as out of range within the look-back, epoch ms; absent where it did not. */
  skippedSince?: number;
  /** The topic's retention.ms; negative where the age of messages does not matter. */
  retentionMs?: number;
  /** The topic's retention.bytes, of each partition; absent where the size does not matter. */
  retentionBytes?: number;
  /** Settings that are not as the policy expects them. */
  drift: Drift[];
  /** The importer's newest finished run, epoch ms. */
  lastRun?: number;
  /** Whether the importer always runs, and does now; absent where it does not say. */
  isRunning?: true;
  /** Why the importer imports nothing, or not all, at present, as it says itself; absent where it does not. */
  standstill?: string;
  /** Offsets that the importer's runs jumped over within the look-back: they were deleted before it read them. */
  jumped?: number;
  /** When the last run before the first of these jumps was, epoch ms; absent where that is not known. */
  jumpedSince?: number;
  /** Why the log in Kafka is not the one that the importer has read; present where it is not. */
  replacedLog?: ReplacedLog;
  /** Why the times of Kafka's messages do not tell their hours, one clause for a person; present where they do not. */
  doubtfulTimes?: string;
  /** Present where nobody refines the topic's raw hours: they are the last stage, and nothing behind them is asked. */
  unrefined?: true;
  /** Why Kafka or the importer's state could not be read; present where it could not. (Named as in {@link HourEvidence}, for the same reason.) */
  unread?: string;
};

/** Offsets of a partition from one (inclusive) to another (exclusive), decimal strings. */
export type Loss = {
  partition: number;
  from: string;
  to: string;
  offsets: number;
  /** Whether it may be fewer: the importer has no position in the partition, and nothing tells what it read before. */
  atMost?: true;
};

/**
 * Offsets that were deleted before they were imported: from where the importer stands to the log start. Exact, but for offsets that hold no
 * record (transaction markers, and what compaction took away).
 */
export function losses(topic: TopicEvidence): Loss[] {
  return topic.partitions.flatMap(({ partition, stored, logStart }) => {
    // Where no position could be read at all, nothing follows from there being none.
    if (stored === undefined && topic.unread !== undefined) return [];
    const from = stored ?? "0";
    const offsets = Number(BigInt(logStart) - BigInt(from));
    return offsets > 0
      ? [
          {
            partition,
            from,
            to: logStart,
            offsets,
            ...(stored === undefined ? { atMost: true as const } : {}),
          },
        ]
      : [];
  });
}

/** Whether a stored offset lies beyond the log's end: it is of another log than the one that is there. */
export const isBeyondEnd = ({ stored, logEnd }: PartitionOffsets): boolean =>
  stored !== undefined && BigInt(stored) > BigInt(logEnd);

/** The first offset that the importer would still have to read: of another log than the one it knows, all that is there. */
export function nextUnread(partition: PartitionOffsets): bigint {
  const start = BigInt(partition.logStart);
  if (isBeyondEnd(partition)) return start;
  const stored = BigInt(partition.stored ?? partition.logStart);
  return stored > start ? stored : start;
}

/** The hours from the topic's last import on: what Kafka deleted unread, or has unread, was of these. All of them where the import is not known. */
export const isSinceImport = (hour: Hour, { watermark }: TopicEvidence) =>
  watermark === undefined || hour >= hourOf(watermark);

/** Whether an hour came before it was found that the log is another one. */
const isUntilReplaced = (hour: Hour, { until }: ReplacedLog): boolean =>
  until === undefined || hour <= hourOf(until);

/** Whether an hour may have lost messages because the log was replaced by another one. */
export function mayBeOfReplacedLog(hour: Hour, topic: TopicEvidence): boolean {
  if (!topic.replacedLog) return false;
  const { from } = topic.replacedLog;
  return (
    (from === undefined ? isSinceImport(hour, topic) : hour >= hourOf(from)) &&
    isUntilReplaced(hour, topic.replacedLog)
  );
}

/** The sum of a topic's {@link losses}. */
export const lostOffsets = (topic: TopicEvidence): number =>
  losses(topic).reduce((sum, loss) => sum + loss.offsets, 0);

/** Kafka deleted offsets of the topic before they were imported, now or within the look-back. */
export const hasLostOffsets = (topic: TopicEvidence): boolean =>
  topic.skippedSince !== undefined ||
  lostOffsets(topic) > 0 ||
  (topic.jumped ?? 0) > 0;

/** Offsets that Kafka holds and the importer has not read: those that are still before it, and those that it has jumped over. */
export const unreadOffsets = (topic: TopicEvidence): number =>
  topic.partitions.reduce(
    (sum, partition) =>
      sum +
      Math.max(0, Number(BigInt(partition.logEnd) - nextUnread(partition))),
    offsetsJumpedOver(topic),
  );

/** Offsets that Kafka holds and the importer has jumped over, so that it does not come back for them by itself. */
export const offsetsJumpedOver = ({ partitions }: TopicEvidence): number =>
  partitions
    .flatMap(({ jumpedOver = [] }) => jumpedOver)
    .reduce((sum, { from, to }) => sum + Number(BigInt(to) - BigInt(from)), 0);

/**
 * What Kafka's times say of an hour, as far as they may be believed. That none were counted proves nothing of an hour whose messages may
 * have been in a log that is gone, or lie unread under other times; what was counted was there all the same.
 */
export function believable(
  { hour, produced }: HourEvidence,
  topic: TopicEvidence,
): Count {
  if (!produced.known || produced.count > 0) return produced;
  // A log that replaced another one never had what came before it, whether that was imported or not.
  if (topic.replacedLog && isUntilReplaced(hour, topic.replacedLog))
    return unknowable(topic.replacedLog.why);
  return topic.doubtfulTimes !== undefined && isSinceImport(hour, topic)
    ? unknowable(topic.doubtfulTimes)
    : produced;
}

/** An hour's events, as well as anything outside HDFS knows them; undefined where nothing does. */
export function expected({
  produced,
  archived,
}: HourEvidence): number | undefined {
  const known = [produced, archived].flatMap((source) =>
    source.known ? [source.count] : [],
  );
  return known.length === 0 ? undefined : Math.max(...known);
}
