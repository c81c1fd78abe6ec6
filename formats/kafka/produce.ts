import { AnswerReader } from "./answer-reader";
import { int16, int32, string } from "./request-parts";

/** The bytes of Kafka's Produce API (key 0, version 3), which brokers from 0.11 on take: the protocol guide's "Produce Request (Version: 3)". */
export const PRODUCE = { apiKey: 0, apiVersion: 3 } as const;

/** All replicas in sync have a batch before the broker answers. */
const ACKS_ALL = -1;

/**
 * A request that produces batches of one topic within a transaction, one for each partition.
 * @param timeoutMs how long the broker may wait for its replicas
 */
export function encodeProduceRequest(
  transactionalId: string,
  timeoutMs: number,
  topic: string,
  batches: ReadonlyMap<number, Buffer>,
): Buffer {
  return Buffer.concat([
    string(transactionalId),
    int16(ACKS_ALL),
    int32(timeoutMs),
    int32(1),
    string(topic),
    int32(batches.size),
    ...[...batches].flatMap(([partition, batch]) => [
      int32(partition),
      int32(batch.length),
      batch,
    ]),
  ]);
}

/** What became of the batch of one partition. */
export type Produced = {
  topic: string;
  partition: number;
  /** Kafka's number of the error; 0 where there is none. */
  errorCode: number;
};

/** @throws FormatError where the bytes are no such answer */
export function decodeProduceResponse(bytes: Buffer): Produced[] {
  const reader = new AnswerReader(bytes);
  const produced: Produced[] = [];
  reader.times(() => {
    const topic = reader.text();
    reader.times(() => {
      const partition = reader.int32();
      const errorCode = reader.int16();
      reader.take(8 + 8); // the base offset, and the time at which it was appended
      produced.push({ topic, partition, errorCode });
    });
  });
  return produced;
}
