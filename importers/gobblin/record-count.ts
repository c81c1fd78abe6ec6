import { avroRecords } from "../../clients/hdfs/avro";
import type { FileStatus, Hdfs } from "../../clients/hdfs/hdfs";
import { footer } from "../../clients/hdfs/parquet";
import { textPieces } from "../../formats/hadoop/compressed-text";
import {
  isSequenceFile,
  sequenceRecords,
} from "../../formats/hadoop/sequence-file";

/** How much of a file is read with one request, at most. */
const PIECE_BYTES = 4 << 20;
const NEWLINE = 10;

/**
 * A raw file's records by what the file says: Parquet's footer, the counts of Avro's blocks; of text its lines, of a SequenceFile its records, and
 * then all of it is read.
 * @throws FormatError where it is cut off, or in a codec that cannot be read
 */
export async function recordsIn(
  hdfs: Hdfs,
  dir: string,
  file: FileStatus,
): Promise<number | undefined> {
  const { name, length } = file;
  if (name.endsWith(".parquet")) return (await footer(hdfs, dir, file)).rows;
  if (name.endsWith(".avro")) return avroRecords(hdfs, dir, file);
  const read = (at: number, count: number) =>
    hdfs.readExactly(`${dir}/${name}`, at, count);
  const head = await read(0, Math.min(PIECE_BYTES, length));
  if (!isSequenceFile(head)) return lines(textPieces(name, head, pieces()));
  let count = 0;
  for await (const _ of sequenceRecords({ size: length, read }, PIECE_BYTES))
    count++;
  return count;

  async function* pieces(): AsyncGenerator<Buffer> {
    yield head;
    for (let at = head.length; at < length; at += PIECE_BYTES)
      yield await read(at, Math.min(PIECE_BYTES, length - at));
  }
}

/** Lines of a text; a last one without an end counts. */
async function lines(text: AsyncIterable<Buffer>): Promise<number> {
  let count = 0;
  let last = NEWLINE;
  for await (const piece of text) {
    for (
      let at = piece.indexOf(NEWLINE);
      at !== -1;
      at = piece.indexOf(NEWLINE, at + 1)
    )
      count++;
    last = piece.at(-1) ?? last;
  }
  return last === NEWLINE ? count : count + 1;
}
