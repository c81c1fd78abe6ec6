import { EndOfBytes, FormatError } from "../format-error";

/**
 * Decodes Java's modified UTF-8 (java.io.DataInput, "Modified UTF-8"): NUL is written as two bytes, and a character beyond U+FFFF as
 * two surrogates of three bytes each.
 * @throws FormatError on a sequence that it does not allow
 */
export function decodeModifiedUtf8(bytes: Uint8Array): string {
  if (bytes.every((b) => b > 0 && b < 0x80))
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(
      "latin1",
    );
  const units: number[] = [];
  for (let i = 0; i < bytes.length;) {
    const a = bytes[i]!;
    const b = bytes[i + 1];
    const c = bytes[i + 2];
    if (a < 0x80) {
      units.push(a);
      i += 1;
    } else if (a >> 5 === 6 && b !== undefined) {
      units.push(((a & 0x1f) << 6) | (b & 0x3f));
      i += 2;
    } else if (a >> 4 === 14 && b !== undefined && c !== undefined) {
      units.push(((a & 0x0f) << 12) | ((b & 0x3f) << 6) | (c & 0x3f));
      i += 3;
    } else if (a >> 3 === 30 && i + 3 < bytes.length) {
      // Plain UTF-8 of four bytes is not allowed here, but writers in other languages put it.
      const text = Buffer.from(bytes.subarray(i, i + 4)).toString("utf8");
      for (let u = 0; u < text.length; u++) units.push(text.charCodeAt(u));
      i += 4;
    } else {
      throw new FormatError(
        `byte 0x${a.toString(16)} at ${i} is not modified UTF-8`,
      );
    }
  }
  let text = "";
  for (let i = 0; i < units.length; i += 8192) {
    text += String.fromCharCode(...units.slice(i, i + 8192));
  }
  return text;
}

/** The inverse of {@link decodeModifiedUtf8}. */
export function encodeModifiedUtf8(text: string): Buffer {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c !== 0 && c < 0x80) bytes.push(c);
    else if (c < 0x800) bytes.push(0xc0 | (c >> 6), 0x80 | (c & 0x3f));
    else
      bytes.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 0x3f), 0x80 | (c & 0x3f));
  }
  return Buffer.from(bytes);
}

/**
 * Reads Java's and Hadoop's primitive encodings (big-endian) from a buffer, one after the other. Every read throws EndOfBytes where
 * the buffer ends too early.
 */
export class ByteReader {
  constructor(
    private readonly buffer: Buffer,
    public position = 0,
  ) {}

  /** All bytes, those that are read included. */
  get buffered(): number {
    return this.buffer.length;
  }

  /** Bytes that are not read yet. */
  get left(): number {
    return this.buffer.length - this.position;
  }

  /** The next bytes, as a view. @throws FormatError where the count is negative, as a corrupt length can be */
  take(count: number): Buffer {
    if (count < 0)
      throw new FormatError(`${count} bytes wanted at ${this.position}`);
    if (count > this.left)
      throw new EndOfBytes(
        `${count} bytes wanted at ${this.position}, ${this.left} left`,
        count - this.left,
      );
    this.position += count;
    return this.buffer.subarray(this.position - count, this.position);
  }

  /** The next bytes, which stay unread; fewer where the buffer ends. */
  peek(count: number): Buffer {
    return this.buffer.subarray(this.position, this.position + count);
  }

  uint8() {
    return this.take(1).readUInt8();
  }
  int8() {
    return this.take(1).readInt8();
  }
  uint16() {
    return this.take(2).readUInt16BE();
  }
  int32() {
    return this.take(4).readInt32BE();
  }
  int64() {
    return this.take(8).readBigInt64BE();
  }
  boolean() {
    return this.uint8() !== 0;
  }

  /** A string as java.io.DataOutput.writeUTF and Hadoop's deprecated UTF8 write it: a length of two bytes, then modified UTF-8. */
  utf() {
    return decodeModifiedUtf8(this.take(this.uint16()));
  }

  /** A number of one to nine bytes, as org.apache.hadoop.io.WritableUtils.writeVLong writes it. */
  vlong(): bigint {
    const first = this.int8();
    if (first >= -112) return BigInt(first);
    const negative = first < -120;
    let value = 0n;
    for (let left = negative ? -120 - first : -112 - first; left > 0; left--) {
      value = (value << 8n) | BigInt(this.uint8());
    }
    return negative ? ~value : value;
  }

  /** A number that {@link vlong} reads, where it is known to be small. */
  vint() {
    return Number(this.vlong());
  }

  /** A string as org.apache.hadoop.io.Text writes it: a vint length, then UTF-8. */
  text() {
    return this.take(this.vint()).toString("utf8");
  }

  /** A number as org.apache.hadoop.io.file.tfile.Utils.writeVLong writes it; the encoding differs from {@link vlong}'s. */
  tfileVlong(): number {
    const first = this.int8();
    if (first >= -32) return first;
    const group = Math.trunc((first + 128) / 8);
    if (group >= 7) return ((first + 52) << 8) | this.uint8();
    if (group >= 3) return ((first + 88) << 16) | this.uint16();
    if (group >= 1)
      return (first + 112) * 2 ** 24 + this.uint16() * 256 + this.uint8();
    const length = first + 129;
    if (length < 4 || length > 8)
      throw new FormatError(`a TFile number of ${length} bytes`);
    const value = this.take(length);
    return length === 8
      ? Number(value.readBigInt64BE())
      : value.readIntBE(0, Math.min(length, 6)) * (length === 7 ? 256 : 1) +
          (length === 7 ? value.readUInt8(6) : 0);
  }

  /** A string as org.apache.hadoop.io.file.tfile.Utils.writeString writes it; null where its length is -1. */
  tfileString(): string | null {
    const length = this.tfileVlong();
    return length === -1 ? null : this.take(length).toString("utf8");
  }
}
