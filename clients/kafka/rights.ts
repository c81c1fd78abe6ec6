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
import { ask, withCluster } from "./raw-requests";

/** Topics of one request: thousands would make an answer of many megabytes. */
const TOPICS = 500;

/** kafkajs' type of a group's coordinator, where it looks one up. */
const GROUP_COORDINATOR = 0;

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
 * What may be done with a group, which need not be there and is not made.
 * @returns undefined where the brokers do not tell
 * @throws whatever kafkajs throws, as where the group must not be known of
 */
export const groupRights = (js: KafkaJs, group: string): Promise<Operations> =>
  withCluster(js, async (cluster) =>
    ask(
      await cluster.findGroupCoordinator({
        groupId: group,
        coordinatorType: GROUP_COORDINATOR,
      }),
      {
        api: GROUP_RIGHTS,
        name: "DescribeGroups",
        bytes: encodeGroupRightsRequest(group),
        decode: decodeGroupRights,
      },
    ),
  );
