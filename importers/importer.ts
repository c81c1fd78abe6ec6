import type { Dataset } from "../domain/settings/dataset";
import type { Hour } from "../lib/hour";
import type { Advance, LedgerFile } from "../domain/audit/ledger";
import type { OutOfRange } from "../formats/camus/camus-log";

/** A raw file: what its name says, and its size and time (epoch ms) on HDFS. */
export type RawFile = LedgerFile & {
  name: string;
  length: number;
  mtime: number;
};

/** Where an importer stands in a topic-partition. */
export type Position = {
  /** Where it goes on; a decimal string. */
  offset: string;
  /** Epoch ms of the last record it imported, where it keeps that. */
  time?: number;
};

export type ImporterState = {
  /** The newest finished run's name. */
  run?: string;
  /** Epoch ms of that run. */
  lastRun?: number;
  /** By `<topic>/<partition>`. */
  positions: Map<string, Position>;
  /** State files that cannot be read, each with the reason. */
  problems: string[];
};

export type ImporterRun = {
  name: string;
  /** Epoch ms. */
  time: number;
  /** HDFS' own time of the run's last file, epoch ms: no raw file of the run is younger. */
  endedAt: number;
  /** How far it moved, by topic. */
  advances: Map<string, Advance[]>;
  problems: string[];
};

/** An importer, as audits see it: its directories, its file names, its positions. Camus is one, the HDFS connector another. */
export type ImportSource = {
  /** The directory of a day of raw hours, `2018-07-05`. */
  dayDir(dataset: Dataset, day: string): string;
  /** The hour that an entry of a day's directory holds. */
  hourOf(day: string, entry: string): Hour | undefined;
  /** What a data file's name says, or why it is not one of the importer's. */
  parse(name: string, hour: Hour): LedgerFile | { problem: string };
  /** Where it stands; `files` are the topic's raw files in view, for importers that keep no other state. */
  state(): Promise<ImporterState>;
  positions(
    state: ImporterState,
    topic: string,
    files: RawFile[],
  ): Map<number, Position>;
  /** Finished runs that are not older than a time (epoch ms), oldest first; empty for an importer that always runs. */
  runs(since: number): Promise<ImporterRun[]>;
  /** Partitions that it skipped as out of range, from its log. */
  outOfRange(): Promise<OutOfRange[]>;
};
