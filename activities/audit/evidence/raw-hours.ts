import type { Dataset } from "../../../domain/settings/dataset";
import type { Hour } from "../../../lib/hour";
import { refreshDay, type Remembered, type Sum } from "./day-walk";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import type { Importer, RawFile } from "../../../importers/importer";
import { isTemporary } from "../../../formats/hadoop/temporary-names";

export type RawHour = Remembered & {
  files: RawFile[];
  /** Files that are not the importer's, or not of this hour. */
  strange: string[];
};

/** The raw hours of one day, by file names alone. */
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
