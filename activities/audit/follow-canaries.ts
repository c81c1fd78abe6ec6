import type { Canary, CanaryStage } from "../../domain/audit/canary";
import type { Config } from "../../domain/settings/config";
import { type Dataset, datasetOf } from "../../domain/settings/dataset";
import { canaryIdOf } from "../../domain/audit/canary-message";
import { textInRow } from "../../domain/backfill/text-in-row";
import { eventReaderOf } from "../../domain/settings/event-reader";
import { isRefined } from "../../domain/settings/stages";
import { isTemporary } from "../../formats/hadoop/temporary-names";
import type { Hdfs } from "../../clients/hdfs/hdfs";
import { footer, rows } from "../../clients/hdfs/parquet";
import type { Hive } from "../../clients/hive/hive";
import type { ImporterState, Importer } from "../../importers/importer";
import type { Hour } from "../../lib/hour";
import { refinedPlace } from "./evidence/partition-places";
import { rawDay } from "./evidence/raw-hours";
import { readRefined } from "./evidence/refined-hours";

/** Above so many rows a Hive partition's uuids are not read; its done flag must do. */
const MAX_ROWS = 200_000;

type FollowClients = {
  hdfs: Hdfs;
  hive: Hive;
  source: Importer;
  config: Pick<Config, "events" | "naming" | "refine">;
};

/**
 * How far each canary of an hour has come, by topic. A stage counts only where the one before it does.
 * @param beat called with each topic
 */
export async function stagesReached(
  clients: FollowClients,
  hour: Hour,
  canaries: Canary[],
  beat: (topic: string) => void,
): Promise<Record<string, CanaryStage>> {
  const state = await clients.source.state();
  const reached: Record<string, CanaryStage> = {};
  for (const canary of canaries) {
    beat(canary.topic);
    const dataset = datasetOf(canary.topic, clients.config.naming)!;
    reached[canary.topic] = await stageReached(
      clients,
      state,
      dataset,
      hour,
      canary,
    );
  }
  return reached;
}

async function stageReached(
  clients: FollowClients,
  state: ImporterState,
  dataset: Dataset,
  hour: Hour,
  canary: Canary,
): Promise<CanaryStage> {
  if (!(await isImported(clients, state, dataset, hour, canary)))
    return "kafka";
  if (!isRefined(clients.config) || !(await isRowThere(clients, dataset, hour)))
    return "raw";
  const { database, table } = dataset;
  const queryable = await clients.hive.partitionHours(database, table);
  return queryable.has(hour) ? "queryable" : "refined";
}

/** The importer has gone beyond the canary, and a file of the raw hour ends beyond it; where files tell no offsets, there is one. */
async function isImported(
  { hdfs, source }: FollowClients,
  state: ImporterState,
  dataset: Dataset,
  hour: Hour,
  { topic, partition, offset }: Canary,
): Promise<boolean> {
  const day = source.dayOf(hour);
  const { hours } = await rawDay(hdfs, source, dataset, day, {});
  const files = hours[hour]?.files ?? [];
  const position = source.positions(state, topic, files).get(partition);
  return (
    position !== undefined &&
    BigInt(position.offset) > BigInt(offset) &&
    files.some(
      (file) =>
        file.task !== undefined ||
        (file.partition === partition && BigInt(file.end) > BigInt(offset)),
    )
  );
}

/** The hour is refined and the canary's row is in it; where there are too many rows to read, its done flag must do. */
async function isRowThere(
  clients: Pick<FollowClients, "config" | "hdfs" | "hive">,
  dataset: Dataset,
  hour: Hour,
): Promise<boolean> {
  const place = await refinedPlace(clients, dataset, hour);
  if (place.kind !== "here") return false;
  const { hdfs } = clients;
  const { dir } = place;
  const { refined } = await readRefined(hdfs, dir);
  if (typeof refined.doneFlag !== "number" || !refined.rows.known) return false;
  if (refined.rows.count > MAX_ROWS) return true;
  const uuid = canaryIdOf(dataset.topic, hour, clients.config);
  const { columns } = eventReaderOf(clients.config);
  const tops = [...new Set(columns.uuid.map(([column]) => column!))];
  for (const file of (await hdfs.list(dir)) ?? []) {
    if (isTemporary(file.name)) continue;
    const { columns: has } = await footer(hdfs, dir, file);
    const asked = tops.filter((column) => has.includes(column));
    if (asked.length === 0) continue;
    const found = await rows(hdfs, `${dir}/${file.name}`, asked);
    if (found.some((row) => textInRow(row, columns.uuid) === uuid)) return true;
  }
  return false;
}
