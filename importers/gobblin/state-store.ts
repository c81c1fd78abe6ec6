import { setTimeout } from "node:timers/promises";
import type { FileStatus, Hdfs } from "../../clients/hdfs/hdfs";
import { FormatError } from "../../formats/format-error";
import {
  type GobblinState,
  readGobblinState,
} from "../../formats/gobblin/dataset-state";
import {
  parseStateFileName,
  taskKey,
} from "../../formats/gobblin/gobblin-file-name";
import { isTemporary } from "../../formats/hadoop/temporary-names";
import { grouped } from "../../lib/grouped";
import { mapPool } from "../../lib/map-pool";

/** The file of one run of a job, or of one dataset in it. */
export type RunFile = FileStatus & {
  path: string;
  run: string;
  /** When the run was made, epoch ms. */
  time: number;
};

/** The files of a job's runs, or of one dataset's where each has files of its own. */
export type Series = {
  job: string;
  /** "" where the job has one file for all of its datasets. */
  dataset: string;
  /** The copy of the newest run's file, whether it is there at this moment or not. */
  currentPath: string;
  current: FileStatus | undefined;
  /** Oldest first. */
  files: RunFile[];
};

/** The name of a run of a series' job, and the path of the file that it leaves. @param time epoch ms */
export function runOfJob(
  { job, dataset, currentPath }: Series,
  time: number,
): { name: string; path: string } {
  const name = `job_${job}_${time}`;
  const dir = currentPath.slice(0, currentPath.lastIndexOf("/"));
  const file = `job_${taskKey(job)}_${time}.jst`;
  return {
    name,
    path: `${dir}/${dataset === "" ? "" : `${dataset}-`}${file}`,
  };
}

/** What a file says, or why it cannot be read. */
export type Read = { states: GobblinState[] } | { problem: string };

/** How often a file is read that may be in the middle of being replaced, and how long is waited before it is read again, ms. */
const ATTEMPTS = 4;
const PAUSE_MS = 250;
/** Files that are kept in memory, as they do not change. */
const MAX_KEPT = 2000;
/** Folders or files that are read side by side. */
export const READERS = 8;

/**
 * The folder in which Gobblin keeps what its runs leave (`state.store.dir`), a folder a job. It replaces `current.jst` by removing it first, and
 * writes a run's file in place: a file may be away for a moment, or cut short.
 */
export class GobblinStateStore {
  private readonly kept = new Map<string, Promise<Read>>();

  /** @param jobs those whose folders are read; all where none is named */
  constructor(
    private readonly hdfs: Pick<Hdfs, "list" | "read">,
    private readonly folder: string,
    private readonly jobs: readonly string[],
    private readonly pause: (ms: number) => Promise<unknown> = (ms) =>
      setTimeout(ms),
  ) {}

  async series(): Promise<Series[]> {
    const jobs = ((await this.hdfs.list(this.folder)) ?? []).filter(
      ({ type, name }) =>
        type === "DIRECTORY" &&
        !isTemporary(name) &&
        (this.jobs.length === 0 || this.jobs.includes(name)),
    );
    return (
      await mapPool(jobs, READERS, ({ name }) => this.seriesOf(name))
    ).flat();
  }

  /**
   * What a series says of its newest run: its copy, read again a few times where it is away or cut short, else the newest numbered file.
   * @returns the file's run as well; it is undefined where there is nothing at all
   */
  async newest({
    currentPath,
    current,
    files,
  }: Series): Promise<Read | undefined> {
    const last = files.at(-1);
    if (!current && !last) return undefined;
    const read = await this.again(currentPath, () =>
      current ? this.once(currentPath, current) : this.anew(currentPath),
    );
    if (!("problem" in read) || !last) return read;
    const instead = await this.again(last.path, () => this.anew(last.path));
    return "problem" in instead
      ? { problem: `${read.problem}; ${instead.problem}` }
      : instead;
  }

  /** A run's file; it is read once, unless it cannot be read. */
  run(file: RunFile): Promise<Read> {
    return this.once(file.path, file);
  }

  private async seriesOf(job: string): Promise<Series[]> {
    const dir = `${this.folder}/${job}`;
    const files = ((await this.hdfs.list(dir)) ?? []).flatMap((file) => {
      const parsed = parseStateFileName(file.name, job);
      return parsed && file.type === "FILE" ? [{ ...parsed, file }] : [];
    });
    const byDataset = grouped(files, ({ dataset }) => dataset);
    return [...byDataset].map(([dataset, own]) => ({
      job,
      dataset,
      currentPath: `${dir}/${dataset === "" ? "" : `${dataset}-`}current.jst`,
      current: own.find(({ run }) => !run)?.file,
      files: own
        .flatMap(({ file, run }) =>
          run
            ? [
                {
                  ...file,
                  path: `${dir}/${file.name}`,
                  run: run.name,
                  time: run.time,
                },
              ]
            : [],
        )
        .sort((a, b) => a.time - b.time),
    }));
  }

  /** Reads a file that does not change as long as its time and length stay the same. */
  private once(path: string, { mtime, length }: FileStatus): Promise<Read> {
    const key = `${path} ${mtime} ${length}`;
    const known = this.kept.get(key);
    if (known) return known;
    const reading = this.anew(path);
    if (this.kept.size >= MAX_KEPT) this.kept.clear();
    this.kept.set(key, reading);
    const forget = () => void this.kept.delete(key);
    reading.then((read) => "problem" in read && forget(), forget);
    return reading;
  }

  private async anew(path: string): Promise<Read> {
    const bytes = await this.hdfs.read(path);
    if (!bytes) return { problem: `${path} is not there` };
    try {
      return { states: readGobblinState(path, bytes) };
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      return { problem: error.message };
    }
  }

  /** Reads a few times, until it can be read. */
  private async again(path: string, first: () => Promise<Read>): Promise<Read> {
    let read = await first();
    for (let i = 1; i < ATTEMPTS && "problem" in read; i++) {
      await this.pause(PAUSE_MS);
      read = await this.anew(path);
    }
    return read;
  }
}
