import { ConfigResourceTypes } from "kafkajs";
import { hiddenText } from "../../domain/audit/hidden-topics";
import { ServiceError } from "../errors";
import { partitionKey } from "../../lib/keys";
import { countRequest } from "../../lib/request-count";
import { KafkaConnection } from "./connection";
import { OffsetLookups } from "./offset-lookups";
import { deniedTopics, logSizes, topicIds } from "./raw-requests";
import {
  groupRights,
  topicRights,
  tryIdempotentProducer,
  tryTransactionalId,
  connectWithRight,
} from "./rights";
import {
  type Message,
  type Range,
  type ReadOptions,
  readRanges,
} from "./ranged-read";
import {
  type ProducerOptions,
  type TransactionalProducer,
} from "./transactional-producer";

/** What a partition holds: its first offset, and the one that the next record gets, committed or not; decimal strings, as they exceed 2^53. */
export type Offsets = { partition: number; low: string; high: string };

/** kafkajs' source of a config that is set on the topic itself (DescribeConfigs' ConfigSource), which its types leave out. */
const TOPIC_CONFIG = 1;

/** A Kafka cluster: its topics, their offsets and configs, and reads of ranges and transactions. Other producers are made with `js`. */
export class Kafka extends KafkaConnection {
  private readonly lookups = new OffsetLookups(this.js);

  /** The names of all topics. */
  topics(): Promise<string[]> {
    return this.withAdmin((admin) => admin.listTopics());
  }

  /**
   * Those of some topics, which are not listed, that brokers hide for want of rights: of these nobody knows whether they are there.
   * @throws ServiceError where the brokers do not answer
   */
  async denied(topics: readonly string[]): Promise<Set<string>> {
    if (topics.length === 0) return new Set();
    countRequest("Kafka");
    return new Set(await this.calling(() => deniedTopics(this.js, topics)));
  }

  /**
   * To be asked of topics that are not listed, before they count as gone.
   * @throws ServiceError where brokers hide one of them, or do not answer
   */
  async refuseHidden(topics: readonly string[]): Promise<void> {
    const hidden = [...(await this.denied(topics))].sort();
    if (hidden.length === 0) return;
    const address = this.brokers.join(",");
    throw new ServiceError("Kafka", address, hiddenText(hidden), undefined);
  }

  /** What may be done with some topics, and with the cluster: see {@link topicRights}. @throws ServiceError */
  topicRights(topics: readonly string[]) {
    return this.calling(() => topicRights(this.js, topics));
  }

  /** What may be done with a group: see {@link groupRights}. @throws ServiceError */
  groupRights(group: string) {
    return this.calling(() => groupRights(this.js, group));
  }

  /**
   * Has Kafka give an idempotent producer its id, or one with a transactional id: see {@link tryTransactionalId}. Nothing is produced.
   * @throws ServiceError where that is refused
   */
  tryProducer(transactionalId?: string): Promise<void> {
    return this.calling(() =>
      transactionalId === undefined
        ? tryIdempotentProducer(this.js)
        : tryTransactionalId(this.js, transactionalId),
    );
  }

  /** Each partition's offsets, by partition number. */
  async offsets(topic: string): Promise<Offsets[]> {
    countRequest("Kafka", 3);
    const found = await this.withAdmin(
      (admin) => admin.fetchTopicOffsets(topic),
      topic,
    );
    return found
      .map(({ partition, low, high }) => ({ partition, low, high }))
      .sort((a, b) => a.partition - b.partition);
  }

  /** Where a consumer group goes on, by `<topic>/<partition>`, decimal strings; nothing where it has committed nothing, or there is none. */
  async groupOffsets(groupId: string): Promise<Map<string, string>> {
    countRequest("Kafka", 2);
    const found = await this.withAdmin((admin) =>
      admin.fetchOffsets({ groupId }),
    );
    return new Map(
      found.flatMap(({ topic, partitions }) =>
        partitions
          // -1 where there is none.
          .filter(({ offset }) => BigInt(offset) >= 0n)
          .map(({ partition, offset }) => [
            partitionKey(topic, partition),
            offset,
          ]),
      ),
    );
  }

  /** Each partition's first offset whose timestamp is at or after a time (epoch ms); its log end where there is none. */
  async offsetsAt(topic: string, ms: number): Promise<Map<number, bigint>> {
    const told = await this.lookups.at(topic, ms);
    if (told) return told;
    countRequest("Kafka", 3);
    const found = await this.withAdmin(
      (admin) => admin.fetchTopicOffsetsByTimestamp(topic, ms),
      topic,
    );
    return new Map(
      found.map(({ partition, offset }) => [partition, BigInt(offset)]),
    );
  }

  override async close(): Promise<void> {
    await Promise.all([super.close(), this.lookups.close()]);
  }

  /**
   * The ids of topics by name: a topic that was made anew has another one. Brokers before 2.8 have none.
   * @throws ServiceError where the brokers do not answer
   */
  topicIds(topics: readonly string[]): Promise<Map<string, string>> {
    countRequest("Kafka");
    return this.calling(() => topicIds(this.js, topics));
  }

  /** The size of each partition's log in bytes, by partition; none where they cannot be told. */
  async logSizes(
    topic: string,
    partitions: readonly number[],
  ): Promise<Map<number, number>> {
    countRequest("Kafka");
    return logSizes(this.js, topic, partitions).catch(
      () => new Map<number, number>(),
    );
  }

  /** Reads offset ranges of several topics, committed records only where nothing else is said: see {@link readRanges}. */
  read(
    ranges: Map<string, Range[]>,
    each: (message: Message) => Promise<void> | void,
    beat?: () => void,
    options?: ReadOptions,
  ): Promise<void> {
    return readRanges(this, ranges, each, beat, options);
  }

  /** Connects a producer that fences every older one of this id: see {@link connectWithRight}. */
  transactionalProducer(
    transactionalId: string,
    options: ProducerOptions,
  ): Promise<TransactionalProducer> {
    return connectWithRight(this.js, transactionalId, options);
  }

  /** The effective configs of one topic, the cluster's defaults included; empty where there is no such topic. */
  async topicConfig(topic: string): Promise<Record<string, string>> {
    return (await this.topicConfigs([topic])).get(topic) ?? {};
  }

  /** The effective configs of many topics by name, in one request. */
  async topicConfigs(
    topics: string[],
  ): Promise<Map<string, Record<string, string>>> {
    // Brokers refuse a request about nothing.
    if (topics.length === 0) return new Map();
    countRequest("Kafka");
    const found = await this.withAdmin((admin) =>
      admin.describeConfigs({
        includeSynonyms: false,
        resources: topics.map((name) => ({
          type: ConfigResourceTypes.TOPIC,
          name,
        })),
      }),
    );
    return new Map(
      found.resources.map(({ resourceName, configEntries }) => [
        resourceName,
        Object.fromEntries(
          configEntries.map(({ configName, configValue }) => [
            configName,
            configValue,
          ]),
        ),
      ]),
    );
  }

  /** The configs that are set on one topic itself, without the cluster's defaults. */
  async ownConfig(topic: string): Promise<Record<string, string>> {
    const found = await this.withAdmin((admin) =>
      admin.describeConfigs({
        includeSynonyms: true,
        resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
      }),
    );
    const entries = (found.resources[0]?.configEntries ?? []) as unknown as {
      configName: string;
      configValue: string;
      configSource: number;
    }[];
    return Object.fromEntries(
      entries
        .filter(({ configSource }) => configSource === TOPIC_CONFIG)
        .map(({ configName, configValue }) => [configName, configValue]),
    );
  }

  /**
   * Sets one config of a topic, or with undefined unsets it. The topic's other configs are sent along, as the protocol's AlterConfigs
   * takes away whatever it is not given.
   */
  async setTopicConfig(
    topic: string,
    name: string,
    value: string | undefined,
  ): Promise<void> {
    const own = await this.ownConfig(topic);
    if (own[name] === value) return;
    const { [name]: _replaced, ...others } = own;
    const wanted = value === undefined ? others : { ...others, [name]: value };
    await this.withAdmin((admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: ConfigResourceTypes.TOPIC,
            name: topic,
            configEntries: Object.entries(wanted).map(([key, text]) => ({
              name: key,
              value: text,
            })),
          },
        ],
      }),
    );
  }
}
