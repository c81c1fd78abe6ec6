import type { Kafka as KafkaJs } from "kafkajs";
import { LIST_OFFSETS } from "../../../../formats/kafka/list-offsets";

/** A partition: which broker leads it, and the times of its records, whose offsets begin at 0. */
export type FakePartition = { leader: number; times: number[] };

type Call = {
  request: { apiKey: number; encode: () => Promise<{ buffer: Buffer }> };
  response: { decode: (bytes: Buffer) => Promise<unknown> };
};

const int = (bytes: number, value: number | bigint): Buffer => {
  const buffer = Buffer.alloc(bytes);
  buffer.writeBigInt64BE(BigInt(value)); // of eight bytes
  return buffer;
};
const int16 = (n: number) => int(8, n).subarray(6);
const int32 = (n: number) => int(8, n).subarray(4);
const int64 = (n: number | bigint) => int(8, n);
const compact = (text: string) =>
  Buffer.concat([Buffer.from([text.length + 1]), Buffer.from(text)]);
const array = (items: Buffer[]) =>
  Buffer.concat([Buffer.from([items.length + 1]), ...items]);
const TAGS = Buffer.from([0]);

/** Brokers behind the inner parts of kafkajs that raw requests go by: they answer in bytes, as brokers do. */
export class FakeBrokers {
  readonly topics = new Map<string, FakePartition[]>();
  /** What was asked of offsets: a request each, with the topics that it named. */
  readonly asked: { broker: number; topics: string[] }[] = [];
  connections = 0;
  /** What a request meets instead of an answer. */
  fault: Error | undefined;

  get js(): KafkaJs {
    const cluster = {
      connect: async () => void this.connections++,
      refreshMetadataIfNecessary: async () => undefined,
      disconnect: async () => void this.connections--,
      findControllerBroker: async () => this.broker(0),
      findBroker: async ({ nodeId }: { nodeId: string }) =>
        this.broker(Number(nodeId)),
    };
    return {
      [Symbol("private:Kafka:createCluster")]: () => cluster,
    } as unknown as KafkaJs;
  }

  private broker(id: number) {
    const send = async ({ request, response }: Call) => {
      const { buffer } = await request.encode();
      if (this.fault) throw this.fault;
      return response.decode(
        request.apiKey === LIST_OFFSETS.apiKey
          ? this.listOffsets(id, buffer)
          : this.metadata(),
      );
    };
    return {
      versions: { 2: { maxVersion: 9 }, 3: { maxVersion: 12 } },
      connectionPool: { getConnection: async () => ({ send }) },
    };
  }

  /** All topics, whichever were asked about: nobody minds more. */
  private metadata(): Buffer {
    const topics = [...this.topics].map(([topic, partitions]) =>
      Buffer.concat([
        int16(0),
        compact(topic),
        Buffer.alloc(16, 1),
        Buffer.from([0]),
        array(
          partitions.map(({ leader }, i) =>
            Buffer.concat([
              int16(leader < 0 ? 5 : 0),
              int32(i),
              int32(leader),
              int32(0),
              ...[[], [], []].map((none) => array(none)),
              TAGS,
            ]),
          ),
        ),
        int32(0),
        TAGS,
      ]),
    );
    return Buffer.concat([
      TAGS,
      int32(0),
      array([]),
      compact("c"),
      int32(0),
      array(topics),
      TAGS,
    ]);
  }

  /** Refuses what it does not lead, as brokers do. A partition that is named twice is a fault of whoever asks. */
  private listOffsets(broker: number, request: Buffer): Buffer {
    let at = 5; // replica, isolation
    const next = (bytes: number) => (at += bytes) - bytes;
    const count = request.readInt32BE(next(4));
    const named: string[] = [];
    const answers = Array.from({ length: count }, () => {
      const length = request.readInt16BE(next(2));
      const topic = request.toString("utf8", next(length), at);
      if (named.includes(topic)) throw new Error(`${topic} is named twice`);
      named.push(topic);
      const partitions = Array.from(
        { length: request.readInt32BE(next(4)) },
        () => {
          const partition = request.readInt32BE(next(4));
          const time = Number(request.readBigInt64BE(next(8)));
          const { leader, times } = this.topics.get(topic)![partition]!;
          const offset =
            time < 0 ? times.length : times.findIndex((t) => t >= time);
          return leader === broker
            ? [int32(partition), int16(0), int64(-1), int64(offset)]
            : [int32(partition), int16(6), int64(-1), int64(-1)];
        },
      );
      return [
        int16(length),
        Buffer.from(topic),
        int32(partitions.length),
        ...partitions.flat(),
      ];
    });
    this.asked.push({ broker, topics: named });
    return Buffer.concat([int32(0), int32(count), ...answers.flat()]);
  }
}
