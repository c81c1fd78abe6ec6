import type { Config } from "./config";

/** The task queue of workflows and light activities. */
export const CONTROL_QUEUE = "control";
/** The task queue of hosts that submit jobs and move data. */
export const BULK_QUEUE = "bulk";

/** What a pipeline may be called: a part of task queues, of workflow ids and of paths on HDFS. */
export const PIPELINE_NAME = /^[a-z0-9][a-z0-9_-]{0,39}$/;

/**
 * What task queues, workflow ids and schedules of a pipeline begin with: nothing where a configuration is that of one pipeline without a name.
 * A pipeline is thus known by the task queue that a workflow or an activity runs on, and needs to be told to none of them.
 */
export const scopeOfPipeline = (pipeline: string | undefined): string =>
  pipeline === undefined ? "" : `${pipeline}/`;

/** What a task queue's name begins with, and with it all names of its pipeline. */
export const scopeOf = (queue: string): string =>
  queue.slice(0, queue.lastIndexOf("/") + 1);

/**
 * Where the one book of leases is kept, which all pipelines share: two of them may import the same topic, and one saga at a time may change it.
 * @param queue of the pipeline that asks
 */
export const leasesQueueOf = (queue: string): string =>
  scopeOf(queue) === "" ? queue : LEASES_QUEUE;
/** The task queue of the book of leases, where pipelines have names. */
export const LEASES_QUEUE = "leases";

/** The task queue of a host that has an archive of events. */
export const archiveQueueOf = (host: string): string => `archive@${host}`;

/** Every host that has an archive, by its name: the one that a configuration is for, and those that it names. */
export const archiveHostsOf = ({
  archive,
  search,
}: Pick<Config, "archive" | "search">): string[] => [
  ...new Set([...(archive ? [archive.host] : []), ...search.otherHosts]),
];

/** Where audits and plans are made, and searches joined: beside the archive, or else where the importer runs. */
export const auditQueueOf = ({ archive }: Pick<Config, "archive">): string =>
  archive ? archiveQueueOf(archive.host) : BULK_QUEUE;

/** The task queues that a saga of a configuration needs. @param scope of its pipeline */
export const sagaQueuesOf = (config: Config, scope: string): string[] =>
  [
    CONTROL_QUEUE,
    BULK_QUEUE,
    ...archiveHostsOf(config).map(archiveQueueOf),
  ].map((queue) => scope + queue);
