import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GobblinRuns } from "../../../../importers/gobblin/runs";
import { GobblinStateStore } from "../../../../importers/gobblin/state-store";
import { timeZone } from "../../../../lib/time-zone";
import { type TreeFile, treeOf } from "../tree";

/** A real state file. */
export const fixture = (name: string): Buffer =>
  readFileSync(join(__dirname, "..", "..", "..", "fixtures/gobblin", name));

export const FIRST = 1795629104600;
export const SECOND = 1795629199431;
export const THIRD = 1795629406319;
export const fileOf = (ms: number, job = "pageviews") => `job_${job}_${ms}.jst`;

/** The folder of the job whose files are real, with what goes with them on disk. */
export const realStore = (): Record<string, Buffer | TreeFile> => ({
  ...Object.fromEntries(
    [FIRST, SECOND, THIRD].map((ms) => [
      `/store/pageviews/${fileOf(ms)}`,
      { bytes: fixture(fileOf(ms)), mtime: ms + 20_000 },
    ]),
  ),
  "/store/pageviews/current.jst": fixture(fileOf(THIRD)),
  "/store/pageviews/.current.jst.crc": Buffer.from("crc"),
  "/store/pageviews/_tmp_/current.jst": Buffer.from("half"),
});

/** The runs of a store; `pauses` are the waits between readings, in which `meanwhile` happens. */
export function runsIn(
  files: Record<string, Buffer | TreeFile>,
  { jobs = [] as string[], meanwhile = (_pauses: number) => {} } = {},
) {
  const { hdfs, reads } = treeOf(files);
  const pauses: number[] = [];
  const store = new GobblinStateStore(hdfs, "/store", jobs, async (ms) => {
    pauses.push(ms);
    meanwhile(pauses.length);
  });
  return { runs: new GobblinRuns(store, timeZone("UTC")), reads, pauses };
}
