import { isUtf8 } from "node:buffer";
import { fatal } from "../clients/errors";
import type { Hdfs } from "../clients/hdfs/hdfs";
import { FormatError } from "../formats/format-error";
import { textPieces } from "../formats/hadoop/compressed-text";
import {
  isSequenceFile,
  rawEventOf,
  sequenceRecords,
} from "../formats/hadoop/sequence-file";
import { isTemporary } from "../formats/hadoop/temporary-names";
import { textsOf, wholeLines } from "../lib/lines";
import type { RandomAccess } from "../lib/random-access";

/** How much of a raw file is read with one request. Most files are no longer than this. */
const PIECE_BYTES = 4 << 20;

/** A file's bytes, in order. */
async function* pieces(file: RandomAccess): AsyncGenerator<Buffer> {
  for (let at = 0; at < file.size; at += PIECE_BYTES)
    yield await file.read(at, Math.min(PIECE_BYTES, file.size - at));
}

/** The lines of one file, some at a time. @throws FormatError where they are none, whatever its name says */
async function* linesIn(
  name: string,
  head: Buffer,
  file: RandomAccess,
): AsyncGenerator<string[]> {
  if (isSequenceFile(head)) {
    for await (const record of sequenceRecords(file, PIECE_BYTES))
      yield [rawEventOf(record).line];
    return;
  }
  for await (const lines of wholeLines(textPieces(name, head, pieces(file)))) {
    // A codec without a magic of its own, under a name that does not tell it: its bytes must not pass for lines without events.
    if (!isUtf8(lines) || lines.includes(0))
      throw new FormatError(
        "it holds no text: it may be compressed in a way that its name does not tell",
      );
    yield textsOf(lines);
  }
}

/**
 * The events of one raw file, a line of JSON each, some at a time.
 * @throws ApplicationFailure `BadFormat` that names the file, where it cannot be read
 * @throws FileChanged
 */
export async function* linesOfRawFile(
  hdfs: Hdfs,
  path: string,
  length: number,
): AsyncGenerator<string[]> {
  const head = await hdfs.readExactly(path, 0, Math.min(PIECE_BYTES, length));
  const file: RandomAccess = {
    size: length,
    // What was read already is not asked for again.
    read: async (offset, count) =>
      offset + count <= head.length
        ? head.subarray(offset, offset + count)
        : hdfs.readExactly(path, offset, count),
  };
  try {
    yield* linesIn(path.slice(path.lastIndexOf("/") + 1), head, file);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw fatal("BadFormat", `${path} cannot be read: ${error.message}`);
  }
}

/**
 * The events of a raw hour, a line of JSON each, file by file: SequenceFiles and text files, told apart by their first bytes. No more
 * than some megabytes of a file are in memory, except where one block of a SequenceFile is larger.
 * @throws ApplicationFailure `BadFormat` that names the file, where one cannot be read: what it holds is neither missing nor there
 * @throws FileChanged where a file is replaced or removed while it is read
 */
export async function* rawLines(
  hdfs: Hdfs,
  dir: string,
): AsyncGenerator<string> {
  for (const { name, length } of (await hdfs.list(dir)) ?? []) {
    if (isTemporary(name) || length === 0) continue;
    for await (const lines of linesOfRawFile(hdfs, `${dir}/${name}`, length))
      yield* lines;
  }
}
