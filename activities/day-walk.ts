import type { Hour } from "../domain/hour";
import type { FileStatus, Hdfs } from "./hdfs";
import { mapPool } from "./pool";

const WIDTH = 8;

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
): Promise<Record<Hour, T>> {
  const summary = await hdfs.summary(dir);
  if (!summary) return {};
  const adds = (hours: Record<Hour, T>) => {
    const all = Object.values(hours);
    return (
      all.reduce((sum, h) => sum + h.entries, 0) === summary.files &&
      all.reduce((sum, h) => sum + h.bytes, 0) === summary.bytes &&
      all.length + 1 === summary.directories
    );
  };
  if (adds(known)) return known;
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
  return adds(light) || Object.keys(known).length === 0 ? light : refresh(true);
}
