import { pipeline, Readable, type Transform } from "node:stream";
import { createGunzip, createInflate } from "node:zlib";
import { isZlibError } from "../../lib/zlib-error";
import { FormatError } from "../format-error";
import { expandSnappy } from "./snappy";

/** Containers and codecs by the bytes with which their files begin, in latin1. What is named here is not read as text. */
const NO_TEXT: [string, string][] = [
  ["Obj\u0001", "an Avro container"],
  ["PAR1", "Parquet"],
  ["PARE", "encrypted Parquet"],
  ["ORC", "ORC"],
  ["BZh", "bzip2"],
  ["\u0028\u00b5\u002f\u00fd", "Zstandard"],
  ["\u0004\u0022\u004d\u0018", "LZ4 frames"],
  ["\u0089LZO", "lzop"],
  ["\u00ff\u0006\u0000\u0000sNaPpY", "framed Snappy"],
  ["\u0082SNAPPY\u0000", "Snappy of Java's SnappyOutputStream"],
];

/** Codecs whose files have no magic, or another than their tool's, by the extension that Hadoop gives them. */
const NO_TEXT_BY_NAME: [RegExp, string][] = [
  [/\.avro$/, "an Avro container"],
  [/\.parquet$/, "Parquet"],
  [/\.orc$/, "ORC"],
  [/\.bz2$/, "bzip2"],
  [/\.zstd?$/, "Zstandard"],
  [/\.lz4$/, "LZ4"],
  [/\.lzo(?:_deflate)?$/, "LZO"],
];

/** Bytes that are expanded at a time: each time costs a turn through another thread. */
const CHUNK_BYTES = 256 << 10;

const GZIP_MAGIC = "\u001f\u008b";

/** How a text file is compressed, by its first bytes and its name. @throws FormatError where it is no text, or in a codec that cannot be read */
function codecOf(
  name: string,
  head: Buffer,
): "gzip" | "deflate" | "snappy" | "none" {
  const begins = head.subarray(0, 16).toString("latin1");
  const other =
    NO_TEXT.find(([magic]) => begins.startsWith(magic))?.[1] ??
    NO_TEXT_BY_NAME.find(([pattern]) => pattern.test(name))?.[1];
  if (other !== undefined)
    throw new FormatError(
      `it is ${other}, which cannot be read (text can, plain or as .gz, .deflate or .snappy, and SequenceFiles)`,
    );
  if (begins.startsWith(GZIP_MAGIC) || name.endsWith(".gz")) return "gzip";
  if (name.endsWith(".deflate")) return "deflate";
  return name.endsWith(".snappy") ? "snappy" : "none";
}

/**
 * The bytes of a text file as Hadoop's text writers leave it: plain, or compressed with the extension .gz, .deflate or .snappy.
 * @param head its first bytes, 16 where it has so many
 * @throws FormatError where it is damaged or cut off, is no text, or is in a codec that cannot be read
 */
export function textPieces(
  name: string,
  head: Buffer,
  pieces: AsyncIterable<Buffer>,
): AsyncIterable<Buffer> {
  switch (codecOf(name, head)) {
    case "gzip":
      return expanded(pieces, createGunzip({ chunkSize: CHUNK_BYTES }));
    case "deflate":
      return expanded(pieces, createInflate({ chunkSize: CHUNK_BYTES }));
    case "snappy":
      return unframed(pieces);
    case "none":
      return pieces;
  }
}

async function* expanded(
  pieces: AsyncIterable<Buffer>,
  expand: Transform,
): AsyncGenerator<Buffer> {
  // `pipe` would leave an error of the source to nobody, which ends the process; a pipeline passes it on to whoever reads.
  pipeline(Readable.from(pieces), expand, () => undefined);
  try {
    for await (const piece of expand) yield piece as Buffer;
  } catch (error) {
    throw isZlibError(error)
      ? new FormatError(`it is cut off or damaged: ${error.message}`)
      : error;
  }
}

const INT_BYTES = 4;
/** Hadoop's buffers are of 256 KB; longer lengths than this are taken for damage. */
const MAX_CHUNK_BYTES = 64 << 20;

/**
 * Expands Hadoop's block framing (org.apache.hadoop.io.compress.BlockCompressorStream): the length of a block's content (int32), then
 * chunks of a compressed length (int32) and raw Snappy until that length is reached.
 * @throws FormatError where the bytes are none of that, or end within a block
 */
export async function* unframed(
  pieces: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const source = pieces[Symbol.asyncIterator]();
  let buffered: Buffer = Buffer.alloc(0);
  /** The next bytes; undefined where none is left. */
  const take = async (count: number): Promise<Buffer | undefined> => {
    const parts = [buffered];
    let length = buffered.length;
    while (length < count) {
      const next = await source.next();
      if (next.done) break;
      parts.push(next.value);
      length += next.value.length;
    }
    const bytes = parts.length === 1 ? buffered : Buffer.concat(parts);
    if (bytes.length === 0) return undefined;
    if (bytes.length < count)
      throw new FormatError("it ends within a Snappy block");
    buffered = bytes.subarray(count);
    return bytes.subarray(0, count);
  };
  const takeLength = async (): Promise<number | undefined> => {
    const length = (await take(INT_BYTES))?.readInt32BE();
    if (length !== undefined && (length < 0 || length > MAX_CHUNK_BYTES))
      throw new FormatError(`a Snappy block of ${length} bytes cannot be`);
    return length;
  };
  for (
    let left = await takeLength();
    left !== undefined;
    left = await takeLength()
  )
    while (left > 0) {
      const length = await takeLength();
      const chunk = length === undefined ? undefined : await take(length);
      if (chunk === undefined)
        throw new FormatError("it ends within a Snappy block");
      const content = expandSnappy(chunk, left);
      left -= content.length;
      if (content.length === 0 || left < 0)
        throw new FormatError("a Snappy block has another length than it says");
      yield content;
    }
}
