import { type Kafka as KafkaJs, KafkaJSProtocolError } from "kafkajs";

/** A partition: which broker leads it, and the times of its records, whose offsets begin at 0. */
export type FakePartition = { leader: number; times: number[] };

type AskedOffsets = {
  topic: string;
  partitions: { partition: number; timestamp: number }[];
};

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
      await request.encode();
      if (this.fault) throw this.fault;
      return response.decode(this.metadata());
    };
    return {
      versions: { 3: { maxVersion: 12 } },
      connectionPool: { getConnection: async () => ({ send }) },
      listOffsets: async ({ topics }: { topics: AskedOffsets[] }) => {
        if (this.fault) throw this.fault;
        return { responses: this.listOffsets(id, topics) };
      },
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

  /** Refuses what it does not lead, as brokers do and kafkajs tells it. A topic that is named twice is a fault of whoever asks. */
  private listOffsets(broker: number, asked: AskedOffsets[]) {
    const topics = asked.map(({ topic }) => topic);
    if (new Set(topics).size < topics.length)
      throw new Error(`${topics.join(", ")}: one is named twice`);
    this.asked.push({ broker, topics });
    return asked.map(({ topic, partitions }) => ({
      topic,
      partitions: partitions.map(({ partition, timestamp }) => {
        const { leader, times } = this.topics.get(topic)![partition]!;
        if (leader !== broker) throw new KafkaJSProtocolError("not the leader");
        const offset =
          timestamp < 0
            ? times.length
            : times.findIndex((time) => time >= timestamp);
        return { partition, offset: String(offset) };
      }),
    }));
  }
}
