import { FormatError } from "../format-error";

/**
 * The bytes of Kafka's ListOffsets API (key 2, version 2): the protocol guide's "ListOffsets Request (Version: 2)". One request asks about any
 * number of topics and partitions, and names each partition once.
 */
export const LIST_OFFSETS = { apiKey: 2, apiVersion: 2 } as const;

/** What to ask of a partition instead of a time, epoch ms: the offset that the next record gets. */
export const LATEST = -1;

const NO_REPLICA = -1;
const READ_COMMITTED = 1;

/** Some partitions of a topic, and of what time (epoch ms) the first offset is wanted; or {@link LATEST}. */
export type WantedOffsets = {
  topic: string;
  partitions: readonly number[];
  time: number;
};

export function encodeListOffsetsRequest(
  wanted: readonly WantedOffsets[],
): Buffer {
  const names = wanted.map(({ topic }) => Buffer.from(topic));
  const bytes = Buffer.alloc(
    4 +
      1 +
      4 +
      wanted.reduce(
        (sum, { partitions }, i) =>
          sum + 2 + names[i]!.length + 4 + 12 * partitions.length,
        0,
      ),
  );
  let at = bytes.writeInt32BE(NO_REPLICA);
  at = bytes.writeInt8(READ_COMMITTED, at);
  at = bytes.writeInt32BE(wanted.length, at);
  wanted.forEach(({ partitions, time }, i) => {
    const name = names[i]!;
    at = bytes.writeInt16BE(name.length, at);
    at += name.copy(bytes, at);
    at = bytes.writeInt32BE(partitions.length, at);
    for (const partition of partitions) {
      at = bytes.writeInt32BE(partition, at);
      at = bytes.writeBigInt64BE(BigInt(time), at);
    }
  });
  return bytes;
}

/** What the broker says of a topic's partitions. */
export type ListedOffsets = {
  /** By partition; undefined where no record is of the time or later. */
  offsets: Map<number, bigint | undefined>;
  /** Kafka's code of the first error, where there is one: what it says of the topic is not whole then. */
  error?: number;
};

/**
 * What the broker says, by topic.
 * @throws FormatError where the bytes are no such answer
 */
export function decodeListedOffsets(bytes: Buffer): Map<string, ListedOffsets> {
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
  const int64 = () => bytes.readBigInt64BE(need(8));
  const times = (work: () => void) => {
    for (let left = int32(); left > 0; left--) work();
  };
  const topics = new Map<string, ListedOffsets>();
  times(() => {
    const length = int16();
    const from = need(length);
    const topic = bytes.toString("utf8", from, from + length);
    const listed: ListedOffsets = topics.get(topic) ?? { offsets: new Map() };
    topics.set(topic, listed);
    times(() => {
      const partition = int32();
      const error = int16();
      int64(); // the record's own time
      const offset = int64();
      if (error !== 0) listed.error ??= error;
      else listed.offsets.set(partition, offset < 0n ? undefined : offset);
    });
  });
  return topics;
}
