import type { Hour } from "../../../lib/hour";
import type { FileStatus, Hdfs } from "../../../clients/hdfs/hdfs";
import { mapPool } from "../../../lib/map-pool";

const WIDTH = 8;
/** Days of a window that usually change: new hours, and the last ones' late data. */
const RECENT = 2;

export type Sum = { files: number; directories: number; bytes: number };
const NOTHING: Sum = { files: 0, directories: 0, bytes: 0 };
const minus = (a: Sum, b: Sum): Sum => ({
  files: a.files - b.files,
  directories: a.directories - b.directories,
  bytes: a.bytes - b.bytes,
});
const equal = (a: Sum, b: Sum) =>
  a.files === b.files && a.directories === b.directories && a.bytes === b.bytes;

/** Sums of a tree's directories as they were last found, by day (`2018-07-05`) and by month. */
export type Sums = { days: Record<string, Sum>; months: Record<string, Sum> };

/**
 * Brings the days of a window up to date. A month's sum that moved by exactly what its newest days moved tells that the others
 * are as remembered: three or four requests instead of one a day.
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
  const look = async (some: string[]): Promise<Sum> => {
    let moved = NOTHING;
    await mapPool(some, WIDTH, async (day) => {
      const { hours, sum } = await refresh(day);
      Object.assign(found, hours);
      moved = minus(moved, minus(sums.days[day] ?? NOTHING, sum));
      sums.days[day] = sum;
    });
    return moved;
  };
  const recent = new Set(days.slice(-RECENT));
  const months = new Map<string, string[]>();
  for (const day of days) {
    const month = day.slice(0, 7);
    months.set(month, [...(months.get(month) ?? []), day]);
  }
  await Promise.all(
    [...months].map(async ([month, all]) => {
      const rest = all.filter((d) => !recent.has(d));
      const before = sums.months[month];
      delete sums.months[month];
      // For one day its own sum is no dearer.
      if (rest.length < 2) return look(all);
      const dir = dayDir(all[0]!);
      const now =
        (await hdfs.summary(dir.slice(0, dir.lastIndexOf("/")))) ?? NOTHING;
      const trusted = before && rest.every((d) => sums.days[d]);
      const moved = await look(
        trusted ? all.filter((d) => recent.has(d)) : all,
      );
      if (trusted) {
        if (equal(minus(now, before), moved))
          for (const day of rest) Object.assign(found, known(day));
        else await look(rest);
      }
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
 * Brings the remembered hours of one day up to date. A day whose files and bytes add up to what is remembered is not listed
 * (a removed or truncated file shows in the sum); in one that changed, only hours with another mtime are read again, and where that
 * does not explain the sum, all of them.
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
  const adds = (hours: Record<Hour, T>) => {
    const all = Object.values(hours);
    return (
      all.reduce((sum, h) => sum + h.entries, 0) === summary.files &&
      all.reduce((sum, h) => sum + h.bytes, 0) === summary.bytes &&
      all.length + 1 === summary.directories
    );
  };
  if (adds(known)) return { hours: known, sum: summary };
  const entries = (await hdfs.list(dir)) ?? [];
  const refresh = async (deep: boolean) => {
    const found: Record<Hour, T> = {};
    await mapPool(entries, WIDTH, async (entry) => {
      const hour = hourOf(entry.name);
      if (hour === undefined || entry.type !== "DIRECTORY") return;
      const before = known[hour];
      found[hour] =
        !deep && before?.mtime === entry.mtime
          ? before
          : await read(`${dir}/${entry.name}`, entry, hour);
    });
    return found;
  };
  const light = await refresh(false);
  return {
    hours:
      adds(light) || Object.keys(known).length === 0
        ? light
        : await refresh(true),
    sum: summary,
  };
}
