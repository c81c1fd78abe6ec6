import type { Dataset } from "../../../domain/settings/dataset";
import { type Hour, partitionPath } from "../../../lib/hour";
import { rowDifferences } from "../../../domain/backfill/row-compare";
import {
  type EventCapsule,
  parseCapsuleLine,
} from "../../../formats/eventlogging/event-capsule";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import { rows } from "../../../clients/hdfs/parquet";
import { rawLines } from "../../../importers/raw-lines";
import { isTemporary } from "../../../formats/hadoop/temporary-names";
import { topicHourKey } from "../../../lib/keys";

/** What a partition's rows say of a topic-hour. */
export type HourCheck = {
  uuids: Set<string>;
  partition: boolean;
  rows: number;
  /** Distinct events in the raw hour. */
  distinct: number;
  /** Events with more than one row. */
  duplicates: number;
  withIp: number;
  geocoded: number;
  /** Rows that were compared field by field with their events. */
  compared: number;
  different: number;
  problems: string[];
};

async function dataFiles(hdfs: Hdfs, dir: string): Promise<string[]> {
  return ((await hdfs.list(dir)) ?? [])
    .filter((f) => !isTemporary(f.name))
    .map((f) => `${dir}/${f.name}`);
}

const dirOf = (dataset: Dataset, hour: Hour) =>
  `${dataset.refinedDir}/${partitionPath(hour)}`;

/** The uuids of a partition's rows. */
export async function uuidsOf(
  hdfs: Hdfs,
  dataset: Dataset,
  hour: Hour,
): Promise<Set<string>> {
  const uuids = new Set<string>();
  for (const file of await dataFiles(hdfs, dirOf(dataset, hour)))
    for (const row of await rows(hdfs, file, ["uuid"]))
      uuids.add(String(row["uuid"]));
  return uuids;
}

/**
 * Compares a partition's rows with the events of its raw hour.
 * @param rawDir the raw hour's directory
 * @param deep each row field by field; else whether every event has one, and one only
 * @param geocoded whether the partition has the column
 */
export async function checkHour(
  hdfs: Hdfs,
  dataset: Dataset,
  hour: Hour,
  {
    rawDir,
    deep,
    geocoded,
  }: { rawDir: string; deep: boolean; geocoded: boolean },
): Promise<HourCheck> {
  const where = topicHourKey(dataset.topic, hour);
  // The events themselves are needed where rows are compared with them.
  const events = new Map<string, EventCapsule | undefined>();
  for await (const line of rawLines(hdfs, rawDir)) {
    const parsed = parseCapsuleLine(line);
    if ("event" in parsed)
      events.set(parsed.event.uuid, deep ? parsed.event : undefined);
  }
  const files = await dataFiles(hdfs, dirOf(dataset, hour));
  const check: HourCheck = {
    uuids: new Set(),
    partition: files.length > 0,
    rows: 0,
    distinct: events.size,
    duplicates: 0,
    withIp: 0,
    geocoded: 0,
    compared: 0,
    different: 0,
    problems: [],
  };
  const twice = new Set<string>();
  const columns = deep
    ? undefined
    : ["uuid", ...(geocoded ? ["ip", "geocoded_data"] : [])];
  for (const file of files)
    for (const row of await rows(hdfs, file, columns)) {
      const uuid = String(row["uuid"]);
      if (check.uuids.has(uuid)) twice.add(uuid);
      check.uuids.add(uuid);
      check.rows++;
      const event = events.get(uuid);
      if (event) {
        check.compared++;
        const differences = rowDifferences(event, row);
        if (differences.length > 0) {
          check.different++;
          check.problems.push(`${where} ${uuid}: ${differences.join(", ")}`);
        }
      }
      if (row["ip"] != null) {
        check.withIp++;
        if (row["geocoded_data"] != null) check.geocoded++;
      }
    }
  check.duplicates = twice.size;
  if (twice.size > 0)
    check.problems.push(
      `${where}: ${twice.size} events have more than one row`,
    );
  let absent = 0;
  for (const uuid of events.keys()) if (!check.uuids.has(uuid)) absent++;
  if (absent > 0)
    check.problems.push(`${where}: ${absent} raw events have no row`);
  return check;
}
