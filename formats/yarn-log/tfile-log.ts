import { ByteReader } from "../hadoop/bytes";
import type { RandomAccess } from "../../lib/random-access";
import type { ContainerLog } from "./container-log";
import { StreamReader } from "./stream-reader";
import { tfileRecords } from "./tfile";
import { FormatError, named } from "../format-error";

/** Keys of records that hold no container's logs. */
const RESERVED_KEYS = new Set([
  "VERSION",
  "APPLICATION_ACL",
  "APPLICATION_OWNER",
]);

/**
 * The logs that a NodeManager aggregated into a TFile (org.apache.hadoop.yarn.logaggregation.AggregatedLogFormat, Hadoop 2 and
 * 3, where it is the default). A record is a container: its key is the container's id, its value the
 * container's log files, one after the other. Each has its name, its length in bytes as decimal digits (both as Java's writeUTF
 * writes them) and then its bytes.
 *
 * @throws FormatError where the file is cut off or not of that layout
 */
export async function* tfileLogs(
  file: RandomAccess,
): AsyncGenerator<ContainerLog> {
  for await (const { key, value } of tfileRecords(file)) {
    const container = new ByteReader(key).utf();
    if (RESERVED_KEYS.has(container)) continue;
    yield* containerLogs(container, value);
  }
}

async function* containerLogs(
  container: string,
  value: AsyncIterable<Buffer>,
): AsyncGenerator<ContainerLog> {
  const reader = new StreamReader(value);
  while (!(await reader.hasEnded())) {
    const logType = await reader.utf();
    const digits = await reader.utf();
    const length = Number(digits);
    if (!/^\d+$/.test(digits) || !Number.isSafeInteger(length))
      throw new FormatError(
        `log ${named(logType)} of ${named(container)} has no valid length`,
      );
    const pieces = reader.takeInPieces(length);
    yield { container, logType, pieces };
    for await (const _ of pieces);
  }
}
