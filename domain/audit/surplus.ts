import type { RawEvidence } from "./evidence";
import type { Hour } from "../../lib/hour";
import { type Advance, type LedgerFile, stretchesByPartition } from "./ledger";

/** A raw file with the hour that it lies in. */
type Placed = LedgerFile & { hour: Hour };

/** Records that a raw hour has more than once, and a sentence that says how that is known. */
export type Surplus = { hour: Hour; records: number; why: string };

/** What an hour has more than once, as its evidence has it; undefined where nothing. @param surplus of all hours */
export function twiceIn(hour: Hour, surplus: Surplus[]): RawEvidence["twice"] {
  const twice = surplus.filter((found) => found.hour === hour);
  return twice.length === 0
    ? undefined
    : {
        records: twice.reduce((sum, { records }) => sum + records, 0),
        why: twice.map(({ why }) => why).join("; "),
      };
}

/** Offsets that one importer run took, or several that overlap. */
type Taken = { partition: number; from: bigint; to: bigint; runs: string[] };

/**
 * More records in raw files than there are offsets to have them from: runs overlapped or were repeated, or a file lies there twice. Every
 * record has an offset of its own, so that no more is counted than is really too much: errors and markers only make it more. Runs that
 * were set aside are no longer among the advances, and count only by the files that they left.
 */
export function surpluses(advances: Advance[], files: Placed[]): Surplus[] {
  const partitions = new Map<number, Spanned[]>();
  for (const file of files) {
    const start = file.start === undefined ? undefined : BigInt(file.start);
    const spanned = { ...file, low: start, high: BigInt(file.end) };
    const known = partitions.get(file.partition);
    if (known) known.push(spanned);
    else partitions.set(file.partition, [spanned]);
  }
  const byRuns = taken(advances).flatMap((range) => {
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
  return [...byRuns, ...byNames];
}

/** A file with its offsets as numbers. */
type Spanned = Placed & { low: bigint | undefined; high: bigint };

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
 * Gives what is too much to hours: first to those that have files with the same end and count, as a repeated run writes them, then to the
 * newest hour of the range. Counts that are only bounds prove nothing.
 */
function place(files: Placed[], offsets: bigint, of: string): Surplus[] {
  if (files.some(({ atMost }) => atMost)) return [];
  const records = files.reduce((sum, { count }) => sum + count, 0);
  let left = records - Number(offsets);
  if (left <= 0) return [];
  const why = `${left} records more than there are ${of}, were imported twice`;
  const found = new Map<Hour, number>();
  const give = (hour: Hour, most: number) => {
    const given = Math.min(left, most);
    if (given > 0) found.set(hour, (found.get(hour) ?? 0) + given);
    left -= given;
  };
  const seen = new Set<string>();
  const newestFirst = [...files].sort((a, b) => (a.hour < b.hour ? 1 : -1));
  for (const { hour, end, count } of newestFirst) {
    const key = `${hour} ${end} ${count}`;
    if (seen.has(key)) give(hour, count);
    seen.add(key);
  }
  const held = new Map<Hour, number>();
  for (const { hour, count } of newestFirst)
    held.set(hour, (held.get(hour) ?? 0) + count);
  for (const [hour, count] of held) give(hour, count - (found.get(hour) ?? 0));
  return [...found].map(([hour, given]) => ({ hour, records: given, why }));
}
