import { pipeline, Readable } from "node:stream";
import { createInflate } from "node:zlib";
import type { RandomAccess } from "../../lib/random-access";
import { FormatError, named } from "../format-error";
import { isZlibError } from "../../lib/zlib-error";

/** A part of a file that is compressed by itself: a block of a TFile, or a log of an IndexedFile. */
export type Region = {
  /** Where it begins in the file, bytes. */
  offset: number;
  /** Bytes in the file. */
  size: number;
  /** Bytes once decompressed. */
  raw: number;
  /** Hadoop's name of its compression (`org.apache.hadoop.io.file.tfile.Compression.Algorithm`): `none`, `gz`, `lzo`. */
  codec: string;
};

/** Bytes that are read from a file, and given on, at most at once. */
export const PIECE_BYTES = 4 << 20;

/** Bytes that zlib gives at once: with its own 16 KB most of the time would go into giving them. */
const INFLATED_BYTES = 1 << 20;

/** A region's bytes as they are stored. */
async function* storedBytes(
  file: RandomAccess,
  { offset, size }: Region,
): AsyncGenerator<Buffer> {
  if (file.pieces) return yield* file.pieces(offset, size);
  for (let left = size; left > 0; left -= PIECE_BYTES)
    yield await file.read(offset + size - left, Math.min(PIECE_BYTES, left));
}

/** Hadoop's DefaultCodec stands behind the name gz: zlib streams, not gzip files. @throws FormatError where they are damaged */
async function* inflated(
  stored: AsyncIterable<Buffer>,
  { offset }: Region,
): AsyncGenerator<Buffer> {
  const inflate = createInflate({ chunkSize: INFLATED_BYTES });
  const source = Readable.from(stored);
  // `pipe` would leave an error of the source to nobody, which ends the process; a pipeline passes it on to whoever reads.
  pipeline(source, inflate, () => undefined);
  try {
    for await (const piece of inflate) yield piece as Buffer;
  } catch (error) {
    throw isZlibError(error)
      ? new FormatError(
          `the compressed log at byte ${offset} is damaged: ${error.message}`,
        )
      : error;
  } finally {
    // What is read ahead is of no use any more, and must not go on beside what is read next.
    source.destroy();
    if (!source.closed) await new Promise((done) => source.on("close", done));
  }
}

/**
 * A region's bytes, decompressed, in pieces.
 *
 * @throws FormatError where the region lies outside of the file, is damaged, or compressed in another way than `none` or `gz`
 */
export async function* regionBytes(
  file: RandomAccess,
  region: Region,
): AsyncGenerator<Buffer> {
  const { offset, size } = region;
  if (offset < 0 || size < 0 || offset + size > file.size)
    throw new FormatError(
      `${size} bytes at ${offset} lie outside of the file's ${file.size}`,
    );
  const stored = storedBytes(file, region);
  switch (region.codec) {
    case "none":
      yield* stored;
      return;
    case "gz":
      yield* inflated(stored, region);
      return;
    default:
      throw new FormatError(
        `the log codec ${named(region.codec)} cannot be read (none and gz can; \`yarn logs\` prints the others, and what it prints can be read)`,
      );
  }
}
