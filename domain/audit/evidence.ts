import type { Hour } from "../../lib/hour";
import type { Drift } from "../settings/policy";

/** A count that was measured, or why it cannot be known. Unknowable is never zero. */
export type Count =
  { known: true; count: number } | { known: false; why: string };

export const measured = (count: number): Count => ({ known: true, count });
export const unknowable = (why: string): Count => ({ known: false, why });

/** A raw hour, from the importer's file names. */
export type RawEvidence = {
  count: number;
  files: number;
  mtime: number;
  /** What is wrong with single files, and records that the ledger misses here. */
  problems: string[];
  /** Records that runs took from Kafka and no file accounts for. */
  missing?: number;
  /** Records that the importer could not decode. */
  errors?: number;
  /** When the run was that wrote the hour's newest file, epoch ms; absent where no run is known for it. */
  importedAt?: number;
};

export type RefinedEvidence = {
  /** The flags' content: the raw directory's mtime when it was refined, epoch ms; a string where it cannot be read. */
  doneFlag?: number | string;
  failureFlag?: number | string;
  /** Only the outdated wrapper writes this flag's name. */
  outdatedFlag: boolean;
  /** From Parquet footers. */
  rows: Count;
  geocoded: boolean | undefined;
};

/** What each stage says of one topic-hour. */
export type HourEvidence = {
  hour: Hour;
  /** Messages in Kafka by their timestamps: an estimate, for silence and lateness. */
  produced: Count;
  /** Distinct events in the archive of all events: a lower bound, as its lines can be truncated. */
  archived: Count;
  /** Undefined where the directory is absent. */
  raw?: RawEvidence;
  refined?: RefinedEvidence;
  /** Whether the metastore has the partition. */
  queryable: boolean | undefined;
  /** The importer has read every offset that Kafka counts for this hour: what is not in it lies in another one. */
  passed?: boolean;
  /** Where the metastore sends readers, if nothing is there. */
  lostLocation?: string;
  /** Marked events of ours in this hour: they are in every count and in none that people use. */
  canaries?: number;
  /** The topic fell silent, and this hour belongs to the silence: why that is believed. */
  silent?: string;
  /** Stages that could not be read, and why; what they would say is unknowable. */
  unread?: { raw?: string; refined?: string; queryable?: string };
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
  drift: Drift[];
  /** The importer's newest finished run, epoch ms. */
  lastRun?: number;
  /** Offsets that a reset of the importer passed over within the look-back: deleted unread earlier. */
  jumped?: number;
  /** Kafka or the importer's state could not be read, and why. */
  unread?: string;
};

/** Offsets of a partition from one (inclusive) to another (exclusive), decimal strings. */
export type Loss = {
  partition: number;
  from: string;
  to: string;
  offsets: number;
};

/** Offsets that were deleted before they were imported, from the stored offset to the log start. Exact, but for transaction markers and compaction. */
export function losses(topic: TopicEvidence): Loss[] {
  return topic.partitions.flatMap(({ partition, stored, logStart }) => {
    const gap = stored === undefined ? 0n : BigInt(logStart) - BigInt(stored);
    return gap > 0n
      ? [{ partition, from: stored!, to: logStart, offsets: Number(gap) }]
      : [];
  });
}

/** The sum of a topic's {@link losses}. */
export const lostOffsets = (topic: TopicEvidence): number =>
  losses(topic).reduce((sum, l) => sum + l.offsets, 0);

/** Offsets that Kafka holds and the importer has not read. */
export function unreadOffsets(topic: TopicEvidence): number {
  return topic.partitions.reduce((sum, p) => {
    const from = BigInt(p.stored ?? p.logStart);
    const start = from > BigInt(p.logStart) ? from : BigInt(p.logStart);
    return sum + Math.max(0, Number(BigInt(p.logEnd) - start));
  }, 0);
}
