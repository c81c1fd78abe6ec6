import { EndOfBytes, FormatError } from "../format-error";

/** The types of Thrift's compact protocol (Apache Thrift, "Thrift Compact protocol encoding"); of these a Parquet footer has all but maps. */
const TYPE = {
  stop: 0,
  true: 1,
  false: 2,
  byte: 3,
  int16: 4,
  int32: 5,
  int64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
  uuid: 13,
} as const;

const MAX_VARINT_BYTES = 10;
/** Footers nest half a dozen deep; this keeps damaged ones from filling the stack. */
const MAX_DEPTH = 64;
/** A list's size, where it does not fit beside its type. */
const LONG_LIST = 15;

/**
 * Reads structures of Thrift's compact protocol without building them: whoever reads takes the fields that are wanted and passes over the
 * others. What is passed over takes no memory, and no more steps than it has bytes.
 * @throws FormatError, from every read, where the bytes are none of that
 */
export class CompactReader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  private byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined)
      throw new EndOfBytes(`a Thrift structure ends at byte ${this.at}`);
    this.at++;
    return byte;
  }

  private varint(): bigint {
    let value = 0n;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return value;
    }
    throw new FormatError(`a Thrift number before byte ${this.at} has no end`);
  }

  /** A whole number of 16 to 64 bits. */
  int(): bigint {
    const value = this.varint();
    return (value >> 1n) ^ -(value & 1n);
  }

  binary(): Buffer {
    const length = this.varint();
    if (length > BigInt(this.bytes.length - this.at))
      throw new EndOfBytes(
        `${length} bytes wanted at ${this.at} of a Thrift structure`,
      );
    this.at += Number(length);
    return this.bytes.subarray(this.at - Number(length), this.at);
  }

  /** Reads a structure's fields: `read` takes a field's value and says so, and what it leaves is passed over. */
  struct(read: (id: number, type: number) => boolean | void, depth = 0): void {
    if (depth > MAX_DEPTH)
      throw new FormatError("a Thrift structure is nested too deeply");
    for (let id = 0; ;) {
      const head = this.byte();
      const type = head & 0x0f;
      if (type === TYPE.stop) return;
      id = head >> 4 ? id + (head >> 4) : Number(this.int());
      if (read(id, type) !== true) this.skip(type, depth + 1);
    }
  }

  /** Reads a list of structures, each with `read`. */
  structs(read: () => void): void {
    const { type, size } = this.listHead();
    if (type !== TYPE.struct)
      throw new FormatError(`a Thrift list of type ${type}, wanted structures`);
    for (let i = 0; i < size; i++) read();
  }

  private listHead(): { type: number; size: number } {
    const head = this.byte();
    const short = head >> 4;
    const size = short === LONG_LIST ? Number(this.varint()) : short;
    // Every element takes a byte at least.
    if (size > this.bytes.length - this.at)
      throw new EndOfBytes(`a Thrift list of ${size} at byte ${this.at}`);
    return { type: head & 0x0f, size };
  }

  private passOver(count: number): void {
    if (count > this.bytes.length - this.at)
      throw new EndOfBytes(`a Thrift structure ends after byte ${this.at}`);
    this.at += count;
  }

  /** @param inList whether a boolean has a byte of its own; as a field it is its type */
  private skip(type: number, depth: number, inList = false): void {
    switch (type) {
      case TYPE.true:
      case TYPE.false:
        if (inList) this.passOver(1);
        return;
      case TYPE.byte:
        return this.passOver(1);
      case TYPE.int16:
      case TYPE.int32:
      case TYPE.int64:
        return void this.varint();
      case TYPE.double:
        return this.passOver(8);
      case TYPE.uuid:
        return this.passOver(16);
      case TYPE.binary:
        return void this.binary();
      case TYPE.list:
      case TYPE.set: {
        if (depth > MAX_DEPTH)
          throw new FormatError("a Thrift list is nested too deeply");
        const list = this.listHead();
        for (let i = 0; i < list.size; i++)
          this.skip(list.type, depth + 1, true);
        return;
      }
      case TYPE.struct:
        return this.struct(() => false, depth);
      default:
        throw new FormatError(`the Thrift type ${type} is none of Parquet's`);
    }
  }
}

export const isInt = (type: number): boolean =>
  type === TYPE.int16 || type === TYPE.int32 || type === TYPE.int64;
export const isBinary = (type: number): boolean => type === TYPE.binary;
export const isList = (type: number): boolean => type === TYPE.list;
