import { open, rm } from "node:fs/promises";
import { join } from "node:path";
import { ApplicationFailure } from "@temporalio/common";
import {
  FileChanged,
  type FileStatus,
  type Hdfs,
} from "../../../clients/hdfs/hdfs";
import { wholeFooter } from "../../../clients/hdfs/parquet";
import type { EventReader } from "../../../formats/events/event-reader";
import { FormatError } from "../../../formats/format-error";
import { isTemporary } from "../../../formats/hadoop/temporary-names";
import type { Footer } from "../../../formats/parquet/footer";
import { linesOfRawFile } from "../../../importers/raw-lines";
import { mapPool } from "../../../lib/map-pool";
import { endIfUnwanted } from "../../beat";
import type { UuidWriter } from "./uuid-writer";
import type { TopicHour } from "./topic-hours";

/** Bytes of a data file that are asked for at a time. Most files are no longer than this. */
const PIECE_BYTES = 4 << 20;

/** The files of a topic-hour, as HDFS lists them; what is being written is left out. */
export type ListedHour = {
  of: TopicHour;
  rawDir: string;
  raw: FileStatus[];
  /** Absent where nobody refines: the raw files are what readers get. */
  refinedDir: string | undefined;
  refined: FileStatus[];
};

/** A data file of a partition that is on this machine, too. */
export type DataFile = { of: TopicHour; local: string; path: string } & Footer;

/** What could be read of a topic-hour. */
export type FetchedHour = {
  of: TopicHour;
  /** Whether its partition, or the raw hour where nobody refines, has any data file, be it a damaged one. */
  partition: boolean;
  /** Whether its raw events count as its rows, as nobody refines it. */
  unrefined: boolean;
  files: DataFile[];
  /** Raw files that could be read whole: their numbers. */
  rawFiles: number[];
  /** Events in them, those that lie there twice counted twice. */
  events: number;
  /** Files that could not be read and were left out, a sentence each. */
  problems: string[];
  /** Whether one of them has changed, or disappeared, since the hour was listed. */
  hasChanged: boolean;
};

export async function listHour(
  hdfs: Hdfs,
  of: TopicHour,
  rawDir: string,
  refinedDir: string | undefined,
): Promise<ListedHour> {
  const files = async (dir: string | undefined) =>
    dir === undefined
      ? []
      : ((await hdfs.list(dir)) ?? []).filter(({ name }) => !isTemporary(name));
  const [raw, refined] = await Promise.all([files(rawDir), files(refinedDir)]);
  return { of, rawDir, raw, refinedDir, refined };
}

/** Whether a file is at fault, and not what is asked for it: another file may be read all the same. */
const isOfFile = (error: unknown): error is Error =>
  error instanceof FormatError ||
  error instanceof FileChanged ||
  (error instanceof ApplicationFailure && error.type === "BadFormat");

/**
 * Does something with a file.
 * @param changed is called where the file has disappeared, or is another one by now
 * @returns what came of it, or undefined where the file is damaged or has changed, which is then among the problems
 */
export async function withFile<T>(
  { name }: TopicHour,
  problems: string[],
  work: () => Promise<T>,
  changed: () => void = () => undefined,
): Promise<T | undefined> {
  endIfUnwanted();
  try {
    return await work();
  } catch (error) {
    if (!isOfFile(error)) throw error;
    if (error instanceof FileChanged) changed();
    problems.push(`${name}: a file is left out: ${error.message}`);
    return undefined;
  }
}

/** Where files come from and go to. */
export type Fetching = {
  hdfs: Hdfs;
  /** How events are read. */
  reader: EventReader;
  /** A folder of this machine for data files. */
  folder: string;
  /** Takes the uuids of the events of raw files, each by a number of its own. */
  rawUuids: UuidWriter;
  /** A number that no other file has. */
  nextNumber: () => number;
  /** Told of each file that was read. */
  read: (bytes: number) => void;
};

/** Brings an hour's data files to this machine, and the uuids of its raw events to DuckDB. */
export async function fetchHour(
  { hdfs, reader, folder, rawUuids, nextNumber, read }: Fetching,
  { of, rawDir, raw, refinedDir, refined }: ListedHour,
): Promise<FetchedHour> {
  const hour: FetchedHour = {
    of,
    partition: (refinedDir === undefined ? raw : refined).length > 0,
    unrefined: refinedDir === undefined,
    files: [],
    rawFiles: [],
    events: 0,
    problems: [],
    hasChanged: false,
  };
  const changed = () => {
    hour.hasChanged = true;
  };
  const fetchData = async (file: FileStatus) => {
    const local = join(folder, `${of.no}-${nextNumber()}.parquet`);
    const found = await withFile(
      of,
      hour.problems,
      () => fetchParquet(hdfs, refinedDir!, file, local, read),
      changed,
    );
    const path = `${refinedDir}/${file.name}`;
    if (found) hour.files.push({ of, local, path, ...found });
  };
  const readRaw = async (file: FileStatus) => {
    if (file.length === 0) return;
    const number = nextNumber();
    const path = `${rawDir}/${file.name}`;
    const unknown: string[] = [];
    const events = await withFile(
      of,
      hour.problems,
      () =>
        rawUuids.addAll(
          number,
          eventUuids({ hdfs, reader }, path, file.length, (error) =>
            unknown.push(error),
          ),
        ),
      changed,
    );
    if (events === undefined) return;
    if (unknown.length > 0)
      hour.problems.push(
        `${of.name}: ${path} has ${unknown.length} events of which it is not known which they are, and so not whether they have rows: ${unknown[0]}`,
      );
    read(file.length);
    hour.rawFiles.push(number);
    hour.events += events;
  };
  // One file of an hour after the other: many hours are fetched side by side.
  await mapPool(
    [
      async () => {
        for (const file of refined) await fetchData(file);
      },
      async () => {
        for (const file of raw) await readRaw(file);
      },
    ],
    2,
    (work) => work(),
  );
  return hour;
}

/**
 * What names the events of a raw file, some at a time.
 * @param unknown is told of each event that nothing names
 */
async function* eventUuids(
  { hdfs, reader }: Pick<Fetching, "hdfs" | "reader">,
  path: string,
  length: number,
  unknown: (error: string) => void,
): AsyncGenerator<string[]> {
  for await (const lines of linesOfRawFile(hdfs, path, length)) {
    endIfUnwanted();
    yield lines.flatMap((line) => {
      const found = reader.read(line);
      if ("event" in found) return [found.event.uuid];
      if (found.isEvent) unknown(found.error);
      return [];
    });
  }
}

/** Copies a data file of a partition. @throws FormatError where it is not whole @throws FileChanged */
async function fetchParquet(
  hdfs: Hdfs,
  dir: string,
  file: FileStatus,
  local: string,
  read: (bytes: number) => void,
): Promise<Footer> {
  const path = `${dir}/${file.name}`;
  const first = await hdfs.readExactly(
    path,
    0,
    Math.min(PIECE_BYTES, file.length),
  );
  const footer = await wholeFooter(hdfs, dir, file, first);
  const copy = await open(local, "wx", 0o600);
  try {
    await copy.appendFile(first);
    for (let at = first.length; at < file.length; at += PIECE_BYTES) {
      endIfUnwanted();
      const length = Math.min(PIECE_BYTES, file.length - at);
      await copy.appendFile(await hdfs.readExactly(path, at, length));
    }
  } catch (error) {
    await rm(local);
    throw error;
  } finally {
    await copy.close();
  }
  read(file.length);
  return footer;
}
