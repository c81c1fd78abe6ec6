import { crc32c } from "../../lib/crc32c";

/** A record without a key, as a producer gives it. */
export type OutgoingRecord = {
  value: string;
  /** Epoch ms. */
  timestamp: number;
  headers: Record<string, string>;
};

/** Who produces a batch, and where it stands among the producer's batches of its partition: by these the broker takes each batch once. */
export type BatchProducer = {
  /** Exceeds 2^53. */
  producerId: bigint;
  producerEpoch: number;
  /** How many records the producer has sent to the partition before. */
  firstSequence: number;
};

/** How the records of a batch are compressed; where nothing is given they are not. */
export type RecordCompression = {
  /** Its number in a batch's attributes; gzip is 1. */
  codec: number;
  compress: (records: Buffer) => Promise<Buffer>;
};

const MAGIC = 2;
const TRANSACTIONAL = 1 << 4;

/** The base offset and the length stand before what the length counts. */
const BEFORE_LENGTH = 8 + 4;
/** The leader's epoch, the magic and the checksum stand before what the checksum covers. */
const BEFORE_CHECKED = BEFORE_LENGTH + 4 + 1 + 4;
const HEAD_BYTES = BEFORE_CHECKED + 2 + 4 + 8 + 8 + 8 + 2 + 4 + 4;

/** What a record takes at most beside its texts: its length, attributes, times, offsets and the lengths of key and value. */
const RECORD_MAX_BYTES = 5 + 1 + 10 + 5 + 1 + 5 + 5;
/** The same of a header: its two lengths. */
const HEADER_MAX_BYTES = 5 + 5;

/** The size of a varint whose number is not below 0; Kafka's varints have the sign in the lowest bit. */
function varintSize(number: number): number {
  let size = 1;
  for (let left = number * 2; left > 0x7f; left = Math.floor(left / 128))
    size++;
  return size;
}

/** Writes a varint whose number is not below 0. @returns where it ends */
function writeVarint(bytes: Buffer, number: number, at: number): number {
  let left = number * 2;
  // Times may exceed 2^31, which the quicker operators cut off.
  for (; left > 0x7fff_ffff; left = Math.floor(left / 128))
    bytes[at++] = (left % 128) | 0x80;
  for (; left > 0x7f; left >>>= 7) bytes[at++] = (left & 0x7f) | 0x80;
  bytes[at++] = left;
  return at;
}

/** Writes a text after its length. @returns where it ends */
function writeText(
  bytes: Buffer,
  { text, size }: { text: string; size: number },
  at: number,
): number {
  const start = writeVarint(bytes, size, at);
  bytes.write(text, start, size, "utf8");
  return start + size;
}

const sized = (text: string) => ({ text, size: Buffer.byteLength(text) });

const textSize = ({ size }: { size: number }) => varintSize(size) + size;

/** A record whose sizes are known: it is written after its own size. */
type SizedRecord = {
  timestamp: number;
  value: ReturnType<typeof sized>;
  /** Names and values in turns. */
  headers: ReturnType<typeof sized>[];
};

function sizedRecord({ value, timestamp, headers }: OutgoingRecord) {
  const record: SizedRecord = { timestamp, value: sized(value), headers: [] };
  let maxBytes = RECORD_MAX_BYTES + record.value.size;
  for (const name of Object.keys(headers)) {
    const header = [sized(name), sized(headers[name]!)] as const;
    record.headers.push(...header);
    maxBytes += HEADER_MAX_BYTES + header[0].size + header[1].size;
  }
  return { record, maxBytes };
}

/** Writes a record. @returns where it ends */
function writeRecord(
  bytes: Buffer,
  { timestamp, value, headers }: SizedRecord,
  { at: begin, index, base }: { at: number; index: number; base: number },
): number {
  const delta = timestamp - base;
  let size = 1 + varintSize(delta) + varintSize(index) + 1 + textSize(value);
  size += varintSize(headers.length / 2);
  for (const text of headers) size += textSize(text);
  let at = writeVarint(bytes, size, begin);
  bytes[at++] = 0; // attributes: none are in use
  at = writeVarint(bytes, delta, at);
  at = writeVarint(bytes, index, at);
  bytes[at++] = 1; // the key's length, -1: there is none
  at = writeText(bytes, value, at);
  at = writeVarint(bytes, headers.length / 2, at);
  for (const text of headers) at = writeText(bytes, text, at);
  return at;
}

/**
 * Encodes records of one partition as a transactional record batch (Kafka's format of messages, version 2). kafkajs has an encoder of its
 * own, which takes a replay most of its time.
 * @param records at least one
 */
export async function encodeRecordBatch(
  records: readonly OutgoingRecord[],
  { producerId, producerEpoch, firstSequence }: BatchProducer,
  compression?: RecordCompression,
): Promise<Buffer> {
  let maxBytes = HEAD_BYTES;
  let base = Infinity;
  let latest = -Infinity;
  const sizedRecords = records.map((record) => {
    const found = sizedRecord(record);
    maxBytes += found.maxBytes;
    base = Math.min(base, record.timestamp);
    latest = Math.max(latest, record.timestamp);
    return found.record;
  });
  let bytes = Buffer.allocUnsafe(maxBytes);
  let end = HEAD_BYTES;
  for (let index = 0; index < sizedRecords.length; index++)
    end = writeRecord(bytes, sizedRecords[index]!, { at: end, index, base });
  if (compression) {
    const packed = await compression.compress(bytes.subarray(HEAD_BYTES, end));
    bytes = Buffer.concat([Buffer.allocUnsafe(HEAD_BYTES), packed]);
    end = bytes.length;
  }
  bytes.writeBigInt64BE(0n, 0); // the base offset, which the broker gives
  bytes.writeInt32BE(end - BEFORE_LENGTH, 8);
  bytes.writeInt32BE(-1, 12); // the leader's epoch, which the broker writes
  bytes[16] = MAGIC;
  bytes.writeInt16BE(TRANSACTIONAL | (compression?.codec ?? 0), BEFORE_CHECKED);
  bytes.writeInt32BE(records.length - 1, 23);
  bytes.writeBigInt64BE(BigInt(base), 27);
  bytes.writeBigInt64BE(BigInt(latest), 35);
  bytes.writeBigInt64BE(producerId, 43);
  bytes.writeInt16BE(producerEpoch, 51);
  bytes.writeInt32BE(firstSequence, 53);
  bytes.writeInt32BE(records.length, 57);
  bytes.writeUInt32BE(crc32c(bytes.subarray(BEFORE_CHECKED, end)), 17);
  return bytes.subarray(0, end);
}
