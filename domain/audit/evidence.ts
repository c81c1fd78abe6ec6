import type { Hour } from "../../lib/hour";
import type { Drift } from "../settings/policy";

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
  /** Records that runs took from Kafka and no file accounts for. */
  missing?: number;
  /** Present where all of `missing` is only an upper bound, as offsets may hold no record and were too many to be counted in Kafka. */
  missingAtMost?: true;
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
  /** Where the metastore sends readers; present only if nothing is there, empty if it names no place. */
  lostLocation?: string;
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
};

/** What holds for a topic as a whole. */
export type TopicEvidence = {
  partitions: PartitionOffsets[];
  /** The time of each partition's last imported record; of these the earliest, epoch ms. */
  watermark?: number;
  /** When the importer first skipped the topic as out of range within the look-back, epoch ms; absent where it did not. */
  skippedSince?: number;
  /** The topic's retention.ms. */
  retentionMs?: number;
  /** Settings that are not as the policy expects them. */
  drift: Drift[];
  /** The importer's newest finished run, epoch ms. */
  lastRun?: number;
  /** Offsets that the importer's runs jumped over within the look-back: they were deleted before it read them. */
  jumped?: number;
  /** Why Kafka or the importer's state could not be read; present where it could not. (Named as in {@link HourEvidence}, for the same reason.) */
  unread?: string;
};

/** Offsets of a partition from one (inclusive) to another (exclusive), decimal strings. */
export type Loss = {
  partition: number;
  from: string;
  to: string;
  offsets: number;
};

/**
 * Offsets that were deleted before they were imported: from where the importer stands to the log start. Exact, but for offsets that hold no
 * record (transaction markers, and what compaction took away).
 */
export function losses(topic: TopicEvidence): Loss[] {
  return topic.partitions.flatMap(({ partition, stored, logStart }) => {
    if (stored === undefined) return [];
    const offsets = Number(BigInt(logStart) - BigInt(stored));
    return offsets > 0
      ? [{ partition, from: stored, to: logStart, offsets }]
      : [];
  });
}

/** The sum of a topic's {@link losses}. */
export const lostOffsets = (topic: TopicEvidence): number =>
  losses(topic).reduce((sum, loss) => sum + loss.offsets, 0);

/** Offsets that Kafka holds and the importer has not read. */
export function unreadOffsets(topic: TopicEvidence): number {
  return topic.partitions.reduce((sum, { stored, logStart, logEnd }) => {
    const first = BigInt(logStart);
    const position = BigInt(stored ?? logStart);
    const next = position > first ? position : first;
    return sum + Math.max(0, Number(BigInt(logEnd) - next));
  }, 0);
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
