import type { Hdfs } from "../../clients/hdfs/hdfs";
import type { GobblinState } from "../../formats/gobblin/dataset-state";
import {
  type StandingPartition,
  writeStandingState,
} from "../../formats/gobblin/standing-state";
import { partitionKey } from "../../lib/keys";
import { taskKey, timeOfRun } from "../../formats/gobblin/gobblin-file-name";
import type { TakenBack } from "../importer";
import { putTogether } from "../runs-beside";
import {
  type GobblinStateStore,
  type RunFile,
  runOfJob,
  type Series,
} from "./state-store";

/** Where a run left each partition, by `<topic>/<partition>`. */
type Standing = Map<string, StandingPartition>;

type About = { staging: string; by: string };

/**
 * Changes where Gobblin goes on: its next run begins where `current.jst` says. A state of ours is put there, and beside it as a run's own file that is
 * newer than all, so that audits see what was done. It is what a run leaves that has read nothing.
 */
export class GobblinStanding {
  constructor(
    private readonly hdfs: Pick<Hdfs, "replace">,
    private readonly store: GobblinStateStore,
  ) {}

  /** Names of the runs that left a file, oldest first. */
  async runNames(): Promise<string[]> {
    return namesIn(await this.store.series());
  }

  /**
   * Puts topics back to where they stood after a run; everybody else stays where the newest run has left them.
   * @param about `after` is the run, undefined where there was none: then the topics are new to Gobblin again
   * @returns the name of the state that says so; undefined where the topics stand there already
   */
  async putBack(
    topics: string[],
    about: { after: string | undefined } & About,
  ): Promise<string | undefined> {
    const isOfTopics = ({ topic }: StandingPartition) => topics.includes(topic);
    return this.change(
      async (series, now) => {
        // Of another job nothing is to be known, whatever has become of its files.
        if (![...now.values()].some(isOfTopics)) return now;
        const before =
          about.after === undefined
            ? new Map<string, never>()
            : await this.after(about.after, series);
        return new Map([
          ...[...now].filter(([, one]) => !isOfTopics(one)),
          ...[...before].filter(([, one]) => isOfTopics(one)),
        ]);
      },
      about,
      { after: about.after, topics },
    );
  }

  /**
   * Moves single partitions back to offsets that a run has jumped over. One that stands there already, or before, stays where it is.
   * @param offsets by `<topic>/<partition>`
   */
  async moveBack(
    offsets: ReadonlyMap<string, string>,
    about: About,
  ): Promise<string | undefined> {
    return this.change(
      async (_series, now) =>
        new Map(
          [...now].map(([key, one]) => {
            const offset = offsets.get(key);
            return offset !== undefined && BigInt(offset) < BigInt(one.offset)
              ? [key, { ...one, offset }]
              : [key, one];
          }),
        ),
      about,
    );
  }

  /**
   * Puts together what runs have done that went on beside one another. @param before names of the runs that had finished before
   * @returns the names of the runs that have finished since
   */
  async settle(before: string[], about: About): Promise<string[]> {
    const known = new Set(before);
    const since = (await this.runNames()).filter((run) => !known.has(run));
    if (since.length < 2) return since;
    await this.change(async (series, now) => {
      const runs = series.files.filter(({ run }) => since.includes(run));
      if (runs.length < 2) return now;
      const base = series.files.filter(({ run }) => known.has(run)).at(-1);
      const began = base ? await this.after(base.run, series) : new Map();
      const ends: Standing[] = [];
      for (const { run } of runs) ends.push(await this.after(run, series));
      return putTogether(began, ends, now);
    }, about);
    return since;
  }

  /**
   * Gives each series of files the state that is wanted, where it has another.
   * @returns the name of the new state; undefined where all was so already
   */
  private async change(
    wantedOf: (series: Series, now: Standing) => Promise<Standing>,
    { by }: About,
    takenBack?: TakenBack,
  ): Promise<string | undefined> {
    const all = await this.store.series();
    let written: string | undefined;
    for (const series of all) {
      const newest = await this.store.newest(series);
      if (!newest) continue;
      const states = statesOf(newest);
      const [state] = states;
      const now = standingIn(states);
      const wanted = await wantedOf(series, now);
      if (!state || isSame(now, wanted)) continue;
      const time = newestTime(all, series.job) + 1000;
      const { name, path } = runOfJob(series, time);
      const bytes = writeStandingState([...wanted.values()], {
        jobName: state.jobName,
        jobId: name,
        time,
        writtenBy: JSON.stringify({ by, takenBack }),
        stored: state.stored,
      });
      // The run's own file first: what audits do not know of must not move anything.
      await this.hdfs.replace(path, bytes);
      await this.hdfs.replace(series.currentPath, bytes);
      written = name;
    }
    return written;
  }

  /**
   * Where a series stood after a run.
   * @throws Error where the run's file is gone or cannot be read: positions that are not whole would be taken for new ones
   */
  private async after(run: string, series: Series): Promise<Standing> {
    const file = series.files.findLast(isOwnFile(run, series));
    if (!file && isOfJob(run, series) && series.dataset === "")
      throw new Error(
        `${series.currentPath} has no file of ${run} beside it any more: where Gobblin stood then is not known`,
      );
    return file
      ? standingIn(statesOf(await this.store.run(file)))
      : new Map<string, never>();
  }
}

const isOfJob = (run: string, { job }: Series): boolean =>
  [job, taskKey(job)].some((name) => run === `job_${name}_${timeOfRun(run)}`);

/** Which file tells where a series stood after a run: the run's own, or where that was another job's or did not read the dataset, the newest of then. */
const isOwnFile = (run: string, series: Series) => (file: RunFile) =>
  isOfJob(run, series) && series.dataset === ""
    ? file.run === run
    : file.time <= timeOfRun(run);

const namesIn = (series: Series[]): string[] => {
  const files = series.flatMap((each) => each.files);
  return [
    ...new Set(files.sort((a, b) => a.time - b.time).map(({ run }) => run)),
  ];
};

/** When the newest run of a job was, of whichever dataset: one that is written for several of them is one run. */
const newestTime = (all: Series[], job: string): number =>
  Math.max(
    ...all
      .filter((series) => series.job === job)
      .flatMap(({ files }) => files.map(({ time }) => time)),
    0,
  );

/** @throws Error where a file cannot be read */
function statesOf(
  read: Awaited<ReturnType<GobblinStateStore["run"]>>,
): GobblinState[] {
  if ("problem" in read) throw new Error(read.problem);
  return read.states;
}

const standingIn = (states: GobblinState[]): Standing =>
  new Map(
    states.flatMap(({ tasks }) =>
      tasks.flatMap(({ topic, ranges }) =>
        ranges.map(({ partition, leader, actual }) => [
          partitionKey(topic, partition),
          { topic, partition, offset: actual, ...(leader ? { leader } : {}) },
        ]),
      ),
    ),
  );

const isSame = (a: Standing, b: Standing): boolean =>
  a.size === b.size &&
  [...a].every(([key, { offset }]) => b.get(key)?.offset === offset);
