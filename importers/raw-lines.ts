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

const PIECE = 4 << 20;

async function* pieces(file: RandomAccess): AsyncGenerator<Buffer> {
  for (let at = 0; at < file.size; at += PIECE)
    yield await file.read(at, Math.min(PIECE, file.size - at));
}

/** A text file as Camus' text writers leave it: plain, .gz or .deflate. */
function plainBytes(name: string, file: RandomAccess): AsyncIterable<Buffer> {
  const bytes = pieces(file);
  if (name.endsWith(".gz")) return Readable.from(bytes).pipe(createGunzip());
  if (name.endsWith(".deflate"))
    return Readable.from(bytes).pipe(createInflate());
  return bytes;
}

/** The lines of a raw hour's data files, one after the other; of a file no more than some megabytes are in memory. */
export async function* rawLines(
  hdfs: Hdfs,
  dir: string,
): AsyncGenerator<string> {
  for (const { name, length } of (await hdfs.list(dir)) ?? []) {
    if (isTemporary(name) || length === 0) continue;
    const path = `${dir}/${name}`;
    // Most files are no longer than this, and are read with one request.
    const head = await hdfs.read(path, 0, Math.min(PIECE, length));
    if (!head) continue;
    const file: RandomAccess = {
      size: length,
      read: async (at, n) =>
        at + n <= head.length
          ? head.subarray(at, at + n)
          : ((await hdfs.read(path, at, n)) ?? Buffer.alloc(0)),
    };
    if (isSequenceFile(head)) {
      for await (const record of sequenceRecords(file, PIECE))
        yield rawEventOf(record).line;
    } else {
      for await (const line of linesOf(plainBytes(name, file)))
        if (line !== "") yield line;
    }
  }
}
