import { FormatError } from "../format-error";

/**
 * The bytes of Kafka's DescribeLogDirs API (key 35, version 1): the protocol guide's "DescribeLogDirs Request (Version: 1)". Each broker
 * tells the sizes of the replicas that it has itself.
 */
export const DESCRIBE_LOG_DIRS = { apiKey: 35, apiVersion: 1 } as const;

/** A request for some partitions of one topic. */
export function encodeLogDirsRequest(
  topic: string,
  partitions: readonly number[],
): Buffer {
  const name = Buffer.from(topic);
  const bytes = Buffer.alloc(4 + 2 + name.length + 4 + 4 * partitions.length);
  let at = bytes.writeInt32BE(1);
  at = bytes.writeInt16BE(name.length, at);
  at += name.copy(bytes, at);
  at = bytes.writeInt32BE(partitions.length, at);
  for (const partition of partitions) at = bytes.writeInt32BE(partition, at);
  return bytes;
}

/**
 * The size of each partition's log in bytes. A directory that the broker cannot read is left out.
 * @throws FormatError where the bytes are no such answer
 */
export function decodeLogSizes(bytes: Buffer): Map<number, number> {
  let at = 4; // throttle time
  const need = (count: number): number => {
    const from = at;
    at += count;
    if (count < 0 || at > bytes.length)
      throw new FormatError(
        `the answer ends after ${bytes.length} bytes, wanted ${at}`,
      );
    return from;
  };
  const int16 = () => bytes.readInt16BE(need(2));
  const int32 = () => bytes.readInt32BE(need(4));
  const skipString = () => void need(int16());
  const times = (work: () => void) => {
    for (let left = int32(); left > 0; left--) work();
  };
  const sizes = new Map<number, number>();
  times(() => {
    const error = int16();
    skipString(); // the directory
    times(() => {
      skipString(); // the topic
      times(() => {
        const partition = int32();
        const size = Number(bytes.readBigInt64BE(need(8)));
        need(8); // how far the replica is behind
        const isFuture = bytes[need(1)] === 1;
        if (error === 0 && !isFuture)
          sizes.set(partition, Math.max(size, sizes.get(partition) ?? 0));
      });
    });
  });
  return sizes;
}
