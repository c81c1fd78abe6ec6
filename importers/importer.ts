import { fatal } from "../clients/errors";
import type { FileStatus } from "../clients/hdfs/hdfs";
import type { Advance, LedgerFile } from "../domain/audit/ledger";
import type { Dataset } from "../domain/settings/dataset";
import type { OutOfRange } from "../formats/camus/camus-log";
import type { Hour } from "../lib/hour";

/** A raw file: what its name says, and its size and time (epoch ms) on HDFS. */
export type RawFile = LedgerFile & {
  name: string;
  length: number;
  mtime: number;
};

/** Where an importer stands in a partition. */
export type Position = {
  /** The offset that it imports next; a decimal string. */
  offset: string;
  /** Epoch ms of the last record it imported, where it keeps that. */
  time?: number;
};

export type ImporterState = {
  /** The newest finished run's name. */
  run?: string;
  /** Epoch ms of that run. */
  lastRun?: number;
  /** The same by topic, for importers of several jobs, of which one may stand still while others run. */
  lastRuns?: Map<string, number>;
  /** Whether it always runs, and does now. */
  isRunning?: true;
  /** Why it imports nothing, or not all, until somebody does something about it, where it says so itself. */
  standstill?: string;
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
  /** How far the run moved in each partition, by topic. */
  advances: Map<string, Advance[]>;
  /** Files of the run that cannot be read, each with the reason. */
  problems: string[];
  /** Why nothing of the run is known, where the importer has a single file of it: what it took is in no ledger, and audits say so. */
  unknown?: string;
  /** What an abort put back with this run; the advances that it took back are not among those of the runs before it. */
  takenBack?: TakenBack;
};

/** What an abort has taken back: the runs after one (all, where there was none), of some topics. */
export type TakenBack = { after?: string | undefined; topics: string[] };

/**
 * An importer as audits see it: how it lays out raw hours, names raw files and keeps positions. A further importer is one file with a
 * function that returns this type, and a row in registry.ts.
 */
export type Importer = {
  /** The day to whose directory an hour belongs, in the time zone in which the importer names directories. */
  dayOf(hour: Hour): string;
  /** The directory of a day of raw hours; a day is written `2018-07-05`, and is one of the importer's time zone. */
  dayDir(dataset: Dataset, day: string): string;
  /** The directory of a raw hour. */
  hourDir(dataset: Dataset, hour: Hour): string;
  /** Every day that has a directory, whenever it was. */
  days(dataset: Dataset): Promise<string[]>;
  /** The hour that an entry of a day's directory holds; undefined where it holds none. */
  hourOf(day: string, entry: string): Hour | undefined;
  /** What a raw file's name says, or why it is not a name that the importer gives in that hour. */
  parse(name: string, hour: Hour): LedgerFile | { problem: string };
  /**
   * A raw file's records by what the file says of itself, for importers whose names only bound them; undefined where its format does not say.
   * @throws Error where the file is cut off or not of its format
   */
  exactCount?(dir: string, file: FileStatus): Promise<number | undefined>;
  /** What it has stored of its own; no positions where it stores nothing. */
  state(): Promise<ImporterState>;
  /** Whether its files' names tell where it stands: then its newest file counts, however old that is, and what it states itself only where that is older. */
  standsInFiles?: true;
  /** Its positions in a topic, by partition. `files` are the raw files in view, for importers that keep no other state. */
  positions(
    state: ImporterState,
    topic: string,
    files: RawFile[],
  ): Map<number, Position>;
  /** Finished runs that are not older than a time (epoch ms), oldest first; none for an importer that always runs. */
  runs(since: number): Promise<ImporterRun[]>;
  /** Partitions whose stored offset Kafka did not have, as the importer's log tells. */
  outOfRange(): Promise<OutOfRange[]>;
  /** Present where a saga can run this importer and take the runs back. */
  steering?: ImporterSteering;
};

/** What a backfill needs of an importer beyond reading it: stored positions that can be put back. */
export type ImporterSteering = {
  /**
   * Settings of a run over some topics that begins at the earliest offset where Kafka does not have its position any more, and passes over nothing
   * because it is old. They are appended to `importer.command` as `-Dname=value`.
   */
  settings(topics: string[]): Record<string, string>;
  /** Names of the finished runs, oldest first. */
  runNames(): Promise<string[]>;
  /**
   * Sees to it that nothing is lost that runs have imported which went on beside one another: each began where the one before both had ended,
   * and the newest has forgotten what the other did, which would be imported once more.
   * @param before the runs that had finished before
   * @param about `staging` is a directory in storage; `by` says who does it
   * @returns the names of the runs that have finished since; more than one where somebody else's came between
   */
  settle(
    before: string[],
    about: { staging: string; by: string },
  ): Promise<string[]>;
  /**
   * Moves single partitions back to offsets that a run has jumped over; all others stay where they are. What lies between those offsets and where
   * the importer stood is read once more. Absent where an importer cannot be moved so.
   * @param offsets by `<topic>/<partition>`, decimal strings
   * @returns the name of what the importer's history has got for it; undefined where it stood there already
   */
  moveBack?(
    offsets: ReadonlyMap<string, string>,
    about: { staging: string; by: string },
  ): Promise<string | undefined>;
  /**
   * Puts the positions of topics back to where they were after a run; those of all other topics stay as they are, whoever moved them.
   * @param about `after` is the run, undefined where there was none; `staging` is a directory in storage; `by` says who does it
   * @returns the name of what the importer's history has got for it; undefined where the positions were there already
   */
  putBack(
    topics: string[],
    about: { after: string | undefined; staging: string; by: string },
  ): Promise<string | undefined>;
  /** Present where the importer always runs: then no command is begun, and there are no settings, runs, or runs beside one another. */
  always?: AlwaysRunning;
};

/** What a backfill does with an importer that always runs. `staging` is a directory in storage, where it writes down what it has changed. */
export type AlwaysRunning = {
  /**
   * Sets it to the earliest offset where it stands outside of Kafka's log.
   * @param about `mayGoOn` throws where nothing may be changed any more
   * @throws ApplicationFailure `NotAllowed` where it would not go on there
   */
  moveIntoLog(
    topics: string[],
    about: { staging: string; mayGoOn: () => Promise<void> },
  ): Promise<void>;
  /** Has it run again, where an attempt before this one has stopped it and did not come to that. */
  letGo(about: { staging: string }): Promise<void>;
  /** For how long it moves nowhere at most, in ms, where it has something to write. */
  quietMs: number;
};

/** @throws ApplicationFailure `NotAllowed` where the importer cannot be steered */
export function steeringOf({
  steering,
}: Pick<Importer, "steering">): ImporterSteering {
  if (!steering)
    throw fatal(
      "NotAllowed",
      "this importer keeps no positions that a backfill could put back",
    );
  return steering;
}
