import { EndOfBytes, FormatError } from "../format-error";

// Avro's object container files (Apache Avro specification 1.11, "Object Container Files"): a header with metadata and a sync marker of 16
// random bytes, then blocks. A block is its count of records, its length in bytes, its records and the sync marker again.

const MAGIC = Buffer.from("Obj\u0001", "latin1");
export const SYNC_BYTES = 16;
/** A long is written with 7 bits a byte. */
const MAX_LONG_BYTES = 10;

/** The beginning of a container file: its length in bytes, and the marker that follows each block. */
export type AvroHeader = { length: number; sync: Buffer };

/** The beginning of a block: its records, the bytes that they take, and the length in bytes of these two numbers themselves. */
export type AvroBlock = { records: number; bytes: number; length: number };

/** @throws EndOfBytes where the header is longer than the bytes @throws FormatError where they are no container file */
export function readAvroHeader(bytes: Buffer): AvroHeader {
  const magic = bytes.subarray(0, MAGIC.length);
  if (!magic.equals(MAGIC.subarray(0, magic.length)))
    throw new FormatError("no Avro container file: its magic is missing");
  const reader = new LongReader(bytes, MAGIC.length);
  // The metadata is a map in groups; a negative count is followed by the group's length in bytes.
  for (let entries = reader.long(); entries !== 0; entries = reader.long()) {
    if (entries < 0) reader.skip(reader.size());
    else for (let i = 0; i < 2 * entries; i++) reader.skip(reader.size());
  }
  const start = reader.at;
  reader.skip(SYNC_BYTES);
  return {
    length: reader.at,
    sync: Buffer.from(bytes.subarray(start, reader.at)),
  };
}

/** @throws EndOfBytes where the block's two numbers are cut off @throws FormatError where they cannot be right */
export function readAvroBlock(bytes: Buffer): AvroBlock {
  const reader = new LongReader(bytes, 0);
  const records = reader.size();
  const size = reader.size();
  return { records, bytes: size, length: reader.at };
}

/** Reads Avro's longs: zigzag, 7 bits a byte, least significant first. */
class LongReader {
  constructor(
    private readonly bytes: Buffer,
    public at: number,
  ) {}

  long(): number {
    let value = 0n;
    for (let i = 0; i < MAX_LONG_BYTES; i++) {
      const byte = this.bytes[this.at];
      if (byte === undefined)
        throw new EndOfBytes(`the Avro number at byte ${this.at} is cut off`);
      this.at++;
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return Number((value >> 1n) ^ -(value & 1n));
    }
    throw new FormatError(`byte ${this.at} ends no Avro number`);
  }

  /** A long that counts something. */
  size(): number {
    const value = this.long();
    if (value < 0 || !Number.isSafeInteger(value))
      throw new FormatError(`an Avro count of ${value} cannot be`);
    return value;
  }

  skip(count: number): void {
    if (this.at + count > this.bytes.length)
      throw new EndOfBytes(
        `${count} bytes at byte ${this.at} are beyond the end`,
      );
    this.at += count;
  }
}
