import type { Dataset } from "../../../domain/settings/dataset";
import type { LedgerFile } from "../../../domain/audit/ledger";
import type { Hour } from "../../../lib/hour";
import { refreshDay, type Remembered, type Sum } from "./day-walk";
import { ServiceError } from "../../../clients/errors";
import type { FileStatus, Hdfs } from "../../../clients/hdfs/hdfs";
import type { Importer, RawFile } from "../../../importers/importer";
import { isTemporary } from "../../../formats/hadoop/temporary-names";

/** What is remembered of a raw hour. */
export type RawHour = Remembered & {
  /** The importer's files of this hour. */
  files: RawFile[];
  /** What is wrong with the other files: a sentence each for those that are not the importer's, not of this hour, or empty. */
  strange: string[];
};

/** The importer's files of some hours. */
export const filesOf = (hours: Record<Hour, RawHour>): RawFile[] =>
  Object.values(hours).flatMap(({ files }) => files);

/**
 * The raw hours of one day (`2018-07-05`), by file names alone. `known` is what is remembered of them.
 * @param isWanted files that are left out are not counted either; what is found so is not to be remembered
 */
export function rawDay(
  hdfs: Hdfs,
  source: Importer,
  dataset: Dataset,
  day: string,
  known: Record<Hour, RawHour>,
  isWanted: (file: LedgerFile) => boolean = () => true,
): Promise<{ hours: Record<Hour, RawHour>; sum: Sum }> {
  return refreshDay(
    hdfs,
    source.dayDir(dataset, day),
    known,
    (entry) => source.hourOf(day, entry),
    async (dir, entry, hour) => {
      const children = (await hdfs.list(dir)) ?? [];
      const result: RawHour = {
        mtime: entry.mtime,
        entries: children.length,
        bytes: children.reduce((sum, c) => sum + c.length, 0),
        files: [],
        strange: [],
      };
      for (const file of children) {
        if (isTemporary(file.name)) continue;
        const found = await rawFile(source, dir, file, hour, isWanted);
        if (!found) continue;
        if ("problem" in found) result.strange.push(found.problem);
        else result.files.push(found);
      }
      return result;
    },
  );
}

/** A raw file by its name, undefined for one that is not wanted; where the name only bounds its records, by what the file says of itself. */
async function rawFile(
  source: Importer,
  dir: string,
  file: FileStatus,
  hour: Hour,
  isWanted: (file: LedgerFile) => boolean,
): Promise<RawFile | { problem: string } | undefined> {
  const { name, length, mtime } = file;
  const parsed = source.parse(name, hour);
  if ("problem" in parsed) return parsed;
  if (!isWanted(parsed)) return undefined;
  if (length === 0 && parsed.count > 0) return { problem: `${name} is empty` };
  const { atMost, ...exact } = parsed;
  const whole: RawFile = { ...exact, name, length, mtime };
  if (!atMost) return whole;
  try {
    const count = await source.exactCount?.(dir, file);
    if (count === undefined) return { ...whole, atMost };
    // More records than offsets: the file is not what its name says.
    return count > parsed.count
      ? { problem: `${name} has ${count} records, more than its name allows` }
      : { ...whole, count };
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    return {
      problem: `${name} cannot be counted: ${(error as Error).message}`,
    };
  }
}
