import { AnswerReader } from "./answer-reader";
import { int32, string } from "./request-parts";

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
  return Buffer.concat([
    int32(1),
    string(topic),
    int32(partitions.length),
    ...partitions.map(int32),
  ]);
}

/**
 * The size of each partition's log in bytes. A directory that the broker cannot read is left out.
 * @throws FormatError where the bytes are no such answer
 */
export function decodeLogSizes(bytes: Buffer): Map<number, number> {
  const reader = new AnswerReader(bytes);
  reader.int32(); // throttle time
  const sizes = new Map<number, number>();
  reader.times(() => {
    const error = reader.int16();
    reader.text(); // the directory
    reader.times(() => {
      reader.text(); // the topic
      reader.times(() => {
        const partition = reader.int32();
        const size = Number(reader.int64());
        reader.int64(); // how far the replica is behind
        const isFuture = reader.take(1)[0] === 1;
        if (error === 0 && !isFuture)
          sizes.set(partition, Math.max(size, sizes.get(partition) ?? 0));
      });
    });
  });
  return sizes;
}
