import { FormatError } from "../format-error";
import type { RandomAccess } from "../../lib/random-access";
import type { ContainerLog } from "./container-log";
import { indexedLogs, isIndexedFile } from "./indexed-log";
import { isText, printedLogs } from "./printed-log";
import { beginsTfile } from "./tfile";
import { tfileLogs } from "./tfile-log";

/** Bytes by which a format is told. */
const HEAD_BYTES = 16;

/**
 * The logs of a file of aggregated YARN logs, whichever way it was written: a TFile (tfile-log.ts), an IndexedFile (indexed-log.ts), or
 * the text that `yarn logs` prints of either (printed-log.ts). Some megabytes are in memory, whatever the file's size.
 *
 * @throws FormatError where it is none of them, is cut off or damaged, or is compressed in a way that cannot be read; what lies before the
 * damage has been given by then
 */
export async function* yarnLogs(
  file: RandomAccess,
): AsyncGenerator<ContainerLog> {
  const head = await file.read(0, Math.min(HEAD_BYTES, file.size));
  if (beginsTfile(head)) yield* tfileLogs(file);
  else if (await isIndexedFile(file)) yield* indexedLogs(file);
  else if (await isText(file)) yield* printedLogs(file);
  else
    throw new FormatError(
      "not an aggregated YARN log: neither TFile nor IndexedFile nor the text of `yarn logs`",
    );
}
