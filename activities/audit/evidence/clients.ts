import type { Config } from "../../../domain/settings/config";
import type { Policy } from "../../../domain/settings/policy";
import type { Hour, HourRange } from "../../../lib/hour";
import type { EventArchive } from "../../../clients/event-archive";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import type { Hive } from "../../../clients/hive/hive";
import type { Kafka } from "../../../clients/kafka/kafka";
import type { Importer } from "../../../importers/importer";
import type { LogPasts } from "./log-pasts";
import type { MarkersByTopic } from "./markers";

/** What is asked once for a batch of topics. */
export type SharedClients = {
  kafka: Kafka;
  source: Importer;
  archive: EventArchive;
  /** Offsets without a record that replays left, by topic. */
  markers: () => Promise<MarkersByTopic>;
  /** How many canaries were produced in a range, by topic and hour. */
  canaries: (range: HourRange) => Promise<Map<string, Map<Hour, number>>>;
  /** What became of topics' logs, which every audit must know. */
  pasts: Pick<LogPasts, "read">;
  config: Pick<Config, "archive">;
};

/** What is asked for each topic. */
export type TopicClients = {
  pasts: Pick<LogPasts, "keep">;
  kafka: Kafka;
  hdfs: Hdfs;
  hive: Hive;
  source: Importer;
  policyOf: (topic: string) => Policy;
  config: Pick<Config, "refine">;
};

/** What the raw hours are read from. */
export type RawClients = Pick<TopicClients, "hdfs" | "source">;

/** What the raw and refined hours are read from. */
export type FileClients = RawClients & Pick<TopicClients, "config">;

/** All that reading evidence asks, for topics that are named as Kafka names them. */
export type EvidenceClients = SharedClients &
  TopicClients & { config: Pick<Config, "archive" | "naming" | "refine"> };
