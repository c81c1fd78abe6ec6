import { inflateSync, gunzipSync } from "node:zlib";
import { EndOfBytes, FormatError, named } from "../format-error";
import { ByteReader } from "./bytes";
import { expandSnappy } from "./snappy";
import type { RandomAccess } from "../../lib/random-access";

/** A record's key and value as their Writable classes wrote them. */
export type SequenceRecord = { key: Buffer; value: Buffer };

export type SequenceFile = {
  /** Java class names. */
  keyClass: string;
  valueClass: string;
  /** The compression codec's class name; absent for a file that is not compressed. */
  codec?: string;
  records: Iterable<SequenceRecord>;
};

/** Where a record's length would be, this announces a sync marker. */
const SYNC_ESCAPE = -1;
const CODEC = "org.apache.hadoop.io.compress.";

/** Expands Snappy in Hadoop's block framing, which compressed-text.ts describes. */
function unframeSnappy(bytes: Buffer): Buffer {
  const reader = new ByteReader(bytes);
  const parts: Buffer[] = [];
  while (reader.left > 0) {
    let raw = reader.int32();
    while (raw > 0) {
      const content = expandSnappy(reader.take(reader.int32()), raw);
      parts.push(content);
      raw -= content.length;
      if (content.length === 0)
        throw new FormatError("a Snappy block has another length than it says");
    }
    if (raw < 0) throw new FormatError(`a Snappy block of ${raw} bytes`);
  }
  return Buffer.concat(parts);
}

/** No record or block expands to more: a few bytes of zlib can hold a thousand times as many. */
const MAX_EXPANDED_BYTES = 256 << 20;
const LIMIT = { maxOutputLength: MAX_EXPANDED_BYTES };
/** No record or block is longer in its file: what asks for more is a damaged length. */
const MAX_STORED_BYTES = 256 << 20;

/** @throws FormatError where zlib finds the bytes damaged, or there are too many of them */
function zlibBytes(expand: () => Buffer): Buffer {
  try {
    return expand();
  } catch (error) {
    throw new FormatError(
      `compressed bytes are damaged: ${(error as Error).message}`,
    );
  }
}

function decompressor(codec: string | undefined): (bytes: Buffer) => Buffer {
  switch (codec) {
    case undefined:
      return (bytes) => bytes;
    case `${CODEC}DefaultCodec`:
    case `${CODEC}DeflateCodec`:
      return (bytes) =>
        bytes.length === 0 ? bytes : zlibBytes(() => inflateSync(bytes, LIMIT));
    case `${CODEC}GzipCodec`:
      return (bytes) => zlibBytes(() => gunzipSync(bytes, LIMIT));
    case `${CODEC}SnappyCodec`:
      return unframeSnappy;
    default:
      throw new FormatError(
        `SequenceFile codec ${named(codec)} is not supported (DefaultCodec, GzipCodec and SnappyCodec are)`,
      );
  }
}

/** Whether bytes begin a SequenceFile. */
export const isSequenceFile = (bytes: Buffer) =>
  bytes.subarray(0, 3).toString("latin1") === "SEQ";

type Header = {
  keyClass: string;
  valueClass: string;
  codec?: string;
  /** Reads the next record, or the next block's records; none where a sync marker comes. */
  next: (reader: ByteReader) => SequenceRecord[];
};

/**
 * Reads a SequenceFile's header (org.apache.hadoop.io.SequenceFile): versions 4 to 6, not compressed or compressed by record or block.
 * @throws FormatError where the bytes are none, or end early
 */
function readHeader(reader: ByteReader): Header {
  if (!isSequenceFile(reader.take(3)))
    throw new FormatError("not a SequenceFile: it does not start with SEQ");
  const version = reader.uint8();
  if (version < 4 || version > 6)
    throw new FormatError(
      `SequenceFile version ${version} is not supported (4 to 6 are)`,
    );
  const keyClass = reader.text();
  const valueClass = reader.text();
  const compressed = reader.boolean();
  const blocks = reader.boolean();
  const codec = compressed
    ? version >= 5
      ? reader.text()
      : `${CODEC}DefaultCodec`
    : undefined;
  if (version >= 6) {
    for (let left = reader.int32(); left > 0; left--) {
      reader.text();
      reader.text();
    }
  }
  const sync = Buffer.from(reader.take(16));
  const expand = decompressor(codec);
  return {
    keyClass,
    valueClass,
    ...(codec === undefined ? {} : { codec }),
    next: (from) =>
      blocks ? readBlock(from, sync, expand) : readRecord(from, sync, expand),
  };
}

/**
 * Reads a SequenceFile that is in memory. Its records are decoded while they are iterated over.
 * @throws FormatError where the bytes are no SequenceFile, or end early
 */
export function readSequenceFile(bytes: Buffer): SequenceFile {
  const reader = new ByteReader(bytes);
  const { next, ...header } = readHeader(reader);
  function* records() {
    while (reader.left > 0) yield* next(reader);
  }
  return { ...header, records: records() };
}

/**
 * The records of a SequenceFile of any size. A block of it, or a piece where that is more, is in memory at a time.
 * @param pieceBytes how much is read at a time
 * @throws FormatError where the bytes are no SequenceFile, or end early
 */
export async function* sequenceRecords(
  file: RandomAccess,
  pieceBytes = 4 << 20,
): AsyncGenerator<SequenceRecord> {
  let reader = new ByteReader(Buffer.alloc(0));
  let at = 0;
  const readMore = async () => {
    // As much again as is there: what is read once more from its beginning is read in all not more than twice.
    const wanted = Math.max(pieceBytes, reader.left);
    const piece = await file.read(at, Math.min(wanted, file.size - at));
    if (piece.length === 0)
      throw new FormatError(`it ends at ${at}, expected ${file.size} bytes`);
    at += piece.length;
    reader = new ByteReader(Buffer.concat([reader.peek(reader.left), piece]));
  };
  /** Does a read, and where the bytes end in the middle of it, does it again from its beginning with more of the file. */
  const wholly = async <T>(read: () => T): Promise<T> => {
    for (;;) {
      const from = reader.position;
      try {
        return read();
      } catch (error) {
        if (!(error instanceof EndOfBytes) || error.missing > file.size - at)
          throw error;
        if (reader.buffered - from + error.missing > MAX_STORED_BYTES)
          throw new FormatError(
            `a record or block of more than ${MAX_STORED_BYTES} bytes at ${at}`,
          );
        reader.position = from;
        await readMore();
      }
    }
  };
  const header = await wholly(() => readHeader(reader));
  for (;;) {
    if (reader.left === 0) {
      if (at >= file.size) return;
      await readMore();
    }
    yield* await wholly(() => header.next(reader));
  }
}

function checkSync(reader: ByteReader, sync: Buffer): void {
  if (!reader.take(16).equals(sync))
    throw new FormatError(`wrong sync marker at ${reader.position - 16}`);
}

/** A record that stands for itself; only its value is compressed. */
function readRecord(
  reader: ByteReader,
  sync: Buffer,
  expand: (bytes: Buffer) => Buffer,
): SequenceRecord[] {
  const length = reader.int32();
  if (length === SYNC_ESCAPE) {
    checkSync(reader, sync);
    return [];
  }
  const keyLength = reader.int32();
  if (keyLength < 0 || keyLength > length)
    throw new FormatError(
      `a key of ${keyLength} bytes in a record of ${length}`,
    );
  const key = reader.take(keyLength);
  return [{ key, value: expand(reader.take(length - keyLength)) }];
}

/** A block of records, whose keys, values and their lengths are compressed together. */
function readBlock(
  reader: ByteReader,
  sync: Buffer,
  expand: (bytes: Buffer) => Buffer,
): SequenceRecord[] {
  if (reader.int32() !== SYNC_ESCAPE)
    throw new FormatError(
      `a block without its sync escape at ${reader.position - 4}`,
    );
  checkSync(reader, sync);
  const count = reader.vint();
  const parts = [0, 1, 2, 3].map(() => reader.take(reader.vint()));
  // The block itself is whole by now. Where the expanded bytes end early, more of the file would not help.
  const [keyLengths, keys, valueLengths, values] = parts.map(
    (part) => new ByteReader(expand(part)),
  ) as [ByteReader, ByteReader, ByteReader, ByteReader];
  // Each record's key has a length of a byte at least.
  if (count < 0 || count > keyLengths.left)
    throw new FormatError(`a block of ${count} records cannot be`);
  try {
    const records: SequenceRecord[] = [];
    for (let i = 0; i < count; i++)
      records.push({
        key: keys.take(keyLengths.vint()),
        value: values.take(valueLengths.vint()),
      });
    return records;
  } catch (error) {
    if (error instanceof EndOfBytes)
      throw new FormatError(`a block of ${count} records ends early`);
    throw error;
  }
}

/**
 * A raw event as Camus writes it: the key is a LongWritable (epoch ms), the value a Text (the JSON line).
 * @throws FormatError where a record is none of that
 */
export function rawEventOf(record: SequenceRecord): {
  time: number;
  line: string;
} {
  return {
    time: Number(new ByteReader(record.key).int64()),
    line: new ByteReader(record.value).text().replace(/\n$/, ""),
  };
}
