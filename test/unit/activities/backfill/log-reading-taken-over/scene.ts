import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MockActivityEnvironment } from "@temporalio/testing";
import {
  type AggregatedLogFile,
  LogReading,
} from "../../../../../activities/backfill/log-reading";
import { Storage } from "../../../../../clients/storage";
import { sagaPlaces } from "../../../../../clients/storage-layout";
import type { PartitionVerdicts } from "../../../../../domain/backfill/partition-verdict";
import { folderAsHdfs } from "../../../../support/folder-hdfs";

/** A reading of logs that lie in a folder of this machine, as storage does, so that a process of its own can make an attempt of it, too. */

export const FILES = 16;
export const FILE_BYTES = 512 << 10;
/** Bytes after which is recorded what files say. */
export const RECORD_EVERY = 2 << 20;

const APPLICATION = "application_1530000000000_0007";
const SAGA = "backfill/july-5";
const two = (n: number) => String(n).padStart(2, "0");
const partition = (hour: number) =>
  `/raw/${two(hour)} -> \`event\`.\`Edit\` (year=2018,month=7,day=5,hour=${hour})`;

/** The log of one container, as `yarn logs` prints it. @param bytes that it has at least */
function printed(container: string, lines: string[], bytes: number): string {
  const filler =
    "18/07/05 12:00:03 INFO Executor: Finished task 1.0 in stage 2.0\n";
  const text = lines.map((line) => `${line}\n`).join("");
  const rest = Math.max(0, Math.ceil((bytes - text.length) / filler.length));
  const contents = text + filler.repeat(rest);
  return `Container: ${container} on node1_8041\nLogType:stderr\nLogLength:${contents.length}\nLogContents:\n${contents}End of LogType:stderr\n`;
}

/** What a node's file says: of an hour that failed in the first attempt, and of another node's that the second one has mostly refined. */
function logsOf(file: number): string {
  const container = (attempt: number) =>
    `container_1530000000000_0007_${two(attempt)}_${String(file + 1).padStart(6, "0")}`;
  const other = (file + 1) % FILES;
  const first = [
    `18/07/05 12:00:01 INFO Refine: Beginning refinement of ${partition(file)}`,
    `18/07/05 12:00:02 ERROR Refine: Failed refinement of dataset ${partition(file)}.`,
    `java.lang.IllegalStateException: no schema of hour ${file}`,
    `18/07/05 12:00:03 ERROR Refine: executor ${file % 4} was lost`,
  ];
  const second =
    other % 4 === 0
      ? []
      : [
          `18/07/05 12:10:02 INFO Refine: Finished refinement of dataset ${partition(other)}. (# refined records: ${100 + other})`,
        ];
  return (
    printed(container(1), first, FILE_BYTES / 2) +
    printed(container(2), second, FILE_BYTES / 2)
  );
}

/** Writes the logs. @returns the files that hold them */
export async function writeLogs(folder: string): Promise<AggregatedLogFile[]> {
  await mkdir(join(folder, "logs"));
  const files = Array.from({ length: FILES }, (_, file) => ({
    path: `/logs/node${two(file)}_8041`,
    text: logsOf(file),
  }));
  for (const { path, text } of files) await writeFile(join(folder, path), text);
  return files.map(({ path, text }) => ({ path, length: text.length }));
}

/** An attempt of a reading. @param root of storage, in the same folder */
export function sceneOf(
  folder: string,
  root: string,
  files: AggregatedLogFile[],
) {
  const hdfs = folderAsHdfs(folder);
  const storage = new Storage(hdfs, root);
  /** The bytes that were read of each file that was opened. */
  const read = new Map<string, number>();
  const open = hdfs.open.bind(hdfs);
  hdfs.open = async (path) => {
    read.set(path, 0);
    const file = await open(path);
    return {
      size: file.size,
      read: async (offset, length) => {
        const bytes = await file.read(offset, length);
        read.set(path, read.get(path)! + bytes.length);
        return bytes;
      },
    };
  };
  const reading = new LogReading(
    { hdfs, storage },
    APPLICATION,
    files,
    RECORD_EVERY,
  );
  const env = new MockActivityEnvironment({
    workflowExecution: { workflowId: SAGA, runId: "r" },
  });
  return {
    storage,
    reading,
    read,
    recorded: () => storage.read(sagaPlaces(SAGA).scannedLogs(APPLICATION)),
    attempt: () => env.run(() => reading.read()) as Promise<PartitionVerdicts>,
  };
}
