import type { clientsOf } from "../../clients/cluster";
import type { Kafka } from "../../clients/kafka/kafka";
import type { EventMysql } from "../../clients/mysql";
import { configDigest } from "../../domain/settings/config-digest";
import type { Config } from "../../domain/settings/config";
import { datasetOf } from "../../domain/settings/dataset";
import {
  sagaQueuesOf,
  scopeOfPipeline,
} from "../../domain/settings/task-queues";
import { isRefined } from "../../domain/settings/stages";
import { readIdentity } from "../../domain/settings/worker-identity";
import {
  type ConnectReads,
  connectorState,
} from "../../importers/connect/reading";
import { within } from "../../lib/within";
import { connectClient } from "../../workers/connection";
import { withClient } from "../client";
import { workersOf } from "../workers";

/** Asks a system for something small. Its answer is a few words for the table. @throws Error where it does not answer */
type Check = () => Promise<string>;

/** Kafka's client asks for a while until it gives up. */
const DEADLINE_MS = 60_000;

/** Each system that the configuration names, in the order in which the table shows them. */
function checksOf(
  config: Config,
  clients: ReturnType<typeof clientsOf>,
  kafka: Kafka,
): Record<string, Check> {
  const hdfs = clients.hdfs();
  return {
    Temporal: async () => {
      const client = await connectClient();
      await client.connection.close();
      return "answers";
    },
    Kafka: async () => {
      const topics = await kafka.topics();
      const covered = topics.filter((topic) => datasetOf(topic, config.naming));
      if (covered.length === 0)
        throw new Error(
          `none of the ${topics.length} topics that are to be seen matches naming.topicPattern: a right to describe them may be lacking (docs/permissions.md)`,
        );
      return `${topics.length} topics, ${covered.length} of them audited`;
    },
    HDFS: async () => ((await hdfs.list("/")) ? "answers" : "has no root"),
    YARN: async () =>
      `${(await clients.yarn().running()).length} applications running`,
    ...(isRefined(config)
      ? {
          "Hive metastore": async () => {
            const { database } = config.naming;
            const tables = await clients.hive().tables(database);
            return `${tables.length} tables in ${database}`;
          },
        }
      : // Left out by mistake it would be missed by nobody.
        {
          Refine: async () =>
            "not configured: raw hours are the end of the pipeline",
        }),
    ...(config.archive
      ? {}
      : {
          archive: async () =>
            "not configured: what is lost is not sought there",
        }),
    ...(clients.mysql ? { MySQL: () => askMysql(clients.mysql!()) } : {}),
    ...(clients.connect
      ? { "Kafka Connect": () => askConnect(clients.connect!(), kafka) }
      : {}),
    "importer history": async () =>
      `${((await hdfs.list(config.importer.historyPath)) ?? []).length} ${config.importer.kind === "gobblin" ? "jobs" : "runs"}`,
  };
}

/** Connect is up, has the connector, and Kafka tells of its group. @throws Error where it imports nothing, or not all */
async function askConnect(
  connect: ConnectReads,
  kafka: Pick<Kafka, "groupOffsets">,
): Promise<string> {
  const { standstill, positions } = await connectorState(connect, kafka);
  if (standstill !== undefined) throw new Error(standstill);
  return `connector ${connect.connector} runs, and stands in ${positions.size} partitions`;
}

/** Those before the replica that is asked are named: whoever counts on several is to hear of it. */
async function askMysql(
  mysql: Pick<EventMysql, "open" | "close">,
): Promise<string> {
  try {
    const { passedOver } = await mysql.open();
    return ["answers", ...passedOver.map((why) => `not asked: ${why}`)].join(
      "; ",
    );
  } finally {
    await mysql.close();
  }
}

/** A row of a table. Whether it tells of a failure is not read from its texts, in which others' words stand. */
export type Row = { cells: string[]; isFailed: boolean };

const good = (...cells: string[]): Row => ({ cells, isFailed: false });
const failed = (...cells: string[]): Row => ({ cells, isFailed: true });

/** The system, and `ok` or `FAILED` with what it said. */
const rowOf = async ([system, check]: [string, Check]): Promise<Row> => {
  const late = () => new Error(`no answer in ${DEADLINE_MS / 1000} s`);
  try {
    return good(system, `ok: ${await within(check(), DEADLINE_MS, late)}`);
  } catch (error) {
    return failed(system, `FAILED: ${(error as Error).message}`);
  }
};

/** A row for each system. */
export const systemRows = (
  config: Config,
  clients: ReturnType<typeof clientsOf>,
  kafka: Kafka,
): Promise<Row[]> =>
  Promise.all(Object.entries(checksOf(config, clients, kafka)).map(rowOf));

/** A row for each worker of each queue, and for each queue that has none. */
export async function workerRows(
  config: Config,
  pipeline: string | undefined,
): Promise<Row[]> {
  const own = configDigest(config);
  try {
    return await withClient(async (client) => {
      const rows: Row[] = [];
      for (const queue of sagaQueuesOf(config, scopeOfPipeline(pipeline))) {
        const identities = await workersOf(client, queue);
        if (identities.length === 0)
          rows.push(failed(queue, "FAILED: none", "", ""));
        for (const identity of identities) {
          rows.push(workerRow(queue, identity, own));
        }
      }
      return rows;
    });
  } catch (error) {
    return [failed("", `FAILED: ${(error as Error).message}`, "", "")];
  }
}

/** @param own the digest of this file's configuration */
export function workerRow(queue: string, identity: string, own: string): Row {
  const says = readIdentity(identity);
  const isOther = says?.config !== undefined && says.config !== own;
  const row = isOther ? failed : good;
  return row(
    queue,
    says?.process ?? identity,
    says?.version ?? "",
    configurationText(says?.config, own),
  );
}

const configurationText = (theirs: string | undefined, own: string) =>
  theirs === undefined
    ? "unknown: a worker of an older version"
    : theirs === own
      ? `${theirs} ok`
      : `${theirs} FAILED: another than this file's`;
