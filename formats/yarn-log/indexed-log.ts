import { FormatError } from "../format-error";
import {
  isObject,
  type JavaObject,
  listItems,
  mapEntries,
  readJavaObject,
} from "../hadoop/java-serialized";
import { linesOf, type LogLine, regionBytes } from "./yarn-log";
import type { RandomAccess } from "../../lib/random-access";

/** The file's identity, at its start and after each index. */
const UUID_LENGTH = 32;
const MAX_INDEX = 64 << 20;

async function index(
  file: RandomAccess,
): Promise<{ at: number; length: number } | undefined> {
  if (file.size < UUID_LENGTH * 2 + 4) return undefined;
  const tail = await file.read(file.size - UUID_LENGTH - 4, UUID_LENGTH + 4);
  const length = tail.readInt32BE(0);
  const at = file.size - UUID_LENGTH - 4 - length;
  if (length <= 0 || length > MAX_INDEX || at < 0) return undefined;
  const magic = await file.read(at, 4);
  return magic.readUInt32BE(0) === 0xaced0005 ? { at, length } : undefined;
}

/** Whether a file ends as an IndexedFile does: index, its length, the identity. */
export async function isIndexedFile(file: RandomAccess): Promise<boolean> {
  return (await index(file)) !== undefined;
}

function object(value: unknown, what: string): JavaObject {
  if (!isObject(value as JavaObject))
    throw new FormatError(`the log index has no ${what}`);
  return value as JavaObject;
}

const number = (o: JavaObject, field: string) => {
  const value = o.fields[field];
  if (typeof value !== "bigint" && typeof value !== "number")
    throw new FormatError(`the log index has no number ${field}`);
  return Number(value);
};

/** The lines of a YARN IndexedFile (LogAggregationIndexedFileController, Hadoop 3.1+): each log is its own compressed stream. */
export async function* indexedLogLines(
  file: RandomAccess,
): AsyncGenerator<LogLine> {
  const found = await index(file);
  if (!found) throw new FormatError("not an IndexedFile: no index at its end");
  const meta = object(
    readJavaObject(await file.read(found.at, found.length)),
    "root",
  );
  const codec = String(meta.fields["compressName"] ?? "none").toLowerCase();
  for (const session of listItems(meta.fields["logMetas"])) {
    const logs = object(session, "upload session").fields["logMetas"];
    for (const [container, files] of mapEntries(logs)) {
      for (const item of listItems(files)) {
        const log = object(item, "log");
        const region = {
          offset: number(log, "startIndex"),
          size: number(log, "fileCompressedSize"),
          raw: number(log, "fileSize"),
          codec,
        };
        if (region.offset + region.size > found.at)
          throw new FormatError(
            `log ${String(log.fields["fileName"])} lies outside the file`,
          );
        for await (const line of linesOf(regionBytes(file, region))) {
          yield {
            container: String(container),
            logType: String(log.fields["fileName"]),
            line,
          };
        }
      }
    }
  }
}
