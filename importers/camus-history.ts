import type { FileStatus, Hdfs } from "../clients/hdfs/hdfs";
import type { Advance } from "../domain/audit/ledger";
import {
  type EtlKey,
  furthest,
  readCamusErrors,
  readCamusOffsets,
} from "../formats/camus/etl-key";
import { partitionKey } from "../lib/keys";
import { mapPool } from "../lib/map-pool";
import type { ImporterRun, ImporterState } from "./importer";
import { takenBackIn, withoutTakenBack, WRITTEN_BY } from "./taken-back";

/** A run's directory is named by its time in UTC, `2018-07-05-03-05-00`. */
const RUN = /^(\d{4})-(\d{2})-(\d{2})-(\d{2})-(\d{2})-(\d{2})$/;
const MAX_RUNS_KEPT = 1000;
/** Runs that are read side by side. */
const READERS = 8;

/** When a run began, epoch ms, as its name says. */
export function runTime(name: string): number {
  const [, year, month, day, hh, mm, ss] = RUN.exec(name)!;
  return Date.parse(`${year}-${month}-${day}T${hh}:${mm}:${ss}Z`);
}

/** What Camus would name a run that began then. @param time epoch ms */
export const nameOfRun = (time: number): string =>
  new Date(time).toISOString().slice(0, 19).replaceAll(/[T:]/g, "-");

/**
 * The runs that Camus keeps below `etl.execution.history.path`, a directory each. In it lie `offsets-previous` (where the run began),
 * `offsets-m-NNNNN` (how far its mappers got) and `errors-m-NNNNN` (records that could not be decoded).
 */
export class CamusHistory {
  /**
   * Finished runs do not change, so each is read once. Promises are kept, not results: batches of an audit that begin together wait
   * for one reading.
   */
  private readonly readRuns = new Map<string, Promise<ImporterRun>>();
  private newest: { run: string; state: Promise<ImporterState> } | undefined;

  constructor(
    private readonly hdfs: Hdfs,
    private readonly path: string,
  ) {}

  /** Names of finished runs, oldest first. */
  async runNames(): Promise<string[]> {
    const entries = (await this.hdfs.list(this.path)) ?? [];
    return entries
      .filter(({ type, name }) => type === "DIRECTORY" && RUN.test(name))
      .map(({ name }) => name)
      .sort();
  }

  /** Where the next run starts in each partition: the furthest offset in all `offsets*` files of the newest run. */
  async state(): Promise<ImporterState> {
    const names = await this.runNames();
    const run = names.at(-1);
    if (run === undefined) return { positions: new Map(), problems: [] };
    if (this.newest?.run !== run) {
      const state = this.stateAfter(run, names.length === 1);
      this.newest = { run, state };
      state.catch(() => (this.newest = undefined));
    }
    return this.newest!.state;
  }

  /** Runs that are not older than a time (epoch ms), oldest first. */
  async runs(since: number): Promise<ImporterRun[]> {
    const names = (await this.runNames()).filter(
      (name) => runTime(name) >= since,
    );
    const runs = await mapPool(names, READERS, (name) => {
      const known = this.readRuns.get(name);
      if (known) return known;
      const reading = this.readRun(name);
      if (this.readRuns.size >= MAX_RUNS_KEPT) this.readRuns.clear();
      this.readRuns.set(name, reading);
      reading.catch(() => this.readRuns.delete(name));
      return reading;
    });
    return withoutTakenBack(runs);
  }

  private async stateAfter(
    run: string,
    isFirst: boolean,
  ): Promise<ImporterState> {
    const dir = `${this.path}/${run}`;
    const files = (await this.hdfs.list(dir)) ?? [];
    const problems: string[] = [];
    const offsets = files.filter(({ name }) => name.startsWith("offsets"));
    // Every run after the first carries the offsets of the one before it on.
    if (offsets.length === 0 && !isFirst)
      problems.push(
        `${dir} has no offsets file: where the importer stands is not known, and its next run would begin anew`,
      );
    const keys = await this.offsetsIn(dir, offsets, problems);
    return { run, lastRun: runTime(run), positions: furthest(keys), problems };
  }

  private async readRun(name: string): Promise<ImporterRun> {
    const dir = `${this.path}/${name}`;
    const files = (await this.hdfs.list(dir)) ?? [];
    const named = (start: string) =>
      files.filter((file) => file.name.startsWith(start));
    const problems: string[] = [];
    const begin = furthest(
      await this.offsetsIn(
        dir,
        files.filter((file) => file.name === "offsets-previous"),
        problems,
      ),
    );
    const end = furthest(
      await this.offsetsIn(dir, named("offsets-m-"), problems),
    );
    const errors = await this.errorsIn(dir, named("errors-m-"), problems);
    const time = runTime(name);
    const advances = new Map<string, Advance[]>();
    for (const [key, { topic, partition, offset }] of end) {
      const advance: Advance = {
        run: name,
        time,
        partition,
        // Camus begins a new partition at 0. Where it was told to begin elsewhere, it has stored that in `offsets-previous`.
        from: begin.get(key)?.offset ?? "0",
        to: offset,
        errors: errors.get(key) ?? 0,
      };
      advances.set(topic, [...(advances.get(topic) ?? []), advance]);
    }
    return {
      name,
      time,
      endedAt: Math.max(0, ...files.map(({ mtime }) => mtime)),
      advances,
      problems,
      ...(await this.takenBackBy(dir, files, problems)),
    };
  }

  /** What a directory that Sisyphus wrote itself takes back of the runs before it. */
  private async takenBackBy(
    dir: string,
    files: FileStatus[],
    problems: string[],
  ): Promise<Pick<ImporterRun, "takenBack">> {
    if (!files.some(({ name }) => name === WRITTEN_BY)) return {};
    try {
      const text = await this.hdfs.readText(`${dir}/${WRITTEN_BY}`);
      const takenBack = takenBackIn(text ?? "");
      return takenBack ? { takenBack } : {};
    } catch (error) {
      problems.push(`${dir}/${WRITTEN_BY}: ${(error as Error).message}`);
      return {};
    }
  }

  private async offsetsIn(
    dir: string,
    files: FileStatus[],
    problems: string[],
  ): Promise<EtlKey[]> {
    return this.decoded(dir, files, problems, readCamusOffsets);
  }

  /** Records that could not be decoded, counted by `<topic>/<partition>`. */
  private async errorsIn(
    dir: string,
    files: FileStatus[],
    problems: string[],
  ): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (const error of await this.decoded(
      dir,
      files,
      problems,
      readCamusErrors,
    )) {
      const key = partitionKey(error.topic, error.partition);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return counts;
  }

  /** The records of files, one file after the other. A file that cannot be decoded is named in `problems`, not thrown. */
  private async decoded<T>(
    dir: string,
    files: FileStatus[],
    problems: string[],
    decode: (bytes: Buffer) => T[],
  ): Promise<T[]> {
    const records: T[] = [];
    for (const { name } of files) {
      const bytes = await this.hdfs.read(`${dir}/${name}`);
      // The run was set aside or cleaned away in the meantime.
      if (!bytes) continue;
      try {
        records.push(...decode(bytes));
      } catch (error) {
        problems.push(`${dir}/${name}: ${(error as Error).message}`);
      }
    }
    return records;
  }
}
