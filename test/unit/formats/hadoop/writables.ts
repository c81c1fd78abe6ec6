import { encodeModifiedUtf8 } from "../../../../formats/hadoop/bytes";

/** Hadoop's Text, of fewer than 128 bytes. */
export const text = (s: string) =>
  Buffer.concat([Buffer.from([Buffer.byteLength(s)]), Buffer.from(s)]);
/** DataOutput.writeUTF. */
export const utf = (s: string) => {
  const bytes = encodeModifiedUtf8(s);
  return Buffer.concat([
    Buffer.from([bytes.length >> 8, bytes.length & 255]),
    bytes,
  ]);
};
/** DataOutput.writeInt. */
export const int = (n: number) => {
  const b = Buffer.alloc(4);
  b.writeInt32BE(n);
  return b;
};
/** DataOutput.writeLong. */
export const long = (n: bigint) => {
  const b = Buffer.alloc(8);
  b.writeBigInt64BE(n);
  return b;
};
/** The sync marker of the SequenceFiles that tests make. */
export const SYNC = Buffer.alloc(16, 7);
