import { Readable } from "node:stream";
import { createGunzip, createInflate } from "node:zlib";
import {
  isSequenceFile,
  rawEventOf,
  sequenceRecords,
} from "../formats/hadoop/sequence-file";
import { linesOf } from "../lib/lines";
import type { Hdfs } from "../clients/hdfs/hdfs";
import { isTemporary } from "../formats/hadoop/temporary-names";
import type { RandomAccess } from "../lib/random-access";

/** How much of a raw file is read with one request. Most files are no longer than this. */
const PIECE_BYTES = 4 << 20;

/** A file's bytes, in order. */
async function* pieces(file: RandomAccess): AsyncGenerator<Buffer> {
  for (let at = 0; at < file.size; at += PIECE_BYTES)
    yield await file.read(at, Math.min(PIECE_BYTES, file.size - at));
}

/** What a text file holds. Camus' text writers leave it plain, or compressed with the extension .gz or .deflate. */
function textBytes(name: string, file: RandomAccess): AsyncIterable<Buffer> {
  const bytes = pieces(file);
  if (name.endsWith(".gz")) return Readable.from(bytes).pipe(createGunzip());
  if (name.endsWith(".deflate"))
    return Readable.from(bytes).pipe(createInflate());
  return bytes;
}

/**
 * The events of a raw hour, a line of JSON each, file by file: SequenceFiles and text files, told apart by their first bytes. No more
 * than some megabytes of a file are in memory, except where one block of a SequenceFile is larger.
 */
export async function* rawLines(
  hdfs: Hdfs,
  dir: string,
): AsyncGenerator<string> {
  for (const { name, length } of (await hdfs.list(dir)) ?? []) {
    if (isTemporary(name) || length === 0) continue;
    const path = `${dir}/${name}`;
    const head = await hdfs.read(path, 0, Math.min(PIECE_BYTES, length));
    // The file was replaced or removed since the directory was listed.
    if (!head) continue;
    const file: RandomAccess = {
      size: length,
      // What was read already is not asked for again.
      read: async (offset, count) =>
        offset + count <= head.length
          ? head.subarray(offset, offset + count)
          : ((await hdfs.read(path, offset, count)) ?? Buffer.alloc(0)),
    };
    if (isSequenceFile(head)) {
      for await (const record of sequenceRecords(file, PIECE_BYTES))
        yield rawEventOf(record).line;
    } else {
      for await (const line of linesOf(textBytes(name, file)))
        if (line !== "") yield line;
    }
  }
}
