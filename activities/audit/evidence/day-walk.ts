import type { Hour } from "../../../lib/hour";
import type { FileStatus, Hdfs } from "../../../clients/hdfs/hdfs";
import { grouped } from "../../../lib/grouped";
import { mapPool } from "../../../lib/map-pool";
import { directoryOf } from "../../../lib/paths";

/** Requests to HDFS at the same time. */
const WIDTH = 8;
/** The newest days of a window usually change: hours are added, and the hours before get late events. */
const RECENT_DAYS = 2;

/** What HDFS sums up of a directory with all that lies below it. */
export type Sum = { files: number; directories: number; bytes: number };
const NOTHING: Sum = { files: 0, directories: 0, bytes: 0 };
const minus = (a: Sum, b: Sum): Sum => ({
  files: a.files - b.files,
  directories: a.directories - b.directories,
  bytes: a.bytes - b.bytes,
});
const equal = (a: Sum, b: Sum) =>
  a.files === b.files && a.directories === b.directories && a.bytes === b.bytes;

/** Sums of a tree's directories as they were last found, by day (`2018-07-05`) and by month (`2018-07`). */
export type Sums = { days: Record<string, Sum>; months: Record<string, Sum> };

/**
 * Brings the days of a window up to date. Where a month's sum changed by exactly as much as the sums of its newest days, its other days
 * are as they are remembered: that takes three or four requests instead of one a day.
 * @param dayDir the directory of a day; its parent is the month's
 * @param sums as they were last found; brought up to date
 * @param known what is remembered of a day
 * @param refresh reads a day anew as far as it changed
 * @returns the hours of all days
 */
export async function refreshDays<T>(
  hdfs: Hdfs,
  days: string[],
  dayDir: (day: string) => string,
  sums: Sums,
  known: (day: string) => Record<Hour, T>,
  refresh: (day: string) => Promise<{ hours: Record<Hour, T>; sum: Sum }>,
): Promise<Record<Hour, T>> {
  const found: Record<Hour, T> = {};
  /** Refreshes days, and says by how much their sums changed. */
  const refreshAll = async (some: string[]): Promise<Sum> => {
    let change = NOTHING;
    await mapPool(some, WIDTH, async (day) => {
      const { hours, sum } = await refresh(day);
      Object.assign(found, hours);
      change = minus(change, minus(sums.days[day] ?? NOTHING, sum));
      sums.days[day] = sum;
    });
    return change;
  };
  const recent = new Set(days.slice(-RECENT_DAYS));
  const months = grouped(days, (day) => day.slice(0, 7));
  await Promise.all(
    [...months].map(async ([month, all]) => {
      const older = all.filter((day) => !recent.has(day));
      const before = sums.months[month];
      delete sums.months[month];
      // To ask for a single older day's own sum costs no more than to ask for the month's.
      if (older.length < 2) return refreshAll(all);
      const dir = dayDir(all[0]!);
      const now = (await hdfs.summary(directoryOf(dir))) ?? NOTHING;
      const isComparable = before && older.every((day) => sums.days[day]);
      const change = await refreshAll(
        isComparable ? all.filter((day) => recent.has(day)) : all,
      );
      if (isComparable) {
        if (equal(minus(now, before), change))
          for (const day of older) Object.assign(found, known(day));
        else await refreshAll(older);
      }
      // Only now: a month whose days could not all be read is not compared with at the next audit.
      sums.months[month] = now;
    }),
  );
  return found;
}

/** What is remembered of an hour's directory, to see whether it changed. */
export type Remembered = {
  /** The directory's own mtime, epoch ms. */
  mtime: number;
  /** All files in it, whatever they are, and their bytes. */
  entries: number;
  bytes: number;
};

/**
 * Brings the remembered hours of one day up to date.
 * - A day whose files and bytes add up to what is remembered is not listed: a removed or truncated file would show in the sum.
 * - In a day that changed, only hours whose directory has another mtime are read again.
 * - Where that does not explain the sum, all of them are: HDFS does not touch a directory when a file in it is written over.
 * @param hourOf the hour that an entry of the day's directory holds
 * @param read reads an hour's directory anew
 */
export async function refreshDay<T extends Remembered>(
  hdfs: Hdfs,
  dir: string,
  known: Record<Hour, T>,
  hourOf: (entry: string) => Hour | undefined,
  read: (dir: string, entry: FileStatus, hour: Hour) => Promise<T>,
): Promise<{ hours: Record<Hour, T>; sum: Sum }> {
  const summary = await hdfs.summary(dir);
  if (!summary) return { hours: {}, sum: NOTHING };
  const addsUp = (hours: Record<Hour, T>) => {
    const all = Object.values(hours);
    return (
      all.reduce((sum, h) => sum + h.entries, 0) === summary.files &&
      all.reduce((sum, h) => sum + h.bytes, 0) === summary.bytes &&
      all.length + 1 === summary.directories
    );
  };
  if (addsUp(known)) return { hours: known, sum: summary };
  const entries = (await hdfs.list(dir)) ?? [];
  const refresh = async (all: boolean) => {
    const found: Record<Hour, T> = {};
    await mapPool(entries, WIDTH, async (entry) => {
      const hour = hourOf(entry.name);
      if (hour === undefined || entry.type !== "DIRECTORY") return;
      const before = known[hour];
      found[hour] =
        !all && before?.mtime === entry.mtime
          ? before
          : await read(`${dir}/${entry.name}`, entry, hour);
    });
    return found;
  };
  const changed = await refresh(false);
  const isWhole = addsUp(changed) || Object.keys(known).length === 0;
  return { hours: isWhole ? changed : await refresh(true), sum: summary };
}
