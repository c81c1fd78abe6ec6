import { FormatError } from "../format-error";
import type { RandomAccess } from "../../lib/random-access";
import { indexedLogLines, isIndexedFile } from "./indexed-log";
import type { LogLine } from "./log-line";
import { isText, printedLogLines } from "./printed-log";
import { beginsTfile } from "./tfile";
import { tfileLogLines } from "./tfile-log";

/** Bytes by which a format is told. */
const HEAD_BYTES = 16;

/**
 * The lines of a file of aggregated YARN logs, whichever way it was written: a TFile (tfile-log.ts), an IndexedFile
 * (indexed-log.ts), or the text that `yarn logs` prints of either (printed-log.ts). Some megabytes are in memory, whatever
 * the file's size.
 *
 * @throws FormatError where it is none of them, is cut off or damaged, or is compressed in a way that cannot be read; lines before the
 * damage have been given by then
 */
export async function* yarnLogLines(
  file: RandomAccess,
): AsyncGenerator<LogLine> {
  const head = await file.read(0, Math.min(HEAD_BYTES, file.size));
  if (beginsTfile(head)) yield* tfileLogLines(file);
  else if (await isIndexedFile(file)) yield* indexedLogLines(file);
  else if (await isText(file)) yield* printedLogLines(file);
  else
    throw new FormatError(
      "not an aggregated YARN log: neither TFile nor IndexedFile nor the text of `yarn logs`",
    );
}
