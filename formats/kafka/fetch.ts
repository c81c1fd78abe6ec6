import { FormatError } from "../format-error";

/** The bytes of Kafka's Fetch API (key 1, version 4), which brokers from 0.11 on take: the protocol guide's "Fetch Request (Version: 4)". */
export const FETCH = { apiKey: 1, apiVersion: 4 } as const;

const COMPRESSION = 0b111;
const TRANSACTIONAL = 1 << 4;
const CONTROL = 1 << 5;
/** The type of a control record that aborts a transaction; 1 commits one. */
const ABORT = 0;
const MAGIC = 2;
/** What stands before a batch's length is counted, and what of a batch stands before its records. */
const BEFORE_LENGTH = 8 + 4;
const HEAD_BYTES = 61;

/** From where on partitions of a topic are asked for. */
export type FetchFrom = { partition: number; offset: bigint };

export type FetchBounds = {
  maxWaitMs: number;
  maxBytes: number;
  partitionMaxBytes: number;
};

/** A request for records that are committed, or were never part of a transaction. */
export function encodeFetchRequest(
  topics: ReadonlyMap<string, readonly FetchFrom[]>,
  { maxWaitMs, maxBytes, partitionMaxBytes }: FetchBounds,
): Buffer {
  const head = Buffer.alloc(4 + 4 + 4 + 4 + 1 + 4);
  head.writeInt32BE(-1, 0); // a consumer, no replica
  head.writeInt32BE(maxWaitMs, 4);
  head.writeInt32BE(1, 8); // bytes at least
  head.writeInt32BE(maxBytes, 12);
  head.writeInt8(1, 16); // committed only
  head.writeInt32BE(topics.size, 17);
  const parts = [head];
  for (const [topic, from] of topics) {
    const name = Buffer.from(topic);
    const ofTopic = Buffer.alloc(2 + name.length + 4 + 16 * from.length);
    ofTopic.writeInt16BE(name.length, 0);
    name.copy(ofTopic, 2);
    let at = 2 + name.length;
    ofTopic.writeInt32BE(from.length, at);
    at += 4;
    for (const { partition, offset } of from) {
      ofTopic.writeInt32BE(partition, at);
      ofTopic.writeBigInt64BE(offset, at + 4);
      ofTopic.writeInt32BE(partitionMaxBytes, at + 12);
      at += 16;
    }
    parts.push(ofTopic);
  }
  return Buffer.concat(parts);
}

/** What was fetched of a partition. */
export type Fetched = {
  topic: string;
  partition: number;
  /** Kafka's number of the error; 0 where there is none. */
  errorCode: number;
  /** Transactions that were aborted, and the offsets of their first records. */
  aborted: { producerId: bigint; firstOffset: bigint }[];
  /** Record batches; the last one may be cut off. */
  records: Buffer;
};

/** Reads what is of a fixed size, and varints. @throws FormatError where the bytes end early */
class Reader {
  at = 0;

  constructor(readonly bytes: Buffer) {}

  private next(length: number): number {
    const at = this.at;
    this.at += length;
    if (length < 0 || this.at > this.bytes.length)
      throw new FormatError(
        `the answer ends after ${this.bytes.length} bytes, wanted ${this.at}`,
      );
    return at;
  }

  int8 = (): number => this.bytes.readInt8(this.next(1));
  int16 = (): number => this.bytes.readInt16BE(this.next(2));
  int32 = (): number => this.bytes.readInt32BE(this.next(4));
  int64 = (): bigint => this.bytes.readBigInt64BE(this.next(8));
  skip = (length: number): void => void this.next(length);

  take(length: number): Buffer {
    const at = this.next(length);
    return this.bytes.subarray(at, at + length);
  }

  text(length: number): string {
    const at = this.next(length);
    return this.bytes.toString("utf8", at, at + length);
  }

  /** A varint with the sign in the lowest bit, of at most 32 bits. */
  varint(): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.bytes[this.next(1)]!;
      value |= (byte & 0x7f) << shift;
      if ((byte & 0x80) === 0) return (value >>> 1) ^ -(value & 1);
    }
    throw new FormatError("a varint of more than five bytes");
  }

  /** Passes over a varint of at most 64 bits. */
  skipVarlong(): void {
    for (let length = 0; length < 10; length++)
      if ((this.bytes[this.next(1)]! & 0x80) === 0) return;
    throw new FormatError("a varint of more than ten bytes");
  }
}

/** @throws FormatError where the bytes are no such answer */
export function decodeFetchResponse(bytes: Buffer): Fetched[] {
  const reader = new Reader(bytes);
  reader.int32(); // throttle time
  const fetched: Fetched[] = [];
  for (let topics = reader.int32(); topics > 0; topics--) {
    const topic = reader.text(reader.int16());
    for (let partitions = reader.int32(); partitions > 0; partitions--) {
      const partition = reader.int32();
      const errorCode = reader.int16();
      reader.skip(8 + 8); // the high watermark, and the last stable offset
      const aborted: Fetched["aborted"] = [];
      for (let left = reader.int32(); left > 0; left--)
        aborted.push({
          producerId: reader.int64(),
          firstOffset: reader.int64(),
        });
      const records = reader.take(Math.max(0, reader.int32()));
      fetched.push({ topic, partition, errorCode, aborted, records });
    }
  }
  return fetched;
}

export type Headers = Record<string, string>;

/** @param codec the number of a compression in a batch's attributes */
export type Decompress = (codec: number, bytes: Buffer) => Promise<Buffer>;

/**
 * Hands out the records of what was fetched of a partition, as a reader of committed records sees them: not those of aborted transactions, and no
 * control records. Their headers only: a read-back asks for no more, and kafkajs takes several times as long to read all of a record.
 * @param from offsets before it are passed over; a batch may begin earlier
 * @returns the offset behind the last whole batch; `from` where there is none
 * @throws FormatError where the bytes are no record batches of version 2
 */
export async function readHeaders(
  { records, aborted }: Pick<Fetched, "records" | "aborted">,
  from: bigint,
  decompress: Decompress,
  each: (offset: bigint, headers: Headers) => void,
): Promise<bigint> {
  const toAbort = [...aborted].sort((a, b) =>
    a.firstOffset < b.firstOffset ? -1 : a.firstOffset > b.firstOffset ? 1 : 0,
  );
  const aborting = new Set<bigint>();
  let next = from;
  for (let at = 0; records.length - at >= HEAD_BYTES;) {
    const length = records.readInt32BE(at + 8);
    const end = at + BEFORE_LENGTH + length;
    if (end > records.length) break;
    if (records[at + 16] !== MAGIC || length < HEAD_BYTES - BEFORE_LENGTH)
      throw new FormatError("a record batch of another version than 2");
    const base = records.readBigInt64BE(at);
    const attributes = records.readInt16BE(at + 21);
    const last = base + BigInt(records.readInt32BE(at + 23));
    const producerId = records.readBigInt64BE(at + 43);
    const count = records.readInt32BE(at + 57);
    while (toAbort.length > 0 && toAbort[0]!.firstOffset <= last)
      aborting.add(toAbort.shift()!.producerId);
    const body = records.subarray(at + HEAD_BYTES, end);
    if ((attributes & CONTROL) !== 0) {
      if (controlType(body) === ABORT) aborting.delete(producerId);
    } else if (
      (attributes & TRANSACTIONAL) === 0 ||
      !aborting.has(producerId)
    ) {
      const codec = attributes & COMPRESSION;
      const plain = codec === 0 ? body : await decompress(codec, body);
      const reader = new Reader(plain);
      for (let i = 0; i < count; i++) readRecord(reader, base, from, each);
    }
    if (last + 1n > next) next = last + 1n;
    at = end;
  }
  return next;
}

/** The type of a control record: its key is a version and the type. */
function controlType(body: Buffer): number {
  const reader = new Reader(body);
  reader.varint(); // length
  reader.int8(); // attributes
  reader.skipVarlong(); // time
  reader.varint(); // offset
  if (reader.varint() < 4) throw new FormatError("a control record of no type");
  reader.int16(); // version
  return reader.int16();
}

function readRecord(
  reader: Reader,
  base: bigint,
  from: bigint,
  each: (offset: bigint, headers: Headers) => void,
): void {
  const length = reader.varint();
  const end = reader.at + length;
  reader.int8(); // attributes
  reader.skipVarlong(); // time
  const offset = base + BigInt(reader.varint());
  // The key and the value, of which either may be missing.
  for (let i = 0; i < 2; i++) reader.skip(Math.max(0, reader.varint()));
  const headers: Headers = {};
  for (let left = reader.varint(); left > 0; left--) {
    const name = reader.text(reader.varint());
    const size = reader.varint();
    // As kafkajs and String() have it.
    headers[name] = size < 0 ? "null" : reader.text(size);
  }
  if (reader.at !== end)
    throw new FormatError(`a record of ${length} bytes ends elsewhere`);
  if (offset >= from) each(offset, headers);
}
