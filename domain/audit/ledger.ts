import { firstWhere } from "../../lib/first-where";
import type { Hour } from "../../lib/hour";
import { joined, type Range, without } from "../../lib/ranges";
import type { ImporterTask } from "./importer-task";

/** How far one importer run moved in a partition of a topic. Offsets are decimal strings. */
export type Advance = {
  run: string;
  /** When the run was, epoch ms. */
  time: number;
  partition: number;
  /** The first offset it was to read. */
  from: string;
  /** Where the next run goes on. */
  to: string;
  /** Records it could not decode and recorded as errors; of a task that read several partitions, with one of them. */
  errors: number;
  /** The task that read them, for importers whose files name it. */
  task?: ImporterTask;
  /** Up to where it read, and may have left files, though its position did not move on: the next run reads that once more. */
  tried?: string;
  /** Where the importer stood before, and since when (epoch ms), where it tells: the run before this one in a list need not be the one before. */
  before?: {
    to: string;
    time?: number;
    /** Present where a saga has put it there: it was the same log then. */
    bySaga?: true;
  };
};

/** A raw file, by what its name says. Offsets are decimal strings. */
export type LedgerFile = {
  partition: number;
  /** The offset of its first record, where the importer's names have it. */
  start?: string;
  /** The offset after its last record. */
  end: string;
  /** Its records. */
  count: number;
  /** Present where `count` is only an upper bound: a name tells offsets, and some of those between may lie in another hour's file. */
  atMost?: true;
  /** The task that wrote it, where the name tells that and no offsets: partition and end say nothing then. */
  task?: string;
};

/** Offsets of which some hold no record for readers: a saga's own transaction markers, and messages of transactions that it aborted. */
export type Markers = {
  partition: number;
  from: string;
  to: string;
  /** How many of the offsets from `from` (inclusive) to `to` (exclusive) hold no record. */
  empty: number;
};

/** Offsets that an importer passed over, from one (inclusive) to another (exclusive), decimal strings. */
export type Gap = {
  partition: number;
  from: string;
  to: string;
  /** How many records lie in the gap and in no raw file. */
  records: number;
  /**
   * Why `records` is only an upper bound, as offsets may hold no record: Kafka has deleted the range, it is too long to be counted there, or it cannot be
   * read there.
   * Absent where Kafka was asked, and had so many.
   */
  atMost?: "deleted" | "uncounted" | "unreadable";
  /** The run that passed over them, and when it was (epoch ms); absent for importers that keep no runs. */
  run?: string;
  time?: number;
  /** When the run before it was (epoch ms), where a run jumped: nothing that it jumped over is older than what that one had taken. */
  since?: number;
  /** Why its run did not write the records though it moved on, a clause. Absent where it says that it did, or says nothing. */
  fault?: string;
  /** The task that took the offsets, and those of other partitions that it took with them; `records` are of all of these. */
  task?: {
    id: string;
    others: { partition: number; from: string; to: string }[];
  };
  /** The hours into which the records may belong, where the importer tells. */
  hours?: Hour[];
};

/** An advance with its offsets as numbers. */
type Span = Advance & { low: bigint; high: bigint };

/** @returns a function that finds the runs that took a file's last record, the earliest first: more than one where they overlap */
export function advancesHolding(
  advances: Advance[],
): (file: Pick<LedgerFile, "partition" | "end" | "task">) => Advance[] {
  const tasks = new Map<string, Advance[]>();
  for (const a of advances)
    if (a.task) tasks.set(a.task.id, [...(tasks.get(a.task.id) ?? []), a]);
  const partitions = new Map<number, Span[]>();
  for (const a of advances) {
    const [low, high] = [BigInt(a.from), BigInt(a.to)];
    if (high <= low) continue;
    const spans = partitions.get(a.partition);
    if (spans) spans.push({ ...a, low, high });
    else partitions.set(a.partition, [{ ...a, low, high }]);
  }
  // Runs follow one another, so that their offsets are sorted and can be halved; after a reset they are not, and each is tried.
  const isSorted = new Map<number, boolean>();
  for (const [partition, spans] of partitions) {
    spans.sort((x, y) => x.time - y.time);
    isSorted.set(
      partition,
      spans.every((span, i) => i === 0 || span.low >= spans[i - 1]!.high),
    );
  }
  return ({ partition, end, task }) => {
    if (task !== undefined) return tasks.get(task) ?? [];
    const spans = partitions.get(partition) ?? [];
    const offset = BigInt(end);
    const holds = ({ low, high }: Span) => offset > low && offset <= high;
    if (!isSorted.get(partition)) return spans.filter(holds);
    const found = spans[firstWhere(spans, ({ high }) => high >= offset)];
    return found && holds(found) ? [found] : [];
  };
}

/**
 * The ledger by offset, for importers that keep runs. As many records as a run moved on, less its recorded errors and known markers, must
 * lie in the files whose last offset falls into the run's range. Compaction and other producers' transactions leave offsets without a
 * record, so that what is missing is an upper bound. What several runs took counts once, as a surplus at one offset would hide what is
 * missing at another. Runs whose files tell their task have a ledger of their own: see task-ledger.ts.
 * @returns what no file accounts for, by run and partition
 */
export function unaccounted(
  advances: Advance[],
  files: LedgerFile[],
  markers: Markers[],
): Gap[] {
  // A marker explains an offset once, though several runs may overlap it.
  const unused = markers.map((marker) => ({ ...marker }));
  const gaps: Gap[] = [];
  const recordsIn = recordsByEnd(files);
  const covered = new Map<number, Range[]>();
  for (const { partition, from, to, run, time, errors } of byTime(
    advances.filter(({ task }) => task === undefined),
  )) {
    const [low, high] = [BigInt(from), BigInt(to)];
    if (high <= low) continue;
    const taken = covered.get(partition) ?? [];
    covered.set(partition, joined(taken, [low, high]));
    let records = -errors;
    for (const [start, end] of without(taken, low, high))
      records += Number(end - start) - recordsIn(partition, start, end);
    for (const marker of unused) {
      if (records <= 0) break;
      const overlaps =
        marker.partition === partition &&
        BigInt(marker.from) < high &&
        BigInt(marker.to) > low;
      if (!overlaps) continue;
      const used = Math.min(records, marker.empty);
      records -= used;
      marker.empty -= used;
    }
    if (records > 0) gaps.push({ partition, from, to, records, run, time });
  }
  return gaps;
}

/** Advances in the order of their runs. */
export const byTime = (advances: Advance[]): Advance[] =>
  [...advances].sort((x, y) => x.time - y.time);

/**
 * @returns a function that sums up the records of a partition's files whose last offset lies in `(from, to]`. Files with the same last
 * offset are copies of one another, and a file has no more records of the range than the range has offsets up to the file's last.
 */
function recordsByEnd(
  files: LedgerFile[],
): (partition: number, from: bigint, to: bigint) => number {
  const partitions = new Map<number, Map<bigint, number>>();
  for (const { partition, end, count } of files) {
    const ends = partitions.get(partition) ?? new Map<bigint, number>();
    partitions.set(partition, ends);
    const last = BigInt(end);
    ends.set(last, Math.max(ends.get(last) ?? 0, count));
  }
  const sorted = new Map(
    [...partitions].map(([partition, ends]) => [
      partition,
      [...ends]
        .map(([end, count]) => ({ end, count }))
        .sort((x, y) => (x.end < y.end ? -1 : 1)),
    ]),
  );
  return (partition, from, to) => {
    const list = sorted.get(partition) ?? [];
    let sum = 0;
    for (const { end, count } of list.slice(
      firstWhere(list, ({ end }) => end > from),
      firstWhere(list, ({ end }) => end > to),
    ))
      sum += Math.min(count, Number(end - from));
    return sum;
  };
}

/** Files of a partition whose offsets overlap, as one: from the first offset to the one after the last. */
type Stretch = {
  start: bigint;
  end: bigint;
  count: number;
  isExact: boolean;
};

/**
 * The ledger for importers whose file names have both ends: the files of a partition must follow one another without a hole. Files of
 * neighbouring hours may overlap where times in Kafka are out of order: each then has some of the offsets between its ends. Where their
 * counts are exact, those must add up to the offsets that the files span together. Where they are bounds, the ledger proves nothing.
 */
export function holes(files: LedgerFile[]): Gap[] {
  const gaps: Gap[] = [];
  const give = (partition: number, from: bigint, to: bigint, held: number) => {
    const records = Number(to - from) - held;
    if (records > 0)
      gaps.push({
        partition,
        from: from.toString(),
        to: to.toString(),
        records,
      });
  };
  for (const [partition, stretches] of stretchesByPartition(files))
    for (const [i, { start, end, count, isExact }] of stretches.entries()) {
      if (i > 0) give(partition, stretches[i - 1]!.end, start, 0);
      if (isExact) give(partition, start, end, count);
    }
  return gaps;
}

/** Files with both ends, by partition, in the order of their offsets; those that overlap are one stretch. */
export function stretchesByPartition(
  files: LedgerFile[],
): Map<number, Stretch[]> {
  const partitions = new Map<number, Stretch[]>();
  for (const { partition, start, end, count, atMost } of files) {
    if (start === undefined) continue;
    const stretches = partitions.get(partition) ?? [];
    partitions.set(partition, stretches);
    stretches.push({
      start: BigInt(start),
      end: BigInt(end),
      count,
      isExact: atMost === undefined,
    });
  }
  for (const [partition, stretches] of partitions) {
    stretches.sort((a, b) => (a.start < b.start ? -1 : 1));
    const merged: Stretch[] = [];
    for (const next of stretches) {
      const last = merged.at(-1);
      if (!last || next.start >= last.end) merged.push(next);
      else {
        last.count += next.count;
        last.isExact &&= next.isExact;
        if (next.end > last.end) last.end = next.end;
      }
    }
    partitions.set(partition, merged);
  }
  return partitions;
}
