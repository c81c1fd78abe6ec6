import type { Producer } from "kafkajs";
import type { Canary } from "../../domain/audit/canary";
import type { Config } from "../../domain/settings/config";
import { datasetOf } from "../../domain/settings/dataset";
import { wholeMatch } from "../../domain/settings/regex-text";
import {
  canaryMessage,
  withoutExample,
} from "../../domain/audit/canary-message";
import { CANARY_HEADER } from "../../formats/eventlogging/canary-event";
import { fatal } from "../../clients/errors";
import type { Kafka } from "../../clients/kafka/kafka";
import type { Storage } from "../../clients/storage";
import { canaryPlaces } from "../../clients/storage-layout";
import type { Hour } from "../../lib/hour";

type ProduceClients = {
  kafka: Kafka;
  storage: Storage;
  config: Pick<Config, "canary" | "events" | "naming">;
};

/** Where each topic's partitions ended before an hour's canaries were produced. */
type Starts = Record<string, { partition: number; from: string }[]>;

/**
 * Produces an hour's canaries, each once. Before the first one, the topics' log ends are stored: an attempt after the first reads from
 * there what the earlier ones had landed.
 */
export async function produceCanariesOnce(
  clients: ProduceClients,
  hour: Hour,
  isFirstAttempt: boolean,
  beat: () => void,
): Promise<Canary[]> {
  const { kafka, storage } = clients;
  const topics = await canaryTopics(clients);
  const done = await storage.read(canaryPlaces.ofHour(hour));
  if (done !== undefined) return done;
  const unmade = withoutExample(topics, clients.config);
  if (unmade.length > 0)
    throw fatal(
      "InvalidInput",
      `canary.examples has no event for ${unmade.join(", ")}: give one there, or leave the topic out of canary.topics`,
    );
  const starts =
    (await storage.read(canaryPlaces.starts(hour))) ??
    (await storeStarts(clients, topics, hour));
  const landed = isFirstAttempt
    ? []
    : await landedSince(kafka, starts, hour, beat);
  const left = topics.filter(
    (topic) => !landed.some((canary) => canary.topic === topic),
  );
  const canaries = [...landed, ...(await produce(clients, left, hour))];
  await storage.write(canaryPlaces.ofHour(hour), canaries);
  return canaries;
}

/** Topics that get canaries: the configuration names them, and they have a dataset. */
async function canaryTopics({
  kafka,
  config,
}: ProduceClients): Promise<string[]> {
  const wanted = wholeMatch(config.canary.topics);
  return (await kafka.topics()).filter(
    (topic) => wanted.test(topic) && datasetOf(topic, config.naming),
  );
}

async function storeStarts(
  { kafka, storage }: ProduceClients,
  topics: string[],
  hour: Hour,
): Promise<Starts> {
  const starts: Starts = {};
  for (const topic of topics)
    starts[topic] = (await kafka.offsets(topic)).map(({ partition, high }) => ({
      partition,
      from: high,
    }));
  await storage.write(canaryPlaces.starts(hour), starts);
  return starts;
}

/** The hour's canaries that lie in Kafka after the given starts, one a topic. */
async function landedSince(
  kafka: Kafka,
  starts: Starts,
  hour: Hour,
  beat: () => void,
): Promise<Canary[]> {
  const ranges = new Map<
    string,
    { partition: number; from: string; to: string }[]
  >();
  for (const [topic, partitions] of Object.entries(starts)) {
    const now = await kafka.offsets(topic);
    ranges.set(
      topic,
      partitions.map((start) => ({
        ...start,
        to: now.find((o) => o.partition === start.partition)!.high,
      })),
    );
  }
  const landed = new Map<string, Canary>();
  await kafka.read(
    ranges,
    ({ topic, partition, offset, headers }) => {
      if (headers[CANARY_HEADER] === hour)
        landed.set(topic, { topic, partition, offset });
    },
    beat,
    // Canaries are no part of a transaction, and must not wait for another producer's.
    { uncommitted: true },
  );
  return [...landed.values()];
}

/** Produces one canary into each topic. */
function produce(
  { kafka, config }: ProduceClients,
  topics: string[],
  hour: Hour,
): Promise<Canary[]> {
  const producer = kafka.js.producer({ idempotent: true });
  return kafka.calling(async () => {
    try {
      await producer.connect();
      const canaries: Canary[] = [];
      for (const topic of topics) {
        const message = canaryMessage(topic, hour, config);
        canaries.push(await sendCanary(producer, topic, message, hour));
      }
      return canaries;
    } finally {
      await producer.disconnect();
    }
  });
}

async function sendCanary(
  producer: Producer,
  topic: string,
  { event, ms }: ReturnType<typeof canaryMessage>,
  hour: Hour,
): Promise<Canary> {
  const [sent] = await producer.send({
    topic,
    acks: -1,
    messages: [
      {
        value: JSON.stringify(event),
        timestamp: String(ms),
        headers: { [CANARY_HEADER]: hour },
      },
    ],
  });
  return { topic, partition: sent!.partition, offset: sent!.baseOffset! };
}
