import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { Advance } from "../domain/audit/ledger";
import { parseCamusFileName } from "../formats/camus/camus-file-name";
import { type OutOfRange, parseOutOfRange } from "../formats/camus/camus-log";
import {
  type EtlKey,
  furthest,
  readCamusErrors,
  readCamusOffsets,
} from "../formats/camus/etl-key";
import type { Config } from "../domain/settings/config";
import type { FileStatus, Hdfs } from "../clients/hdfs/hdfs";
import type { ImporterRun, ImporterState, ImportSource } from "./importer";
import { mapPool } from "../lib/map-pool";
import { partitionKey, parsePartitionKey } from "../lib/keys";

const RUN = /^(\d{4})-(\d{2})-(\d{2})-(\d{2})-(\d{2})-(\d{2})$/;
const MAX_RUNS_KEPT = 1000;
const READERS = 8;

export function runTime(name: string): number | undefined {
  const m = RUN.exec(name);
  return m
    ? Date.parse(`${m[1]}-${m[2]}-${m[3]}T${m[4]}:${m[5]}:${m[6]}Z`)
    : undefined;
}

/** Camus' stored state on HDFS, its driver's log, its names. */
export class Camus implements ImportSource {
  /** Finished runs do not change: each is read once. */
  private readonly known = new Map<string, Promise<ImporterRun>>();

  private newest: { run: string; state: Promise<ImporterState> } | undefined;

  constructor(
    private readonly hdfs: Hdfs,
    private readonly config: Config["importer"],
  ) {}

  dayDir: ImportSource["dayDir"] = (dataset, day) =>
    `${dataset.rawDir}/${day.replaceAll("-", "/")}`;

  hourOf: ImportSource["hourOf"] = (day, entry) =>
    /^([01]\d|2[0-3])$/.test(entry) ? `${day}T${entry}` : undefined;

  parse: ImportSource["parse"] = (name, hour) => {
    const parsed = parseCamusFileName(name);
    if (!parsed) return { problem: `${name} is not a name that Camus writes` };
    if (parsed.hour !== hour)
      return { problem: `${name} belongs to ${parsed.hour}` };
    return {
      partition: parsed.partition,
      end: parsed.offset,
      count: parsed.count,
    };
  };

  positions: ImportSource["positions"] = (state, topic) => {
    return new Map(
      [...state.positions].flatMap(([key, position]) => {
        const of = parsePartitionKey(key);
        return of.topic === topic ? [[of.partition, position]] : [];
      }),
    );
  };

  /** Names of finished runs, oldest first. */
  async runNames(): Promise<string[]> {
    const found = (await this.hdfs.list(this.config.historyPath)) ?? [];
    return found
      .filter((f) => f.type === "DIRECTORY" && RUN.test(f.name))
      .map((f) => f.name)
      .sort();
  }

  private async keys(
    dir: string,
    files: FileStatus[],
    problems: string[],
  ): Promise<EtlKey[]> {
    const keys: EtlKey[] = [];
    for (const file of files) {
      const bytes = await this.hdfs.read(`${dir}/${file.name}`);
      if (!bytes) continue;
      try {
        keys.push(...readCamusOffsets(bytes));
      } catch (error) {
        problems.push(`${dir}/${file.name}: ${(error as Error).message}`);
      }
    }
    return keys;
  }

  /** Where the next run starts, per topic-partition: the maximum over every `offsets*` file of the newest run. */
  async state(): Promise<ImporterState> {
    const run = (await this.runNames()).at(-1);
    if (run === undefined) return { positions: new Map(), problems: [] };
    if (this.newest?.run !== run) {
      const state = this.stateAfter(run);
      this.newest = { run, state };
      state.catch(() => (this.newest = undefined));
    }
    return this.newest!.state;
  }

  private async stateAfter(run: string): Promise<ImporterState> {
    const dir = `${this.config.historyPath}/${run}`;
    const files = ((await this.hdfs.list(dir)) ?? []).filter((f) =>
      f.name.startsWith("offsets"),
    );
    const problems: string[] = [];
    const keys = await this.keys(dir, files, problems);
    const lastRun = runTime(run);
    return {
      run,
      ...(lastRun === undefined ? {} : { lastRun }),
      positions: furthest(keys),
      problems,
    };
  }

  async runs(since: number): Promise<ImporterRun[]> {
    const names = (await this.runNames()).filter((n) => runTime(n)! >= since);
    return mapPool(names, READERS, (name) => {
      const known = this.known.get(name);
      if (known) return known;
      // As a promise: batches that begin together read a run once.
      const reading = this.readRun(name);
      if (this.known.size >= MAX_RUNS_KEPT) this.known.clear();
      this.known.set(name, reading);
      reading.catch(() => this.known.delete(name));
      return reading;
    });
  }

  private async readRun(name: string): Promise<ImporterRun> {
    const dir = `${this.config.historyPath}/${name}`;
    const files = (await this.hdfs.list(dir)) ?? [];
    const problems: string[] = [];
    const start = furthest(
      await this.keys(
        dir,
        files.filter((f) => f.name === "offsets-previous"),
        problems,
      ),
    );
    const end = furthest(
      await this.keys(
        dir,
        files.filter((f) => f.name.startsWith("offsets-m-")),
        problems,
      ),
    );
    const errors = new Map<string, number>();
    for (const file of files.filter((f) => f.name.startsWith("errors-m-"))) {
      const bytes = await this.hdfs.read(`${dir}/${file.name}`);
      try {
        for (const e of bytes ? readCamusErrors(bytes) : []) {
          const key = partitionKey(e.topic, e.partition);
          errors.set(key, (errors.get(key) ?? 0) + 1);
        }
      } catch (error) {
        problems.push(`${dir}/${file.name}: ${(error as Error).message}`);
      }
    }
    const time = runTime(name)!;
    const advances = new Map<string, Advance[]>();
    for (const [key, reached] of end) {
      const advance: Advance = {
        run: name,
        time,
        partition: reached.partition,
        // A partition that is read for the first time starts at 0, unless the run was moved, which it stores.
        from: start.get(key)?.offset ?? "0",
        to: reached.offset,
        errors: errors.get(key) ?? 0,
      };
      advances.set(reached.topic, [
        ...(advances.get(reached.topic) ?? []),
        advance,
      ]);
    }
    return {
      name,
      time,
      endedAt: Math.max(0, ...files.map((f) => f.mtime)),
      advances,
      problems,
    };
  }

  /** Out-of-range partitions in the driver's log; empty where there is no log. */
  async outOfRange(): Promise<OutOfRange[]> {
    const lines: string[] = [];
    try {
      const wanted = /offset was found to be more|move_to_earliest:/;
      for await (const line of createInterface({
        input: createReadStream(this.config.log),
        crlfDelay: Infinity,
      })) {
        if (wanted.test(line)) lines.push(line);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
    return parseOutOfRange(lines);
  }

  /** Sets runs aside, newest first, so that the importer resumes from the one before them. */
  async setAside(after: string | undefined, to: string): Promise<string[]> {
    const moved = (await this.runNames())
      .filter((run) => after === undefined || run > after)
      .reverse();
    await this.hdfs.mkdir(to);
    for (const run of moved)
      await this.hdfs.rename(
        `${this.config.historyPath}/${run}`,
        `${to}/${run}`,
      );
    return moved;
  }
}
