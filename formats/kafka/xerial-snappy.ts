import { FormatError } from "../format-error";

/**
 * The framing in which Kafka's Java clients write snappy: snappy-java's SnappyOutputStream. A header of 16 bytes (a magic, a version, the
 * oldest version that can read it), then chunks: a length of four bytes, big-endian, and as many bytes of raw snappy.
 */
const MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const HEADER = Buffer.concat([MAGIC, Buffer.from([0, 0, 0, 1, 0, 0, 0, 1])]);

/** The chunks of raw snappy in some bytes; other clients write one chunk without any framing. @throws FormatError where they are cut off */
export function xerialChunks(bytes: Buffer): Buffer[] {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return [bytes];
  const chunks: Buffer[] = [];
  for (let at = HEADER.length; at < bytes.length;) {
    const length = at + 4 <= bytes.length ? bytes.readInt32BE(at) : -1;
    const end = at + 4 + length;
    if (length < 0 || end > bytes.length)
      throw new FormatError(
        `snappy that ends within a chunk, after ${bytes.length} bytes`,
      );
    chunks.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return chunks;
}

/** One chunk of raw snappy in this framing. */
export function xerialFrame(chunk: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(chunk.length);
  return Buffer.concat([HEADER, length, chunk]);
}
