import { ByteReader } from "../hadoop/bytes";
import { type Region, regionBytes } from "./regions";
import { StreamReader } from "./stream-reader";
import type { RandomAccess } from "../../lib/random-access";
import { FormatError } from "../format-error";

/*
 * TFile, Hadoop's file of keys and values (org.apache.hadoop.io.file.tfile.TFile over BCFile in hadoop-common; the format has not
 * changed since 0.21). From the end of the file backwards:
 *
 *   trailer     8 bytes: where the meta index begins; 4 bytes: version; 16 bytes: the magic, with which the file begins, too
 *   meta index  a count, then for each meta block: its name, its compression, its region
 *   meta block  `data:BCFile.index`: the compression of all data blocks, a count, then each data block's region
 *   data block  records; each is a key (its length, then its bytes) and a value in chunks
 *
 * Counts, lengths, offsets and sizes are TFile's own variable-length integers; a region is offset, size and raw size.
 */

/** BCFile.Magic. */
const MAGIC = Buffer.from("d111d36891b5d7b639df414092bae150", "hex");
const TRAILER_BYTES = 8 + 4 + MAGIC.length;
const MAX_INDEX_BYTES = 64 << 20;
const BLOCK_INDEX = "data:BCFile.index";

/** Whether a file's first bytes, at least 16 of them, are those of a TFile. */
export const beginsTfile = (head: Buffer): boolean =>
  head.subarray(0, MAGIC.length).equals(MAGIC);

const readRegion = (bytes: ByteReader, codec: string): Region => ({
  offset: bytes.tfileVlong(),
  size: bytes.tfileVlong(),
  raw: bytes.tfileVlong(),
  codec,
});

/** @throws FormatError where an index is longer than any is: some megabytes hold a hundred thousand blocks */
function mustBeIndex(bytes: number): void {
  if (bytes > MAX_INDEX_BYTES)
    throw new FormatError(`a TFile's index of ${bytes} bytes is not believed`);
}

async function readMetaIndex(file: RandomAccess): Promise<ByteReader> {
  const trailerAt = Math.max(0, file.size - TRAILER_BYTES);
  const trailer = await file.read(
    trailerAt,
    Math.min(TRAILER_BYTES, file.size),
  );
  if (
    trailer.length < TRAILER_BYTES ||
    !trailer.subarray(-MAGIC.length).equals(MAGIC)
  )
    throw new FormatError("not a TFile: its last bytes are not the magic");
  const indexAt = Number(trailer.readBigInt64BE(0));
  if (indexAt < 0 || indexAt > trailerAt)
    throw new FormatError(`the TFile's meta index cannot begin at ${indexAt}`);
  mustBeIndex(trailerAt - indexAt);
  return new ByteReader(await file.read(indexAt, trailerAt - indexAt));
}

/** Where a TFile's data blocks lie, in their order. @throws FormatError where the file is cut off or not a TFile */
export async function tfileBlocks(file: RandomAccess): Promise<Region[]> {
  const meta = await readMetaIndex(file);
  for (let left = meta.tfileVlong(); left > 0; left--) {
    const name = meta.tfileString();
    const block = readRegion(meta, meta.tfileString() ?? "none");
    if (name !== BLOCK_INDEX) continue;
    const pieces: Buffer[] = [];
    let length = 0;
    for await (const piece of regionBytes(file, block)) {
      mustBeIndex((length += piece.length));
      pieces.push(piece);
    }
    const index = new ByteReader(Buffer.concat(pieces));
    const codec = index.tfileString() ?? "none";
    const regions: Region[] = [];
    const count = index.tfileVlong();
    if (count < 0) throw new FormatError(`a TFile of ${count} blocks`);
    while (regions.length < count) regions.push(readRegion(index, codec));
    return regions;
  }
  throw new FormatError("the TFile has no block index");
}

/** A value's bytes. It is stored in chunks (`Chunk.ChunkDecoder`): the length of each but the last is negative. */
async function* valueBytes(reader: StreamReader): AsyncGenerator<Buffer> {
  for (;;) {
    const length = await reader.tfileVlong();
    yield* reader.takeInPieces(Math.abs(length));
    if (length >= 0) return;
  }
}

/** The records of a TFile in the file's order. A value that is not, or not wholly, read before the next record is passed over. */
export async function* tfileRecords(
  file: RandomAccess,
): AsyncGenerator<{ key: Buffer; value: AsyncGenerator<Buffer> }> {
  for (const block of await tfileBlocks(file)) {
    const reader = new StreamReader(regionBytes(file, block));
    try {
      while (!(await reader.hasEnded())) {
        const key = await reader.take(await reader.tfileVlong());
        const value = valueBytes(reader);
        yield { key, value };
        for await (const _ of value);
      }
    } finally {
      await reader.close();
    }
  }
}
