import { compressSync } from "snappy";

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};

/** Bytes as Hadoop's SnappyCodec writes them: blocks of some length, each cut into chunks of a shorter one. */
export function hadoopSnappy(
  content: Buffer,
  blockBytes = 1000,
  chunkBytes = 300,
): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < content.length; at += blockBytes) {
    const block = content.subarray(at, at + blockBytes);
    parts.push(int32(block.length));
    for (let from = 0; from < block.length; from += chunkBytes) {
      const chunk = compressSync(block.subarray(from, from + chunkBytes));
      parts.push(int32(chunk.length), chunk);
    }
  }
  return Buffer.concat(parts);
}
