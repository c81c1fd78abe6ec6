import { inflateSync, gunzipSync } from "node:zlib";
import { snappyUncompress } from "hyparquet";
import { ByteReader, FormatError } from "./bytes";

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

/**
 * Reads a Hadoop SequenceFile (versions 4 to 6; uncompressed, record- or block-compressed).
 * Keys and values come as their Writable bytes.
 * @throws FormatError where the bytes are not one, or end early
 */
export function readSequenceFile(bytes: Buffer): SequenceFile {
  if (!isSequenceFile(bytes))
    throw new FormatError("not a SequenceFile: it does not start with SEQ");
  const reader = new ByteReader(bytes, 3);
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
  const sync = reader.take(16);
  const expand = decompressor(codec);
  return {
    keyClass,
    valueClass,
    ...(codec === undefined ? {} : { codec }),
    records: blocks
      ? blockRecords(reader, sync, expand)
      : plainRecords(reader, sync, expand),
  };
}

function checkSync(reader: ByteReader, sync: Buffer): void {
  if (!reader.take(16).equals(sync))
    throw new FormatError(`wrong sync marker at ${reader.position - 16}`);
}

function* plainRecords(
  reader: ByteReader,
  sync: Buffer,
  expand: (bytes: Buffer) => Buffer,
): Generator<SequenceRecord> {
  while (reader.left > 0) {
    const length = reader.int32();
    if (length === SYNC_ESCAPE) {
      checkSync(reader, sync);
      continue;
    }
    const keyLength = reader.int32();
    if (keyLength < 0 || keyLength > length)
      throw new FormatError(
        `a key of ${keyLength} bytes in a record of ${length}`,
      );
    const key = reader.take(keyLength);
    yield { key, value: expand(reader.take(length - keyLength)) };
  }
}

function* blockRecords(
  reader: ByteReader,
  sync: Buffer,
  expand: (bytes: Buffer) => Buffer,
): Generator<SequenceRecord> {
  while (reader.left > 0) {
    if (reader.int32() !== SYNC_ESCAPE)
      throw new FormatError(
        `a block without its sync escape at ${reader.position - 4}`,
      );
    checkSync(reader, sync);
    const count = reader.vint();
    const part = () => new ByteReader(expand(reader.take(reader.vint())));
    const keyLengths = part();
    const keys = part();
    const valueLengths = part();
    const values = part();
    for (let i = 0; i < count; i++) {
      yield {
        key: keys.take(keyLengths.vint()),
        value: values.take(valueLengths.vint()),
      };
    }
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
