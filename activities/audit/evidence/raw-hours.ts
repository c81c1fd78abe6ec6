import type { Dataset } from "../../../domain/settings/dataset";
import type { Hour } from "../../../lib/hour";
import { refreshDay, type Remembered, type Sum } from "./day-walk";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import type { Importer, RawFile } from "../../../importers/importer";
import { isTemporary } from "../../../formats/hadoop/temporary-names";

/** What is remembered of a raw hour. */
export type RawHour = Remembered & {
  /** The importer's files of this hour. */
  files: RawFile[];
  /** What is wrong with the other files: a sentence each for those that are not the importer's, not of this hour, or empty. */
  strange: string[];
};

/** The raw hours of one day (`2018-07-05`), by file names alone. `known` is what is remembered of them. */
export function rawDay(
  hdfs: Hdfs,
  source: Importer,
  dataset: Dataset,
  day: string,
  known: Record<Hour, RawHour>,
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
        const parsed = source.parse(file.name, hour);
        if ("problem" in parsed) result.strange.push(parsed.problem);
        else if (file.length === 0 && parsed.count > 0)
          result.strange.push(`${file.name} is empty`);
        else
          result.files.push({
            ...parsed,
            name: file.name,
            length: file.length,
            mtime: file.mtime,
          });
      }
      return result;
    },
  );
}
