import type { Hour } from "./hour";

/** A count that was measured, or why it cannot be known. Unknowable is never zero. */
export type Count =
  { known: true; count: number } | { known: false; why: string };

export const measured = (count: number): Count => ({ known: true, count });
export const unknowable = (why: string): Count => ({ known: false, why });

/** What each stage says of one topic-hour. */
export type HourEvidence = {
  hour: Hour;
  /** Messages in Kafka by their timestamps: an estimate, for silence and lateness. */
  produced: Count;
  /** Distinct events in the archive of all events: a lower bound, as its lines can be truncated. */
  archived: Count;
  /** Records in the raw hour, from Camus' file names; undefined where the directory is absent. */
  raw?: { count: number; files: number; mtime: number; problems: string[] };
  refined?: {
    /** The flags' content: the raw directory's mtime when it was refined, epoch ms; a string where it cannot be read. */
    doneFlag?: number | string;
    failureFlag?: number | string;
    /** Only the outdated wrapper writes this flag's name. */
    outdatedFlag: boolean;
    /** From Parquet footers. */
    rows: Count;
    geocoded: boolean | undefined;
  };
  /** Whether the metastore has the partition. */
  queryable: boolean | undefined;
};

export type PartitionOffsets = {
  partition: number;
  /** Where the importer's next run starts; absent where it never read the partition. Decimal strings. */
  stored?: string;
  logStart: string;
  logEnd: string;
};

/** What holds for a topic as a whole. */
export type TopicEvidence = {
  partitions: PartitionOffsets[];
  /** Time of the oldest last-imported record over partitions, epoch ms. */
  watermark?: number;
  /** When the importer first skipped the topic as out of range, epoch ms, and whether it still does. */
  skippedSince?: number;
  retentionMs?: number;
  drift: { name: string; expected: string; actual: string }[];
  /** The importer's newest finished run, epoch ms. */
  lastRun?: number;
};

/** Offsets that were deleted before they were imported: log start minus stored offset, summed over partitions. Exact, but for transaction markers and compaction. */
export function lostOffsets(topic: TopicEvidence): number {
  return topic.partitions.reduce((sum, p) => {
    if (p.stored === undefined) return sum;
    const gap = BigInt(p.logStart) - BigInt(p.stored);
    return sum + (gap > 0n ? Number(gap) : 0);
  }, 0);
}
