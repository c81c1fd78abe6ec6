/** Who needs a right. */
export const NEEDED_BY = ["audits", "sagas", "canaries"] as const;
export type NeededBy = (typeof NEEDED_BY)[number];

export type Service =
  "Kafka" | "HDFS" | "YARN" | "Hive metastore" | "MySQL" | "Temporal";

type RightRow = {
  service: Service;
  /** What kind of thing it is a right on, and which of them. */
  resource: string;
  name: string;
  operation: string;
  /** Nobody where the work is done without it, and some of it less well. */
  neededBy: readonly NeededBy[];
  /** What for, for people. */
  purpose: string;
};

const TOPICS = "those of `naming.topicPattern`";
const PREFIXED = "those that begin `sisyphus-`";
const BELOW = "list and read, on all below";

/**
 * The rights that Sisyphus needs, and no others. docs/permissions.md has a row for each, which a test compares; `sisyphus config check` tries
 * each, where it can be tried.
 */
export const RIGHTS = {
  topicDescribe: {
    service: "Kafka",
    resource: "topic",
    name: TOPICS,
    operation: "Describe",
    neededBy: [...NEEDED_BY],
    purpose: "names, partitions, offsets, also by time",
  },
  topicDescribeConfigs: {
    service: "Kafka",
    resource: "topic",
    name: TOPICS,
    operation: "DescribeConfigs",
    neededBy: ["audits", "sagas"],
    purpose: "retention, and what differs from what is expected",
  },
  topicRead: {
    service: "Kafka",
    resource: "topic",
    name: TOPICS,
    operation: "Read",
    neededBy: [...NEEDED_BY],
    purpose: "records that are to be told apart from markers",
  },
  topicWrite: {
    service: "Kafka",
    resource: "topic",
    name: TOPICS,
    operation: "Write",
    neededBy: ["sagas"],
    purpose: "the replay",
  },
  canaryWrite: {
    service: "Kafka",
    resource: "topic",
    name: "those of `canary.topics`",
    operation: "Write",
    neededBy: ["canaries"],
    purpose: "canaries, where they are configured",
  },
  topicAlterConfigs: {
    service: "Kafka",
    resource: "topic",
    name: TOPICS,
    operation: "AlterConfigs",
    neededBy: ["sagas"],
    purpose: "`retention.ms` while a saga goes on",
  },
  groupRead: {
    service: "Kafka",
    resource: "group",
    name: PREFIXED,
    operation: "Read",
    neededBy: [...NEEDED_BY],
    purpose: "each read is a group of its own for as long",
  },
  groupDelete: {
    service: "Kafka",
    resource: "group",
    name: PREFIXED,
    operation: "Delete",
    neededBy: [...NEEDED_BY],
    purpose: "each read takes its group away",
  },
  connectGroupDescribe: {
    service: "Kafka",
    resource: "group",
    name: "`connect-` and `importer.connect.connector`",
    operation: "Describe",
    neededBy: ["audits", "sagas"],
    purpose: "where Kafka Connect's sink is, where it is configured",
  },
  transactionalIdWrite: {
    service: "Kafka",
    resource: "transactional id",
    name: PREFIXED,
    operation: "Write",
    neededBy: ["sagas"],
    purpose: "each event once",
  },
  idempotentWrite: {
    service: "Kafka",
    resource: "cluster",
    name: "before Kafka 2.8",
    operation: "IdempotentWrite",
    neededBy: ["canaries"],
    purpose: "canaries; since 2.8 a right to write is enough",
  },
  clusterDescribe: {
    service: "Kafka",
    resource: "cluster",
    name: "that of the brokers",
    operation: "Describe",
    neededBy: [],
    purpose:
      "sizes of logs: without it one with `retention.bytes` counts as full",
  },
  rawRead: {
    service: "HDFS",
    resource: "the importer's folder of raw hours",
    name: "`naming.rawPath`",
    operation: BELOW,
    neededBy: [...NEEDED_BY],
    purpose: "what was imported",
  },
  historyRead: {
    service: "HDFS",
    resource: "the importer's runs",
    name: "`importer.historyPath`",
    operation: "list and read",
    neededBy: [...NEEDED_BY],
    purpose: "where the importer is",
  },
  historyWrite: {
    service: "HDFS",
    resource: "the importer's runs",
    name: "`importer.historyPath`",
    operation: "write",
    neededBy: ["sagas"],
    purpose: "a reset moves runs aside",
  },
  refinedRead: {
    service: "HDFS",
    resource: "the tables' folders",
    name: "`naming.refinedPath`",
    operation: BELOW,
    neededBy: [...NEEDED_BY],
    purpose: "flags and rows",
  },
  refinedWrite: {
    service: "HDFS",
    resource: "the tables' folders",
    name: "`naming.refinedPath`",
    operation: "write, on all below",
    neededBy: ["sagas"],
    purpose: "done flags are moved away and put back",
  },
  storageWrite: {
    service: "HDFS",
    resource: "Sisyphus' own folder",
    name: "`storage.path`",
    operation: "write",
    neededBy: [...NEEDED_BY],
    purpose: "plans, reports, memory of audits",
  },
  logsRead: {
    service: "HDFS",
    resource: "aggregated logs of who runs Refine",
    name: "`yarn.logDir`",
    operation: "list and read",
    neededBy: ["sagas"],
    purpose: "what Refine says of each partition",
  },
  queueSubmit: {
    service: "YARN",
    resource: "a queue",
    name: "the one that `refine.submit` names",
    operation: "submit applications",
    neededBy: ["sagas"],
    purpose: "Refine",
  },
  applicationKill: {
    service: "YARN",
    resource: "one's own applications",
    name: "by their tags",
    operation: "kill",
    neededBy: ["sagas"],
    purpose: "what was stopped must not go on",
  },
  tablesRead: {
    service: "Hive metastore",
    resource: "the tables",
    name: "`naming.database`",
    operation: "read tables and partitions",
    neededBy: [...NEEDED_BY],
    purpose: "what is queryable",
  },
  mysqlSelect: {
    service: "MySQL",
    resource: "the tables of events",
    name: "`mysql.database`",
    operation: "SELECT",
    neededBy: ["sagas"],
    purpose: "missing events, where it is configured",
  },
  namespace: {
    service: "Temporal",
    resource: "a namespace",
    name: "`TEMPORAL_NAMESPACE`",
    operation: "use",
    neededBy: [...NEEDED_BY],
    purpose: "everything runs in it",
  },
  searchAttributes: {
    service: "Temporal",
    resource: "search attributes",
    name: "those of temporal-config",
    operation: "exist",
    neededBy: [...NEEDED_BY],
    purpose: "without them no workflow starts",
  },
} as const satisfies Record<string, RightRow>;

export type RightId = keyof typeof RIGHTS;
export const RIGHT_IDS = Object.keys(RIGHTS) as RightId[];

/** What came of trying a right. */
export type Outcome =
  | { state: "ok"; why?: string }
  | {
      state: "MISSING";
      why: string;
      /** What to ask for, as whoever may grant it can run it. */
      grant: string[];
    }
  /** Something stood in the way that may go: it is tried when the check is run again. */
  | { state: "not tried"; why: string; todo: string }
  /** The service tells it to nobody, or not to Sisyphus: somebody else has to be asked. */
  | { state: "not told"; why: string; todo: string };

/** What was tried, by right; those that a configuration has no use for are left out. */
export type Outcomes = Partial<Record<RightId, Outcome>>;

/** A right and what came of trying it, for people and scripts. */
export type CheckedRight = Outcome & {
  id: RightId;
  service: Service;
  right: string;
  neededBy: readonly NeededBy[];
  /** Whether the demand names somebody who needs it. */
  isNeeded: boolean;
};

/** Each right that was tried, in the table's order. @param demand who is to work */
export const checkedRights = (
  outcomes: Outcomes,
  demand: readonly NeededBy[],
): CheckedRight[] =>
  RIGHT_IDS.flatMap((id) => {
    const outcome = outcomes[id];
    if (!outcome) return [];
    const { service, resource, name, operation, neededBy } = RIGHTS[id];
    const right = `${operation}: ${resource}, ${name.replaceAll("`", "")}`;
    const isNeeded = neededBy.some((who) => demand.includes(who));
    return [{ id, service, right, neededBy, isNeeded, ...outcome }];
  });

/** Whether somebody of the demand lacks something. */
export const isLacking = (rights: readonly CheckedRight[]): boolean =>
  rights.some(({ state, isNeeded }) => state === "MISSING" && isNeeded);

/** Whether somebody of the demand needs a right that could not be tried this time. What is told to nobody stays so, and does not count. */
export const isUntried = (rights: readonly CheckedRight[]): boolean =>
  rights.some(({ state, isNeeded }) => state === "not tried" && isNeeded);
