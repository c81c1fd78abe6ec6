import type { Config } from "../../domain/settings/config";
import { isRefined } from "../../domain/settings/stages";
import type { Hdfs } from "../../clients/hdfs/hdfs";
import type { Hive } from "../../clients/hive/hive";
import type { Storage } from "../../clients/storage";
import {
  rawRoot,
  topicsOfDirectories,
  topicsOfTables,
} from "../../domain/audit/left-behind";
import type { Importer } from "../../importers/importer";
import { HOUR_MS } from "../../lib/hour";
import { parsePartitionKey } from "../../lib/keys";
import { knownTopics } from "./known-topics";

export type GoneClients = {
  source: Pick<Importer, "state">;
  storage: Pick<Storage, "read" | "readRef">;
  hdfs: Pick<Hdfs, "list">;
  hive: Pick<Hive, "tables">;
  config: {
    audit: Pick<Config["audit"], "lookbackHours">;
    naming: Config["naming"];
    refine?: Config["refine"] | undefined;
  };
};

/** Topics that Kafka no longer has, and what could not be asked for them, a sentence each. */
export type GoneTopics = { topics: string[]; problems: string[] };

/**
 * Topics that Kafka no longer has and that an audit must not forget: the importer stood in them within the look-back, audits knew
 * of unread or lost offsets of them, or they have left a directory of raw hours or, where anybody refines, a table. It takes one listing of the raw
 * directories and one of the tables. Where something cannot be asked it is told, and the others are audited all the same.
 * @param inKafka those that Kafka has
 */
export async function goneTopics(
  clients: GoneClients,
  inKafka: string[],
): Promise<GoneTopics> {
  const { topics, problems } = await topicsLeft(clients, inKafka);
  return { topics, problems };
}

/** The same, and besides all names that topics have in the importer's positions, however old, and why something could not be asked. */
export async function topicsLeft(
  clients: GoneClients,
  inKafka: string[],
): Promise<GoneTopics & { stored: string[]; failures: Error[] }> {
  const { hdfs, hive, config } = clients;
  const { naming } = config;
  const problems: string[] = [];
  const failures: Error[] = [];
  const asking = <T>(what: string, answer: Promise<T[]>): Promise<T[]> =>
    answer.catch((error: Error) => {
      failures.push(error);
      problems.push(
        `topics that Kafka no longer has may be left out, as ${what} cannot be read: ${error.message}`,
      );
      return [];
    });
  const { folder } = rawRoot(naming);
  const [standing, remembered, entries, tables] = await Promise.all([
    asking("the importer's state", standingOf(clients)),
    asking("what audits know of", knownTopics(clients.storage)),
    asking(folder, directoriesIn(hdfs, folder)),
    isRefined(config)
      ? asking(`the tables of ${naming.database}`, hive.tables(naming.database))
      : [],
  ]);
  // Positions of topics that were read long ago tell their names.
  const stored = [...new Set(standing.map(({ topic }) => topic))];
  const imported = standing.flatMap(({ topic, isOld }) =>
    isOld ? [] : [topic],
  );
  const known = new Set([...inKafka, ...imported, ...remembered]);
  for (const topic of topicsOfDirectories(entries, known, stored, naming))
    known.add(topic);
  for (const topic of topicsOfTables(tables, known, stored, naming))
    known.add(topic);
  for (const topic of inKafka) known.delete(topic);
  return { topics: [...known], problems, stored, failures };
}

const directoriesIn = async (
  hdfs: Pick<Hdfs, "list">,
  folder: string,
): Promise<string[]> =>
  ((await hdfs.list(folder)) ?? []).flatMap(({ name, type }) =>
    type === "DIRECTORY" ? [name] : [],
  );

/**
 * Each position's topic, and whether the importer stood there before the look-back. Where a position or the importer does not tell when, it
 * may have been lately.
 */
async function standingOf({
  source,
  config,
}: GoneClients): Promise<{ topic: string; isOld: boolean }[]> {
  const { positions, lastRun } = await source.state();
  const since =
    lastRun === undefined
      ? undefined
      : lastRun - config.audit.lookbackHours * HOUR_MS;
  return [...positions].map(([key, { time }]) => ({
    topic: parsePartitionKey(key).topic,
    isOld: time !== undefined && since !== undefined && time < since,
  }));
}
