import type { Hdfs } from "../clients/hdfs/hdfs";
import {
  furthest,
  readStoredOffsets,
  type StoredOffset,
  writeCamusOffsets,
} from "../formats/camus/etl-key";
import { type CamusHistory, nameOfRun, runTime } from "./camus-history";
import type { TakenBack } from "./importer";
import { putTogether } from "./runs-beside";
import { WRITTEN_BY } from "./taken-back";

/** Where a run left each partition, by `<topic>/<partition>`, with the bytes that it stored. */
export type Standing = Map<string, StoredOffset>;

/**
 * Changes where Camus goes on, without taking a run away: its next run begins where the newest of its history stands, so a directory that is
 * newer than all, and holds `offsets-previous` alone, moves it. That is what a run looks like that has pulled nothing. Who wants the
 * positions of before takes the directory away again.
 */
export class CamusStanding {
  constructor(
    private readonly hdfs: Hdfs,
    private readonly path: string,
    private readonly history: Pick<CamusHistory, "runNames">,
  ) {}

  /**
   * Where a run left each partition.
   * @throws Error where the run is gone, or has an offsets file that cannot be read: positions that are not whole would be taken for new ones
   */
  async after(run: string): Promise<Standing> {
    const dir = `${this.path}/${run}`;
    const files = await this.hdfs.list(dir);
    if (!files)
      throw new Error(`${dir} is gone: Camus' positions in it are not known`);
    const keys: StoredOffset[] = [];
    for (const { name } of files.filter((f) => f.name.startsWith("offsets"))) {
      const bytes = await this.hdfs.read(`${dir}/${name}`);
      if (!bytes) throw new Error(`${dir}/${name} is gone`);
      keys.push(...readStoredOffsets(bytes));
    }
    return furthest(keys);
  }

  /**
   * Puts topics back to where they stood after a run; everybody else stays where the newest run has left them.
   * @param about `after` is the run, undefined where there was none: then the topics are new to Camus again; `staging` is a directory of ours
   *   in which the new one is made ready
   * @returns the name of the directory that says so; undefined where the topics stand there already
   */
  async putBack(
    topics: string[],
    about: { after: string | undefined; staging: string; by: string },
  ): Promise<string | undefined> {
    const newest = (await this.history.runNames()).at(-1);
    if (newest === undefined || newest === about.after) return undefined;
    const [now, before] = await Promise.all([
      this.after(newest),
      about.after === undefined
        ? new Map<string, never>()
        : this.after(about.after),
    ]);
    const isOfTopics = ({ topic }: StoredOffset) => topics.includes(topic);
    const wanted = new Map([
      ...[...now].filter(([, key]) => !isOfTopics(key)),
      ...[...before].filter(([, key]) => isOfTopics(key)),
    ]);
    if (isSame(now, wanted)) return undefined;
    return this.write(wanted, {
      ...about,
      newest,
      takenBack: { after: about.after, topics },
    });
  }

  /**
   * Puts together what runs have done that went on beside one another. @param before names of the runs that had finished before
   * @returns the names of the runs that have finished since
   */
  async settle(
    before: string[],
    about: { staging: string; by: string },
  ): Promise<string[]> {
    const known = new Set(before);
    const since = (await this.history.runNames()).filter(
      (run) => !known.has(run),
    );
    if (since.length < 2) return since;
    const base = before.at(-1);
    const [first, ...ends] = await Promise.all([
      base === undefined ? new Map<string, never>() : this.after(base),
      ...since.map((run) => this.after(run)),
    ]);
    const together = putTogether(first!, ends, ends.at(-1)!);
    const newest = (await this.history.runNames()).at(-1)!;
    if (!isSame(together, ends.at(-1)!))
      await this.write(together, { ...about, newest });
    return since;
  }

  /**
   * Writes a directory that is the newest of the history.
   * @param about `takenBack`: of which topics the runs after which run do not count any more
   * @returns its name
   */
  async write(
    standing: Standing,
    about: {
      newest: string;
      staging: string;
      by: string;
      takenBack?: TakenBack;
    },
  ): Promise<string> {
    const name = nameOfRun(runTime(about.newest) + 1000);
    const made = `${about.staging}/${name}`;
    await this.hdfs.write(
      `${made}/offsets-previous`,
      writeCamusOffsets([...standing.values()]),
    );
    // Camus reads only files whose names begin with `offsets`.
    const { by, takenBack } = about;
    await this.hdfs.write(
      `${made}/${WRITTEN_BY}`,
      `${JSON.stringify({ by, takenBack })}\n`,
    );
    await this.hdfs.rename(made, `${this.path}/${name}`);
    return name;
  }
}

const isSame = (a: Standing, b: Standing): boolean =>
  a.size === b.size &&
  [...a].every(([key, { bytes }]) => b.get(key)?.bytes.equals(bytes));
