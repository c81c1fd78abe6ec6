import type { Dataset } from "../../../domain/settings/dataset";
import {
  type Count,
  measured,
  type RefinedEvidence,
  unknowable,
} from "../../../domain/audit/evidence";
import {
  type Hour,
  hourOfPartition,
  partitionDayPath,
} from "../../../lib/hour";
import {
  decodeDoneFlag,
  DONE_FLAG,
  FAILURE_FLAG,
  OUTDATED_FAILURE_FLAG,
} from "../../../formats/refine/done-flag";
import { refreshDay, type Remembered, type Sum } from "./day-walk";
import { ServiceError } from "../../../clients/errors";
import type { FileStatus, Hdfs } from "../../../clients/hdfs/hdfs";
import { footer } from "../../../clients/hdfs/parquet";
import { isTemporary } from "../../../formats/hadoop/temporary-names";

/** What is remembered of a refined hour. */
export type RefinedHour = Remembered & { refined: RefinedEvidence };

/** A flag's content: epoch ms, or the reason where it cannot be read; undefined where there is no such flag. */
async function flagOf(
  hdfs: Hdfs,
  dir: string,
  files: FileStatus[],
  name: string,
): Promise<number | string | undefined> {
  if (!files.some((f) => f.name === name)) return undefined;
  const content = await hdfs.read(`${dir}/${name}`);
  try {
    return content === undefined ? undefined : decodeDoneFlag(content);
  } catch (error) {
    return (error as Error).message;
  }
}

/** A Hive partition's directory by its flags and Parquet footers; no row is read. A file without a footer makes the rows unknowable. */
export async function readRefined(
  hdfs: Hdfs,
  dir: string,
): Promise<Omit<RefinedHour, "mtime">> {
  const files = (await hdfs.list(dir)) ?? [];
  const [doneFlag, failureFlag] = await Promise.all([
    flagOf(hdfs, dir, files, DONE_FLAG),
    flagOf(hdfs, dir, files, FAILURE_FLAG),
  ]);
  let rows: Count = measured(0);
  let geocoded: boolean | undefined;
  for (const file of files) {
    if (isTemporary(file.name)) continue;
    try {
      const found = await footer(hdfs, dir, file);
      if (rows.known) rows = measured(rows.count + found.rows);
      geocoded = (geocoded ?? true) && found.columns.includes("geocoded_data");
    } catch (error) {
      if (error instanceof ServiceError) throw error;
      rows = unknowable((error as Error).message);
    }
  }
  return {
    entries: files.length,
    bytes: files.reduce((sum, f) => sum + f.length, 0),
    refined: {
      ...(doneFlag === undefined ? {} : { doneFlag }),
      ...(failureFlag === undefined ? {} : { failureFlag }),
      outdatedFlag: files.some((f) => f.name === OUTDATED_FAILURE_FLAG),
      rows,
      geocoded,
    },
  };
}

/** The directory of a day (`2018-07-05`) of refined hours, as Refine names it. */
export const refinedDayDir = (dataset: Dataset, day: string): string =>
  `${dataset.refinedDir}/${partitionDayPath(day)}`;

/** The refined hours of one day (`2018-07-05`). `known` is what is remembered of them. */
export function refinedDay(
  hdfs: Hdfs,
  dataset: Dataset,
  day: string,
  known: Record<Hour, RefinedHour>,
): Promise<{ hours: Record<Hour, RefinedHour>; sum: Sum }> {
  const dir = refinedDayDir(dataset, day);
  return refreshDay(
    hdfs,
    dir,
    known,
    (entry) => hourOfPartition(`${dir}/${entry}`),
    async (partition, entry) => ({
      mtime: entry.mtime,
      ...(await readRefined(hdfs, partition)),
    }),
  );
}
