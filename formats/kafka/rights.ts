import { AnswerReader } from "./answer-reader";
import { int32, string } from "./request-parts";

/**
 * The bytes of two requests in which brokers tell what who asks may do (KIP-430, Kafka 2.3): the protocol guide's "Metadata Request (Version:
 * 8)" and "DescribeGroups Request (Version: 3)". Later versions of the first leave out what may be done with the cluster.
 */
export const TOPIC_RIGHTS = { apiKey: 3, apiVersion: 8 } as const;
export const GROUP_RIGHTS = { apiKey: 15, apiVersion: 3 } as const;

/** Operations by Kafka's numbers of them (AclOperation), as its tools write them. */
const OPERATIONS = {
  3: "Read",
  4: "Write",
  5: "Create",
  6: "Delete",
  7: "Alter",
  8: "Describe",
  9: "ClusterAction",
  10: "DescribeConfigs",
  11: "AlterConfigs",
  12: "IdempotentWrite",
} as const;
export type KafkaOperation = (typeof OPERATIONS)[keyof typeof OPERATIONS];

/** What may be done; undefined where the broker does not tell. */
export type Operations = ReadonlySet<KafkaOperation> | undefined;

const NOT_TOLD = -(2 ** 31);

const operationsOf = (bits: number): Operations =>
  bits === NOT_TOLD
    ? undefined
    : new Set(
        Object.entries(OPERATIONS).flatMap(([number, name]) =>
          ((bits >>> Number(number)) & 1) === 1 ? [name] : [],
        ),
      );

/** A request for topics by name, none of which is created, and for what may be done with them and with the cluster. */
export const encodeTopicRightsRequest = (topics: readonly string[]): Buffer =>
  Buffer.concat([
    int32(topics.length),
    ...topics.map(string),
    Buffer.from([0, 1, 1]),
  ]);

/** A request for one group, be it there or not, and for what may be done with it. */
export const encodeGroupRightsRequest = (group: string): Buffer =>
  Buffer.concat([int32(1), string(group), Buffer.from([1])]);

export type ToldRights = {
  /** Topics that are hidden, or are not there, may nothing be done with. */
  topics: Map<string, { isHidden: boolean; operations: Operations }>;
  cluster: Operations;
};

/** TOPIC_AUTHORIZATION_FAILED: the topic may be there, and who asks must not know. */
const HIDDEN = 29;
const UNKNOWN_TOPIC = 3;

/** @throws FormatError where the bytes are no such answer */
export function decodeTopicRights(bytes: Buffer): ToldRights {
  const reader = new AnswerReader(bytes);
  reader.int32(); // throttle time
  reader.times(() => {
    reader.int32(); // node
    reader.text(); // host
    reader.int32(); // port
    reader.textOrNull(); // rack
  });
  reader.textOrNull(); // cluster
  reader.int32(); // controller
  const topics: ToldRights["topics"] = new Map();
  reader.times(() => {
    const error = reader.int16();
    const name = reader.text();
    reader.take(1); // whether it is internal
    reader.times(() => {
      reader.int16(); // error
      reader.take(12); // partition, leader, its epoch
      for (let i = 0; i < 3; i++) reader.times(reader.int32); // replicas: all, in sync, offline
    });
    const operations = operationsOf(reader.int32());
    if (error === UNKNOWN_TOPIC) return;
    const isHidden = error === HIDDEN;
    topics.set(name, {
      isHidden,
      operations: isHidden ? new Set() : operations,
    });
  });
  return { topics, cluster: operationsOf(reader.int32()) };
}

/** GROUP_AUTHORIZATION_FAILED. */
const DENIED = 30;

/** What may be done with the group that was asked for. @throws FormatError where the bytes are no such answer */
export function decodeGroupRights(bytes: Buffer): Operations {
  const reader = new AnswerReader(bytes);
  reader.int32(); // throttle time
  let told: Operations;
  reader.times(() => {
    const error = reader.int16();
    reader.text(); // the group
    reader.text(); // its state
    reader.text(); // the protocol's type
    reader.text(); // the protocol
    reader.times(() => {
      reader.text(); // member
      reader.text(); // client
      reader.text(); // host
      reader.take(reader.int32()); // what it told
      reader.take(reader.int32()); // what it was given
    });
    const operations = operationsOf(reader.int32());
    if (error === DENIED) told = new Set();
    else if (error === 0) told = operations;
  });
  return told;
}
