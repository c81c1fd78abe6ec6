import { uncompressSync } from "snappy";
import { FormatError } from "../format-error";
import { ByteReader } from "./bytes";

/** Snappy's shortest copy of 64 bytes takes three: nothing expands by more than that. */
const MAX_EXPANSION = 22;
/** A length is written with 7 bits a byte, and has 32 bits. */
const MAX_LENGTH_SHIFT = 28;

/** The length of a raw Snappy chunk's content, which it begins with as a varint. @throws FormatError where no such chunk can have it */
function contentLength(chunk: Buffer): number {
  const reader = new ByteReader(chunk);
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = reader.uint8();
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
    if (shift >= MAX_LENGTH_SHIFT)
      throw new FormatError("a Snappy chunk's length has no end");
  }
  if (length > chunk.length * MAX_EXPANSION)
    throw new FormatError(
      `a Snappy chunk of ${chunk.length} bytes cannot hold ${length}`,
    );
  return length;
}

/**
 * The content of a chunk of raw Snappy (google/snappy, format_description.txt).
 * @param max how long it may be
 * @throws FormatError where it is damaged or longer
 */
export function expandSnappy(chunk: Buffer, max = Infinity): Buffer {
  const length = contentLength(chunk);
  if (length > max)
    throw new FormatError(`a Snappy chunk holds ${length} bytes of ${max}`);
  try {
    return uncompressSync(chunk) as Buffer;
  } catch (error) {
    throw new FormatError(
      `a Snappy chunk is damaged: ${(error as Error).message}`,
    );
  }
}
