import type { Kafka as KafkaJs } from "kafkajs";
import {
  decodeTopicIds,
  encodeMetadataRequest,
  METADATA,
} from "../../formats/kafka/metadata";

/** A broker's connection, as far as it is used here: kafkajs 2.2.4's own, which its types leave out. */
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
type Broker = {
  versions: Record<number, { maxVersion: number }>;
  connectionPool: { getConnection(): Promise<Connection> };
};
type Cluster = {
  connect(): Promise<void>;
  refreshMetadataIfNecessary(): Promise<void>;
  disconnect(): Promise<void>;
  findControllerBroker(): Promise<Broker>;
};

/**
 * The ids of topics, as 32 hex digits by name: a topic of the same name that was made anew has another one. kafkajs speaks no version of
 * Metadata that tells it, so the request goes over a connection of its own.
 * @returns no id where the broker is too old to give any
 * @throws whatever kafkajs throws where the broker cannot be asked
 */
export async function topicIds(
  js: KafkaJs,
  topics: readonly string[],
): Promise<Map<string, string>> {
  const cluster = clusterOf(js);
  if (!cluster || topics.length === 0) return new Map();
  try {
    await cluster.connect();
    await cluster.refreshMetadataIfNecessary();
    const broker = await cluster.findControllerBroker();
    const { apiKey, apiVersion } = METADATA;
    if ((broker.versions[apiKey]?.maxVersion ?? 0) < apiVersion)
      return new Map();
    const request = encodeMetadataRequest(topics);
    const connection = await broker.connectionPool.getConnection();
    return await connection.send({
      request: {
        apiKey,
        apiVersion,
        apiName: "Metadata",
        // What kafkajs takes from its own encoder: the bytes, under two names.
        encode: async () => ({ buf: request, buffer: request }),
      },
      response: {
        decode: async (bytes) => decodeTopicIds(bytes),
        parse: async (ids) => ids,
      },
    });
  } finally {
    await cluster.disconnect().catch(() => undefined);
  }
}

/** The clusters that kafkajs makes for its own clients; undefined where another version hides them elsewhere. */
function clusterOf(js: KafkaJs): Cluster | undefined {
  const symbol = Object.getOwnPropertySymbols(js).find(
    ({ description }) => description === "private:Kafka:createCluster",
  );
  const make = symbol && (js as unknown as Record<symbol, unknown>)[symbol];
  return typeof make === "function"
    ? (make({ allowAutoTopicCreation: false }) as Cluster)
    : undefined;
}
