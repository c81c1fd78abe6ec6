import type { Config } from "./config";

/** The task queue of workflows and light activities. */
export const CONTROL_QUEUE = "control";
/** The task queue of hosts that submit jobs and move data. */
export const BULK_QUEUE = "bulk";

/** The task queue of a host that has an archive of events. */
export const archiveQueueOf = (host: string): string => `archive@${host}`;

/** Every host that has an archive, by its name: the one that a configuration is for, and those that it names. */
export const archiveHostsOf = ({
  archive,
  search,
}: Pick<Config, "archive" | "search">): string[] => [
  ...new Set([archive.host, ...search.otherHosts]),
];

/** The task queues that a saga of a configuration needs. */
export const sagaQueuesOf = (config: Config): string[] => [
  CONTROL_QUEUE,
  BULK_QUEUE,
  ...archiveHostsOf(config).map(archiveQueueOf),
];
