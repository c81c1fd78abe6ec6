import type { Kafka as KafkaJs } from "kafkajs";
import {
  decodeGroupRights,
  decodeTopicRights,
  encodeGroupRightsRequest,
  encodeTopicRightsRequest,
  GROUP_RIGHTS,
  type Operations,
  TOPIC_RIGHTS,
  type ToldRights,
} from "../../formats/kafka/rights";
import { ask, type Broker, type Cluster, withCluster } from "./raw-requests";
import { Explained } from "../errors";
import {
  connectTransactionalProducer,
  type ProducerOptions,
  type TransactionalProducer,
} from "./transactional-producer";

/** Topics of one request: thousands would make an answer of many megabytes. */
const TOPICS = 500;

/** kafkajs' types of coordinators, where it looks one up. */
const COORDINATOR = { group: 0, transaction: 1 } as const;

/** How long a broker waits for a transaction, which the check never begins. */
const TRANSACTION_MS = 60_000;

/**
 * What may be done with some topics, and with the cluster; nothing is done with them.
 * @returns undefined where the brokers are too old to tell (before 2.3)
 * @throws whatever kafkajs throws where a broker cannot be asked
 */
export const topicRights = (
  js: KafkaJs,
  topics: readonly string[],
): Promise<ToldRights | undefined> =>
  withCluster(js, async (cluster) => {
    const broker = await cluster.findControllerBroker();
    const all: ToldRights = { topics: new Map(), cluster: undefined };
    // Without topics it is asked, too: of the cluster.
    for (let from = 0; from === 0 || from < topics.length; from += TOPICS) {
      const told = await ask(broker, {
        api: TOPIC_RIGHTS,
        name: "Metadata",
        bytes: encodeTopicRightsRequest(topics.slice(from, from + TOPICS)),
        decode: decodeTopicRights,
      });
      if (!told) return undefined;
      for (const [topic, rights] of told.topics) all.topics.set(topic, rights);
      all.cluster = told.cluster;
    }
    return all;
  });

/**
 * Asks one broker for a coordinator. kafkajs' own way asks all of them, and drops why they refuse.
 * @throws kafkajs' error where who asks must not know of the group or the transactional id; whatever else is left to kafkajs' own way
 */
async function mustNotBeRefused(
  cluster: Cluster,
  groupId: string,
  coordinatorType: number,
): Promise<void> {
  const broker = (await cluster.findControllerBroker()) as Broker & {
    findGroupCoordinator(asked: {
      groupId: string;
      coordinatorType: number;
    }): Promise<unknown>;
  };
  await broker
    .findGroupCoordinator({ groupId, coordinatorType })
    .catch((error: { type?: string }) => {
      if (error.type?.endsWith("AUTHORIZATION_FAILED")) throw error;
    });
}

/**
 * What may be done with a group, which need not be there and is not made.
 * @returns undefined where the brokers do not tell
 * @throws whatever kafkajs throws, as where the group must not be known of
 */
export const groupRights = (js: KafkaJs, group: string): Promise<Operations> =>
  withCluster(js, async (cluster) => {
    await mustNotBeRefused(cluster, group, COORDINATOR.group);
    const coordinator = await cluster.findGroupCoordinator({
      groupId: group,
      coordinatorType: COORDINATOR.group,
    });
    return ask(coordinator, {
      api: GROUP_RIGHTS,
      name: "DescribeGroups",
      bytes: encodeGroupRightsRequest(group),
      decode: decodeGroupRights,
    });
  });

/**
 * Has Kafka give a transactional id a producer, with which nothing is produced. Kafka remembers the id for some days.
 * @throws whatever kafkajs throws where that is refused
 */
export async function tryTransactionalId(
  js: KafkaJs,
  transactionalId: string,
): Promise<void> {
  await withCluster(js, (cluster) =>
    mustNotBeRefused(cluster, transactionalId, COORDINATOR.transaction),
  );
  const producer = await connectTransactionalProducer(js, transactionalId, {
    transactionTimeoutMs: TRANSACTION_MS,
  });
  await producer.disconnect();
}

/**
 * Like {@link connectTransactionalProducer}; where the right to the transactional id is lacking, that is said. kafkajs says only that there is no
 * coordinator. The brokers are asked why after a failure alone.
 */
export async function connectWithRight(
  js: KafkaJs,
  transactionalId: string,
  options: ProducerOptions,
): Promise<TransactionalProducer> {
  try {
    return await connectTransactionalProducer(js, transactionalId, options);
  } catch (error) {
    const { type } = await withCluster(js, (cluster) =>
      mustNotBeRefused(cluster, transactionalId, COORDINATOR.transaction),
    ).then(
      () => error as { type?: string },
      (refused: { type?: string }) => refused,
    );
    if (!type?.endsWith("AUTHORIZATION_FAILED")) throw error;
    throw Object.assign(
      new Explained(
        `${type}: the right Write on the transactional id ${transactionalId} is lacking; \`config check\` tells what to ask for`,
      ),
      { type },
    );
  }
}

/** Has the cluster give a producer id, as an idempotent producer does before it produces anything. Nothing is kept of it. */
export async function tryIdempotentProducer(js: KafkaJs): Promise<void> {
  const producer = js.producer({ idempotent: true });
  try {
    await producer.connect();
  } finally {
    await producer.disconnect();
  }
}
