import { inflateSync, gunzipSync } from "node:zlib";
import { snappyUncompress } from "hyparquet";
import { ByteReader, EndOfBytes, FormatError } from "./bytes";
import type { RandomAccess } from "../../lib/random-access";

export type SequenceRecord = { key: Buffer; value: Buffer };

export type SequenceFile = {
  keyClass: string;
  valueClass: string;
  codec?: string;
  records: Iterable<SequenceRecord>;
};

const SYNC_ESCAPE = -1;
const CODEC = "org.apache.hadoop.io.compress.";

/** Hadoop's block framing: int32 raw length, then chunks of int32 compressed length and raw Snappy, until that length is reached. */
function unframeSnappy(bytes: Buffer): Buffer {
  const reader = new ByteReader(bytes);
  const parts: Buffer[] = [];
  while (reader.left > 0) {
    let raw = reader.int32();
    while (raw > 0) {
      const chunk = reader.take(reader.int32());
      const length = new ByteReader(chunk);
      let size = 0;
      for (let shift = 0, more = true; more; shift += 7) {
        const b = length.uint8();
        size |= (b & 0x7f) << shift;
        more = b >= 0x80;
      }
      const out = new Uint8Array(size);
      snappyUncompress(chunk, out);
      parts.push(Buffer.from(out));
      raw -= size;
    }
  }
  return Buffer.concat(parts);
}

function decompressor(codec: string | undefined): (bytes: Buffer) => Buffer {
  switch (codec) {
    case undefined:
      return (bytes) => bytes;
    case `${CODEC}DefaultCodec`:
    case `${CODEC}DeflateCodec`:
      return (bytes) => (bytes.length === 0 ? bytes : inflateSync(bytes));
    case `${CODEC}GzipCodec`:
      return (bytes) => gunzipSync(bytes);
    case `${CODEC}SnappyCodec`:
      return unframeSnappy;
    default:
      throw new FormatError(
        `SequenceFile codec ${codec} is not supported (DefaultCodec, GzipCodec and SnappyCodec are)`,
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
  /** The next record, the next block's records, or none for a sync mark. */
  next: (reader: ByteReader) => SequenceRecord[];
};

/** Versions 4 to 6; uncompressed, record- or block-compressed. @throws FormatError where the bytes are not one, or end early */
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
    next: (r) => (blocks ? block(r, sync, expand) : plain(r, sync, expand)),
  };
}

/**
 * Reads a Hadoop SequenceFile that is in memory. Keys and values come as their Writable bytes.
 * @throws FormatError where the bytes are not one, or end early
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
 * The records of a Hadoop SequenceFile of any size; a block of it, or some megabytes, are in memory at a time.
 * @throws FormatError where the bytes are not one, or end early
 */
export async function* sequenceRecords(
  file: RandomAccess,
  pieceBytes = 4 << 20,
): AsyncGenerator<SequenceRecord> {
  let reader = new ByteReader(Buffer.alloc(0));
  let at = 0;
  const more = async () => {
    const piece = await file.read(at, Math.min(pieceBytes, file.size - at));
    if (piece.length === 0)
      throw new FormatError(`it ends at ${at}, expected ${file.size} bytes`);
    at += piece.length;
    reader = new ByteReader(Buffer.concat([reader.peek(reader.left), piece]));
  };
  /** Reads again from the same place with more bytes, as long as there are. */
  const whole = async <T>(read: () => T): Promise<T> => {
    for (;;) {
      const from = reader.position;
      try {
        return read();
      } catch (error) {
        if (!(error instanceof EndOfBytes) || at >= file.size) throw error;
        reader.position = from;
        await more();
      }
    }
  };
  const header = await whole(() => readHeader(reader));
  for (;;) {
    if (reader.left === 0) {
      if (at >= file.size) return;
      await more();
    }
    yield* await whole(() => header.next(reader));
  }
}

function checkSync(reader: ByteReader, sync: Buffer): void {
  if (!reader.take(16).equals(sync))
    throw new FormatError(`wrong sync marker at ${reader.position - 16}`);
}

function plain(
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

function block(
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
  // What is compressed has ended well from here on: bytes that are lacking in it are lacking for good.
  const [keyLengths, keys, valueLengths, values] = parts.map(
    (part) => new ByteReader(expand(part)),
  ) as [ByteReader, ByteReader, ByteReader, ByteReader];
  try {
    return Array.from({ length: count }, () => ({
      key: keys.take(keyLengths.vint()),
      value: values.take(valueLengths.vint()),
    }));
  } catch (error) {
    if (error instanceof EndOfBytes)
      throw new FormatError(`a block of ${count} records ends early`);
    throw error;
  }
}

/** A LongWritable key and a Text value, as Camus writes raw events: epoch ms and the JSON line. */
export function rawEventOf(record: SequenceRecord): {
  time: number;
  line: string;
} {
  return {
    time: Number(record.key.readBigInt64BE()),
    line: new ByteReader(record.value).text().replace(/\n$/, ""),
  };
}
