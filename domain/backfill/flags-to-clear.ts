import {
  DONE_FLAG,
  FAILURE_FLAG,
  OUTDATED_FAILURE_FLAG,
} from "../../formats/refine/done-flag";
import type { Hour } from "../../lib/hour";
import type { FlagToClear } from "./plan";

/** A planned Hive partition and the files in its directory. */
export type ListedPartition = {
  topic: string;
  hour: Hour;
  /** The partition's directory on HDFS. */
  dir: string;
  /** `mtime` in epoch ms. */
  files: { name: string; owner: string; mtime: number }[];
};

/**
 * The flags that keep Refine from a planned hour, each with its reason. A failure flag always does: Refine passes by an hour that it
 * failed on before. A done flag does where it still matches the raw hour although the rows are wrong; where the raw hour is
 * newer than its done flag, Refine refines it again by itself, and the flag stays.
 *
 * @param doneFlagReason why the hour's done flag has to go; undefined where it stays
 */
export function flagsToClear(
  { topic, hour, dir, files }: ListedPartition,
  doneFlagReason: string | undefined,
): FlagToClear[] {
  const reasons = new Map([
    [DONE_FLAG, doneFlagReason],
    [FAILURE_FLAG, "a remembered failure; Refine would skip the hour"],
    [OUTDATED_FAILURE_FLAG, "the outdated wrapper's misspelt failure flag"],
  ]);
  return files.flatMap(({ name, owner, mtime }) => {
    const why = reasons.get(name);
    return why
      ? [{ topic, hour, path: `${dir}/${name}`, owner, mtime, why }]
      : [];
  });
}
