import { grouped } from "../../lib/grouped";
import type { Hour } from "../../lib/hour";
import { total } from "../../lib/total";
import type { RawEvidence } from "./evidence";
import { besidesLargest, perhapsTwice } from "./perhaps-twice";
import { type Advance, type LedgerFile, stretchesByPartition } from "./ledger";
import { tasksTogether } from "./task-ledger";

/** A raw file with the hour that it lies in. */
type Placed = LedgerFile & { hour: Hour };

/** Records that a raw hour has more than once, and a sentence that says how that is known. */
export type Surplus = { hour: Hour; records: number; why: string };

/** @returns a function that tells what an hour has more than once, and may have, as its evidence has it */
export function repeatedIn(
  advances: Advance[],
  files: Placed[],
): (hour: Hour) => Pick<RawEvidence, "twice" | "perhapsTwice"> {
  const surplus = grouped(surpluses(advances, files), ({ hour }) => hour);
  const most = perhapsTwice(advances, files);
  return (hour) => {
    const twice = surplus.get(hour) ?? [];
    const records = total(twice, "records");
    const perhaps = (most.get(hour) ?? 0) - records;
    return {
      ...(records > 0
        ? { twice: { records, why: twice.map(({ why }) => why).join("; ") } }
        : {}),
      ...(perhaps > 0 ? { perhapsTwice: perhaps } : {}),
    };
  };
}

/** Offsets that one importer run took, or several that overlap. */
type Taken = { partition: number; from: bigint; to: bigint; runs: string[] };

/**
 * More records in raw files than there are offsets to have them from: runs overlapped or were repeated, or a file lies there twice. Every
 * record has an offset of its own, so that no more is counted than is really too much. Offsets without a record hide some of it:
 * `perhapsTwice` (perhaps-twice.ts) says how much more it may be. Runs that were set aside are no longer among the advances, and count only
 * by the files that they left.
 */
export function surpluses(advances: Advance[], files: Placed[]): Surplus[] {
  const partitions = grouped(files.map(spanned), ({ partition }) => partition);
  const byRuns = taken(
    advances.filter(({ task }) => task === undefined),
  ).flatMap((range) => {
    const { partition, from, to, runs } = range;
    const within = (partitions.get(partition) ?? []).filter(
      ({ high }) => high > from && high <= to,
    );
    const who = runs.length > 1 ? `runs ${runs.join(", ")}` : `run ${runs[0]}`;
    return place(
      within,
      to - from,
      `${rangeText(range)}, which the ${who} took`,
    );
  });
  const byNames = [...stretchesByPartition(files)].flatMap(
    ([partition, stretches]) =>
      stretches
        .filter(({ start, end, count }) => count > Number(end - start))
        .flatMap(({ start, end }) =>
          place(
            partitions
              .get(partition)!
              .filter(
                ({ low, high }) =>
                  low !== undefined && low >= start && high <= end,
              ),
            end - start,
            rangeText({ partition, from: start, to: end }),
          ),
        ),
  );
  const ofTask = grouped(files.map(spanned), ({ task }) => task);
  const byTasks = tasksTogether(advances).flatMap(
    ({ tasks, runs, offsets, first }) =>
      place(
        tasks.flatMap((task) => ofTask.get(task) ?? []),
        offsets,
        `${rangeText(first)} and others that ${runs.length > 1 ? "the runs" : "the run"} ${runs.join(", ")} read`,
      ),
  );
  return [...byRuns, ...byNames, ...byTasks];
}

/** A file with its offsets as numbers. */
type Spanned = Placed & { low: bigint | undefined; high: bigint };

const spanned = (file: Placed): Spanned => ({
  ...file,
  low: file.start === undefined ? undefined : BigInt(file.start),
  high: BigInt(file.end),
});

const rangeText = ({ partition, from, to }: Omit<Taken, "runs">) =>
  `offsets ${from} to ${to} of partition ${partition}`;

/** What runs took, by partition; overlapping runs are one range that names them all. */
function taken(advances: Advance[]): Taken[] {
  const merged: Taken[] = [];
  const sorted = advances
    .map(({ partition, from, to, run }) => ({
      partition,
      from: BigInt(from),
      to: BigInt(to),
      runs: [run],
    }))
    .filter(({ from, to }) => to > from)
    .sort(
      (a, b) =>
        a.partition - b.partition ||
        (a.from < b.from ? -1 : a.from > b.from ? 1 : 0),
    );
  for (const next of sorted) {
    const last = merged.at(-1);
    if (last?.partition === next.partition && next.from < last.to) {
      last.runs.push(...next.runs);
      if (next.to > last.to) last.to = next.to;
    } else merged.push(next);
  }
  return merged;
}

/**
 * Gives what is too much in files of one partition to hours: first to those that have files with the same end and count, as a repeated run
 * writes them, then to the newest hour of the range. No file has a record twice, so that an hour gets no more than it has besides its
 * largest one. Counts that are only bounds prove nothing.
 */
function place(files: Placed[], offsets: bigint, of: string): Surplus[] {
  if (files.some(({ atMost }) => atMost)) return [];
  let left = total(files, "count") - Number(offsets);
  if (left <= 0) return [];
  const why = `${left} records more than there are ${of}, were imported twice`;
  const found = new Map<Hour, number>();
  const newestFirst = [...files].sort((a, b) => (a.hour < b.hour ? 1 : -1));
  const byHour = grouped(newestFirst, ({ hour }) => hour);
  const give = (hour: Hour, most: number) => {
    const before = found.get(hour) ?? 0;
    const given = Math.min(
      left,
      most,
      besidesLargest(byHour.get(hour)!) - before,
    );
    if (given <= 0) return;
    found.set(hour, before + given);
    left -= given;
  };
  const seen = new Set<string>();
  for (const { hour, end, count } of newestFirst) {
    const key = `${hour} ${end} ${count}`;
    if (seen.has(key)) give(hour, count);
    seen.add(key);
  }
  for (const hour of byHour.keys()) give(hour, Infinity);
  return [...found].map(([hour, given]) => ({ hour, records: given, why }));
}
