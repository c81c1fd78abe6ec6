import { FormatError, named } from "../format-error";
import {
  isObject,
  type JavaObject,
  listItems,
  mapEntries,
  readJavaObject,
} from "../hadoop/java-serialized";
import type { RandomAccess } from "../../lib/random-access";
import type { ContainerLog } from "./container-log";
import { type Region, regionBytes } from "./regions";

/*
 * IndexedFile, YARN's other layout of aggregated logs (org.apache.hadoop.yarn.logaggregation.filecontroller.ifile.
 * LogAggregationIndexedFileController, Hadoop 3.1+). Each log file is compressed by itself. From the end of the file backwards:
 *
 *   32 bytes  the SHA-256 of the application's id (Hadoop calls it a UUID), with which the file begins, too
 *   4 bytes   the index' length
 *   index     an IndexedLogsMeta as Java's ObjectOutputStream writes it: the compression, and for each upload
 *             session a map from container ids to lists of logs
 *
 * The file of an application that runs for long is appended to again and again. It has an index after each session then, and the
 * last one lists the logs of all.
 */

const UUID_BYTES = 32;
const LENGTH_BYTES = 4;
/** A larger index is not believed: some megabytes hold those of a hundred thousand logs. */
const MAX_INDEX_BYTES = 64 << 20;
/** With which ObjectOutputStream begins: its magic and its version. */
const JAVA_STREAM = 0xaced0005;

/** Where the last index lies (bytes); undefined where the file ends in another way. */
async function findIndex(
  file: RandomAccess,
): Promise<{ offset: number; length: number } | undefined> {
  const tailBytes = LENGTH_BYTES + UUID_BYTES;
  if (file.size < UUID_BYTES + tailBytes) return undefined;
  const tail = await file.read(file.size - tailBytes, tailBytes);
  const length = tail.readInt32BE(0);
  const offset = file.size - tailBytes - length;
  if (length <= 0 || length > MAX_INDEX_BYTES || offset < 0) return undefined;
  const magic = await file.read(offset, 4);
  return magic.readUInt32BE(0) === JAVA_STREAM ? { offset, length } : undefined;
}

/** Whether a file ends as an IndexedFile does: with an index, its length and a UUID. */
export async function isIndexedFile(file: RandomAccess): Promise<boolean> {
  return (await findIndex(file)) !== undefined;
}

function asObject(value: unknown, what: string): JavaObject {
  if (!isObject(value as JavaObject))
    throw new FormatError(`the log index has no ${what}`);
  return value as JavaObject;
}

function numberIn(object: JavaObject, field: string): number {
  const value = object.fields[field];
  if (typeof value !== "bigint" && typeof value !== "number")
    throw new FormatError(`the log index has no number ${field}`);
  return Number(value);
}

type IndexedLog = { container: string; logType: string; region: Region };

/** The logs that an index lists (IndexedLogsMeta, IndexedPerAggregationLogMeta, IndexedFileLogMeta), in its order. */
function* logsOf(index: JavaObject): Generator<IndexedLog> {
  const codec = String(index.fields["compressName"] ?? "none").toLowerCase();
  for (const session of listItems(index.fields["logMetas"])) {
    const containers = asObject(session, "upload session").fields["logMetas"];
    for (const [container, logs] of mapEntries(containers)) {
      for (const item of listItems(logs)) {
        const log = asObject(item, "log");
        yield {
          container: String(container),
          logType: String(log.fields["fileName"]),
          region: {
            offset: numberIn(log, "startIndex"),
            size: numberIn(log, "fileCompressedSize"),
            raw: numberIn(log, "fileSize"),
            codec,
          },
        };
      }
    }
  }
}

/** The logs of an IndexedFile in the index' order. @throws FormatError where the file is cut off or not of that layout */
export async function* indexedLogs(
  file: RandomAccess,
): AsyncGenerator<ContainerLog> {
  const found = await findIndex(file);
  if (!found) throw new FormatError("not an IndexedFile: no index at its end");
  let logs = 0;
  const index = readJavaObject(await file.read(found.offset, found.length));
  for (const { container, logType, region } of logsOf(
    asObject(index, "root"),
  )) {
    // A damaged index can refer to the same list again and again; each log that is there takes some bytes of it.
    if (++logs > found.length)
      throw new FormatError(
        `an index of ${found.length} bytes lists more logs`,
      );
    if (region.offset + region.size > found.offset)
      throw new FormatError(`log ${named(logType)} lies outside the file`);
    yield { container, logType, pieces: regionBytes(file, region) };
  }
}
