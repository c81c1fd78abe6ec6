import { createHash } from "node:crypto";
import type { SequenceFile, SequenceRecord } from "./sequence-file";

/** Hadoop's variable-length integer (org.apache.hadoop.io.WritableUtils.writeVInt), for numbers from 0. */
function vint(n: number): Buffer {
  if (n <= 127) return Buffer.from([n]);
  const bytes: number[] = [];
  for (let left = n; left > 0; left = Math.floor(left / 256))
    bytes.unshift(left % 256);
  return Buffer.from([256 - 112 - bytes.length, ...bytes]);
}

/** Hadoop's Text, and its writeUTF-like strings: a length and UTF-8. */
export const text = (value: string): Buffer => {
  const bytes = Buffer.from(value);
  return Buffer.concat([vint(bytes.length), bytes]);
};

export function int32(n: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(n);
  return bytes;
}

/**
 * A SequenceFile of version 6 that is not compressed (org.apache.hadoop.io.SequenceFile), for files so small that nobody splits them: it
 * has no sync marker but the header's.
 */
export function writeSequenceFile({
  keyClass,
  valueClass,
  records,
}: Omit<SequenceFile, "codec">): Buffer {
  const body = [...records].map(recordBytes);
  const sync = createHash("md5").update(Buffer.concat(body)).digest();
  const noMetadata = int32(0);
  return Buffer.concat([
    Buffer.from("SEQ\x06", "latin1"),
    text(keyClass),
    text(valueClass),
    // Neither values nor blocks are compressed.
    Buffer.from([0, 0]),
    noMetadata,
    sync,
    ...body,
  ]);
}

const recordBytes = ({ key, value }: SequenceRecord): Buffer =>
  Buffer.concat([
    int32(key.length + value.length),
    int32(key.length),
    key,
    value,
  ]);
