import { grouped } from "../../lib/grouped";
import type { Hour } from "../../lib/hour";
import { total } from "../../lib/total";
import type { RawEvidence } from "./evidence";
import { type Advance, type LedgerFile, stretchesByPartition } from "./ledger";

/** A raw file with the hour that it lies in. */
type Placed = LedgerFile & { hour: Hour };

/** Records that a raw hour has more than once, a sentence that says how that is known, and how many more there may be of them. */
export type Surplus = {
  hour: Hour;
  records: number;
  perhaps: number;
  why: string;
};

/** What an hour has more than once, or may have, as its evidence has it. @param surplus of all hours */
export function repeatedIn(
  hour: Hour,
  surplus: Surplus[],
): Pick<RawEvidence, "twice" | "perhapsTwice"> {
  const found = surplus.filter((one) => one.hour === hour);
  const twice = found.filter(({ records }) => records > 0);
  const perhaps = total(found, "perhaps");
  return {
    ...(twice.length > 0
      ? {
          twice: {
            records: total(twice, "records"),
            why: twice.map(({ why }) => why).join("; "),
          },
        }
      : {}),
    ...(perhaps > 0 ? { perhapsTwice: perhaps } : {}),
  };
}

/** Offsets that one importer run took, or several that overlap. */
type Taken = {
  partition: number;
  from: bigint;
  to: bigint;
  runs: string[];
  /** How many of the offsets were taken more than once, each counted as often as it was taken again. */
  again: number;
};

/**
 * More records in raw files than there are offsets to have them from: runs overlapped or were repeated, or a file lies there twice. Every
 * record has an offset of its own, so that no more is counted than is really too much. Offsets without a record hide some of it: beside what
 * is counted stands what else runs may have taken again. Runs that were set aside are no longer among the advances, and count only by the
 * files that they left.
 */
export function surpluses(advances: Advance[], files: Placed[]): Surplus[] {
  const partitions = grouped(files.map(spanned), ({ partition }) => partition);
  const byRuns = taken(advances).flatMap((range) => {
    const { partition, from, to, runs, again } = range;
    const within = (partitions.get(partition) ?? []).filter(
      ({ high }) => high > from && high <= to,
    );
    const who = runs.length > 1 ? `runs ${runs.join(", ")}` : `run ${runs[0]}`;
    return place(
      within,
      to - from,
      `${rangeText(range)}, which the ${who} took`,
      again,
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

const spanned = (file: Placed): Spanned => ({
  ...file,
  low: file.start === undefined ? undefined : BigInt(file.start),
  high: BigInt(file.end),
});

const rangeText = ({
  partition,
  from,
  to,
}: Pick<Taken, "partition" | "from" | "to">) =>
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
      again: 0,
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
      last.again += Number((next.to < last.to ? next.to : last.to) - next.from);
      if (next.to > last.to) last.to = next.to;
    } else merged.push(next);
  }
  return merged;
}

/**
 * Gives what is too much to hours: first to those that have files with the same end and count, as a repeated run writes them, then to the
 * newest hour of the range. Beside it stands, for each hour, how much more may be too much: no more than runs took again, and than an hour
 * has besides its largest file. Counts that are only bounds prove nothing, and are doubted by themselves.
 * @param again how many of the offsets runs took more than once
 */
function place(
  files: Placed[],
  offsets: bigint,
  of: string,
  again = 0,
): Surplus[] {
  if (files.some(({ atMost }) => atMost)) return [];
  const records = total(files, "count");
  let left = records - Number(offsets);
  const why =
    left > 0
      ? `${left} records more than there are ${of}, were imported twice`
      : `perhaps, of ${of}, some were imported twice`;
  const hidden = again - Math.max(0, left);
  const found = new Map<Hour, number>();
  const give = (hour: Hour, most: number) => {
    const given = Math.min(left, most);
    if (given <= 0) return;
    found.set(hour, (found.get(hour) ?? 0) + given);
    left -= given;
  };
  const seen = new Set<string>();
  const newestFirst = [...files].sort((a, b) => (a.hour < b.hour ? 1 : -1));
  for (const { hour, end, count } of newestFirst) {
    const key = `${hour} ${end} ${count}`;
    if (seen.has(key)) give(hour, count);
    seen.add(key);
  }
  const byHour = grouped(newestFirst, ({ hour }) => hour);
  for (const [hour, held] of byHour)
    give(hour, total(held, "count") - (found.get(hour) ?? 0));
  return [...byHour].flatMap(([hour, held]) => {
    const given = found.get(hour) ?? 0;
    const largest = Math.max(...held.map(({ count }) => count));
    // A single file has no record twice, and of several the largest one's are different.
    const rest = total(held, "count") - largest - given;
    const perhaps = Math.max(0, Math.min(hidden, rest));
    return given > 0 || perhaps > 0
      ? [{ hour, records: given, perhaps, why }]
      : [];
  });
}
