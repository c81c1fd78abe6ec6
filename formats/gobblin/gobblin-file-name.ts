/** What the name of a raw file of Gobblin says: which task wrote it, and perhaps how many records. */
export type GobblinFileName = {
  /** `task_<job>_<ms>_<n>`, as {@link taskKey} writes it. */
  task: string;
  /** Present where Gobblin puts it in (`writer.include.record.count.in.file.names`). */
  count?: number;
};

const NAME =
  /^part\.(?<task>task_.+_\d+_\d+)_\d+(?:\.[A-Za-z]\w*)*?(?:\.(?<count>\d+))?(?:\.[A-Za-z]\w*)?$/;

/** Gobblin's newer versions write `-` and `/` of a job's name as `_` in names of files, and not in its state. */
export const taskKey = (id: string): string => id.replaceAll(/[-/]/g, "_");

/**
 * Parses `part.<task>_<n>.txt.gzip`, or with a count before the last extension, `part.<task>_<n>.txt.40.gzip`.
 * @returns undefined for any other name
 */
export function parseGobblinFileName(
  name: string,
): GobblinFileName | undefined {
  const parts = NAME.exec(name)?.groups;
  if (!parts) return undefined;
  const task = taskKey(parts["task"]!);
  if (parts["count"] === undefined) return { task };
  const count = Number(parts["count"]);
  return Number.isSafeInteger(count) ? { task, count } : undefined;
}

/** When a run was made, epoch ms, as its id says: `job_<job>_<ms>`; NaN where it says nothing. */
export const timeOfRun = (id: string): number => Number(/\d+$/.exec(id)?.[0]);

/** A file of the state store: of one run, or a copy of the newest one's (`current.jst`). */
export type StateFileName = {
  /** The dataset that it is of, where each has files of its own; "" where a job has one for all. */
  dataset: string;
  /** The run, and when it was made, epoch ms; absent for a copy of the newest. */
  run?: { name: string; time: number };
};

const CURRENT = "current.jst";

/**
 * Parses `job_<job>_<ms>.jst` and `current.jst`, or with a dataset before, `<dataset>-job_<job>_<ms>.jst`. Both names may hold what
 * stands between them: only the job's own name tells where it begins.
 * @param job the name of the job in whose folder it lies
 * @returns undefined for what is none, such as `_tmp_` and the checksums of local disks
 */
export function parseStateFileName(
  name: string,
  job: string,
): StateFileName | undefined {
  if (name === CURRENT) return { dataset: "" };
  if (name.startsWith(".")) return undefined;
  if (name.endsWith(`-${CURRENT}`))
    return { dataset: name.slice(0, -CURRENT.length - 1) };
  const parts = /^(.*)_(\d{10,15})\.jst$/s.exec(name);
  if (!parts) return undefined;
  const [, start, ms] = parts as unknown as [string, string, string];
  for (const own of [`job_${job}`, `job_${taskKey(job)}`]) {
    if (start !== own && !start.endsWith(`-${own}`)) continue;
    return {
      dataset: start.slice(0, -own.length).replace(/-$/, ""),
      run: { name: `${own}_${ms}`, time: Number(ms) },
    };
  }
  return undefined;
}
