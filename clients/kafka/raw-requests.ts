import { type Kafka as KafkaJs, KafkaJSProtocolError } from "kafkajs";
import {
  decodeLogSizes,
  DESCRIBE_LOG_DIRS,
  encodeLogDirsRequest,
} from "../../formats/kafka/log-dirs";
import {
  decodeTopicIds,
  decodeDeniedTopics,
  decodeTopicMetadata,
  encodeMetadataRequest,
  METADATA,
  type TopicMetadata,
} from "../../formats/kafka/metadata";

/** What to ask of a partition instead of a time: the offset that the next record gets. */
export const LATEST = -1;

/** kafkajs' and Kafka's number of a reader of all records, of open transactions, too. */
const READ_UNCOMMITTED = 0;

/** Some partitions of a topic, and of what time (epoch ms) the first offset is wanted; or {@link LATEST}. */
export type WantedOffsets = {
  topic: string;
  partitions: readonly number[];
  time: number;
};

/*
 * Requests that kafkajs does not speak, or that its own clients make for one topic only, over connections that it makes. Its version 2.2.4
 * is the last of its line, so what is used here of its inner parts does not move; with another version that hid them elsewhere nothing would
 * begin.
 */

/** A broker's connection, as far as it is used here. */
type Connection = {
  send<T>(call: {
    request: {
      apiKey: number;
      apiVersion: number;
      apiName: string;
      encode: () => Promise<{ buf: Buffer; buffer: Buffer }>;
    };
    response: {
      decode: (bytes: Buffer) => Promise<T>;
      parse: (decoded: T) => Promise<T>;
    };
  }): Promise<T>;
};
export type Broker = {
  nodeId: number;
  versions: Record<number, { maxVersion: number }>;
  connectionPool: { getConnection(): Promise<Connection> };
  listOffsets(asked: {
    isolationLevel: number;
    topics: {
      topic: string;
      partitions: { partition: number; timestamp: number }[];
    }[];
  }): Promise<{
    responses: {
      topic: string;
      partitions: { partition: number; offset: string }[];
    }[];
  }>;
  initProducerId(asked: {
    transactionalId: string;
    transactionTimeout: number;
  }): Promise<{ producerId: string; producerEpoch: number }>;
  addPartitionsToTxn(
    asked: TransactionOwner & {
      topics: { topic: string; partitions: number[] }[];
    },
  ): Promise<unknown>;
  endTxn(
    asked: TransactionOwner & { transactionResult: boolean },
  ): Promise<unknown>;
};
type TransactionOwner = {
  transactionalId: string;
  /** A decimal string. */
  producerId: string;
  producerEpoch: number;
};
export type Cluster = {
  connect(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  disconnect(): Promise<void>;
  findControllerBroker(): Promise<Broker>;
  findBroker(wanted: { nodeId: string }): Promise<Broker>;
  findGroupCoordinator(wanted: {
    groupId: string;
    coordinatorType: number;
  }): Promise<Broker>;
  /** Has the cluster know of a topic's partitions. */
  addTargetTopic(topic: string): Promise<void>;
  /** By broker, those of the partitions that it leads; partitions that the topic does not have are left out. */
  findLeaderForPartitions(
    topic: string,
    partitions: readonly number[],
  ): Record<string, number[]>;
  brokerPool: { metadata: { brokers: { nodeId: number }[] } };
};

type RawRequest<T> = {
  api: { apiKey: number; apiVersion: number };
  name: string;
  bytes: Buffer;
  decode: (answer: Buffer) => T;
};

/**
 * The ids of topics, as 32 hex digits by name: a topic of the same name that was made anew has another one.
 * @returns no id where the broker is too old to give any
 * @throws whatever kafkajs throws where the broker cannot be asked
 */
export async function topicIds(
  js: KafkaJs,
  topics: readonly string[],
): Promise<Map<string, string>> {
  if (topics.length === 0) return new Map();
  const ids = await withCluster(js, (cluster) =>
    metadata(cluster, topics, decodeTopicIds),
  );
  return ids ?? new Map<string, string>();
}

/**
 * Which topics who asks must not know of: they are not listed, be they there or not.
 * @returns none where the broker is too old to be asked so; errors are kafkajs'
 */
export async function deniedTopics(
  js: KafkaJs,
  topics: readonly string[],
): Promise<string[]> {
  const denied = await withCluster(js, (cluster) =>
    metadata(cluster, topics, decodeDeniedTopics),
  );
  return denied ?? [];
}

/**
 * The size of a topic's log in bytes, by partition: the largest of its replicas'.
 * @returns no size where the brokers are too old to tell any
 * @throws whatever kafkajs throws where a broker cannot be asked
 */
export async function logSizes(
  js: KafkaJs,
  topic: string,
  partitions: readonly number[],
): Promise<Map<number, number>> {
  const sizes = new Map<number, number>();
  await withCluster(js, async (cluster) => {
    for (const { nodeId } of cluster.brokerPool.metadata.brokers) {
      const broker = await cluster.findBroker({ nodeId: String(nodeId) });
      const found = await ask(broker, {
        api: DESCRIBE_LOG_DIRS,
        name: "DescribeLogDirs",
        bytes: encodeLogDirsRequest(topic, partitions),
        decode: decodeLogSizes,
      });
      for (const [partition, bytes] of found ?? [])
        sizes.set(partition, Math.max(bytes, sizes.get(partition) ?? 0));
    }
  });
  return sizes;
}

/**
 * What the cluster tells of topics, by name.
 * @returns undefined where the broker is too old to be asked so
 */
export const topicMetadata = (
  cluster: Cluster,
  topics: readonly string[],
): Promise<Map<string, TopicMetadata> | undefined> =>
  metadata(cluster, topics, decodeTopicMetadata);

const metadata = async <T>(
  cluster: Cluster,
  topics: readonly string[],
  decode: (answer: Buffer) => T,
): Promise<T | undefined> =>
  ask(await cluster.findControllerBroker(), {
    api: METADATA,
    name: "Metadata",
    bytes: encodeMetadataRequest(topics),
    decode,
  });

/**
 * What a broker tells of the offsets of partitions that it leads, by topic and partition: undefined where no record is of the time or later.
 * One request names each partition once. Where the broker refuses one partition, as it does not lead it any more, it tells of none.
 * @throws whatever kafkajs throws where the broker cannot be asked
 */
export async function listedOffsets(
  cluster: Cluster,
  nodeId: number,
  wanted: readonly WantedOffsets[],
): Promise<Map<string, Map<number, bigint | undefined>>> {
  const broker = await cluster.findBroker({ nodeId: String(nodeId) });
  try {
    const { responses } = await broker.listOffsets({
      isolationLevel: READ_UNCOMMITTED,
      topics: wanted.map(({ topic, partitions, time }) => ({
        topic,
        partitions: partitions.map((partition) => ({
          partition,
          timestamp: time,
        })),
      })),
    });
    return new Map(
      responses.map(({ topic, partitions }) => [
        topic,
        new Map(partitions.map((p) => [p.partition, offsetOf(p.offset)])),
      ]),
    );
  } catch (error) {
    if (error instanceof KafkaJSProtocolError) return new Map();
    throw error;
  }
}

/** An offset as kafkajs writes it, -1 where there is none. */
const offsetOf = (text: string): bigint | undefined =>
  BigInt(text) < 0n ? undefined : BigInt(text);

/** @returns undefined where the broker does not know the request in this version */
export async function ask<T>(
  broker: Broker,
  { api, name, bytes, decode }: RawRequest<T>,
): Promise<T | undefined> {
  if ((broker.versions[api.apiKey]?.maxVersion ?? -1) < api.apiVersion)
    return undefined;
  const connection = await broker.connectionPool.getConnection();
  return connection.send({
    request: {
      ...api,
      apiName: name,
      // What kafkajs takes from its own encoder: the bytes, under two names.
      encode: async () => ({ buf: bytes, buffer: bytes }),
    },
    response: {
      decode: async (answer) => decode(answer),
      parse: async (decoded) => decoded,
    },
  });
}

export async function withCluster<T>(
  js: KafkaJs,
  work: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const cluster = clusterOf(js);
  try {
    await cluster.connect();
    await cluster.refreshMetadataIfNecessary();
    return await work(cluster);
  } finally {
    await cluster.disconnect().catch(() => undefined);
  }
}

type MakeCluster = (options: {
  allowAutoTopicCreation?: boolean;
  isolationLevel?: number;
}) => Cluster;

/** kafkajs' clusters, by the symbol under which it keeps what makes them. @throws Error where another version hides them elsewhere */
function clustersOf(js: KafkaJs): {
  kept: Record<symbol, MakeCluster>;
  symbol: symbol;
} {
  const symbol = Object.getOwnPropertySymbols(js).find(
    ({ description }) => description === "private:Kafka:createCluster",
  );
  if (!symbol)
    throw new Error(
      "this version of kafkajs hides its clusters: version 2.2.4 is needed",
    );
  return { kept: js as unknown as Record<symbol, MakeCluster>, symbol };
}

/** A cluster as kafkajs makes it for its own clients. */
export function clusterOf(js: KafkaJs): Cluster {
  const { kept, symbol } = clustersOf(js);
  return kept[symbol]!({ allowAutoTopicCreation: false });
}

/**
 * Has a log's end told as it is. kafkajs asks for offsets as a reader of committed records, and is told where the oldest open transaction begins:
 * whatever lies behind it would count as never produced, and would be produced again. Consumers say themselves what they read.
 */
export function tellWholeLogs(js: KafkaJs): void {
  const { kept, symbol } = clustersOf(js);
  const make = kept[symbol]!;
  kept[symbol] = (options) =>
    make({ isolationLevel: READ_UNCOMMITTED, ...options });
}
