import type { Hour } from "./hour";

/** A Kafka partition's name, `<topic>/<partition>`: topics hold no slash. It is used in plans, workflow payloads and storage. */
export const partitionKey = (topic: string, partition: number): string =>
  `${topic}/${partition}`;

/** The inverse of {@link partitionKey}. */
export function parsePartitionKey(key: string): {
  topic: string;
  partition: number;
} {
  const slash = key.lastIndexOf("/");
  return {
    topic: key.slice(0, slash),
    partition: Number(key.slice(slash + 1)),
  };
}

/** A topic-hour's name, `<topic> 2018-07-05T03`: topics hold no space. */
export const topicHourKey = (topic: string, hour: Hour): string =>
  `${topic} ${hour}`;
