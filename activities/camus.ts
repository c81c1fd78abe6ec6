import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { type EtlKey, furthest, readCamusOffsets } from "../formats/etl-key";
import { type OutOfRange, parseOutOfRange } from "../formats/camus-log";
import type { Config } from "../domain/config";
import type { Hdfs } from "./hdfs";
import { fatal } from "./errors";

export type ImporterState = {
  /** The newest finished run's directory name, `2018-07-05-05-05-00`. */
  run?: string;
  /** Epoch ms of that run. */
  lastRun?: number;
  keys: Map<string, EtlKey>;
};

const RUN = /^(\d{4})-(\d{2})-(\d{2})-(\d{2})-(\d{2})-(\d{2})$/;

export function runTime(name: string): number | undefined {
  const m = RUN.exec(name);
  return m
    ? Date.parse(`${m[1]}-${m[2]}-${m[3]}T${m[4]}:${m[5]}:${m[6]}Z`)
    : undefined;
}

/** The importer's stored state on HDFS and its driver's log. */
export class Camus {
  constructor(
    private readonly hdfs: Hdfs,
    private readonly config: Config["importer"],
  ) {}

  /** Finished runs, oldest first. */
  async runs(): Promise<string[]> {
    const found = (await this.hdfs.list(this.config.historyPath)) ?? [];
    return found
      .filter((f) => f.type === "DIRECTORY" && RUN.test(f.name))
      .map((f) => f.name)
      .sort();
  }

  /** Where the next run starts, per topic-partition: the maximum over every `offsets*` file of the newest run. */
  async state(): Promise<ImporterState> {
    const run = (await this.runs()).at(-1);
    if (run === undefined) return { keys: new Map() };
    const dir = `${this.config.historyPath}/${run}`;
    const files = ((await this.hdfs.list(dir)) ?? []).filter((f) =>
      f.name.startsWith("offsets"),
    );
    const keys: EtlKey[] = [];
    for (const file of files) {
      const bytes = await this.hdfs.read(`${dir}/${file.name}`);
      if (!bytes) continue;
      try {
        keys.push(...readCamusOffsets(bytes));
      } catch (error) {
        throw fatal(
          "BadFormat",
          `${dir}/${file.name}: ${(error as Error).message}`,
        );
      }
    }
    const lastRun = runTime(run);
    return {
      run,
      ...(lastRun === undefined ? {} : { lastRun }),
      keys: furthest(keys),
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
    const moved = (await this.runs())
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
