import type { Dataset } from "../../../domain/settings/dataset";
import type { Hour } from "../../../lib/hour";
import { rowDifferences } from "../../../domain/backfill/row-compare";
import {
  parseCapsuleLine,
  parseLosslessly,
} from "../../../formats/eventlogging/event-capsule";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import { rows } from "../../../clients/hdfs/parquet";
import { rawLines } from "../../../importers/raw-lines";
import { isTemporary } from "../../../formats/hadoop/temporary-names";
import { topicHourKey } from "../../../lib/keys";

/** What the rows of a refined hour say, held against its raw hour. */
export type HourCheck = {
  /** The uuids of its rows. */
  uuids: Set<string>;
  /** Whether the partition of the table has any data file. */
  partition: boolean;
  rows: number;
  /** Distinct events in the raw hour. */
  distinct: number;
  /** Distinct events with more than one row. */
  duplicates: number;
  /** Rows that have an ip, of which Refine should know the country. */
  withIp: number;
  /** How many of these are geocoded. */
  geocoded: number;
  /** Rows that were compared field by field with their events. */
  compared: number;
  /** How many of these differ. */
  different: number;
  /** What is wrong, a sentence each. */
  problems: string[];
};

type Row = Record<string, unknown>;

/** The rows of a refined hour's directory, one data file after the other; all columns unless some are named. */
async function* refinedRows(
  hdfs: Hdfs,
  dir: string,
  columns?: string[],
): AsyncGenerator<Row[]> {
  for (const { name } of (await hdfs.list(dir)) ?? []) {
    if (isTemporary(name)) continue;
    yield await rows(hdfs, `${dir}/${name}`, columns);
  }
}

const uuidOf = (row: Row) => String(row["uuid"]);

/** The uuids of the rows in a refined hour's directory. */
export async function refinedUuids(
  hdfs: Hdfs,
  dir: string,
): Promise<Set<string>> {
  const uuids = new Set<string>();
  for await (const ofFile of refinedRows(hdfs, dir, ["uuid"]))
    for (const row of ofFile) uuids.add(uuidOf(row));
  return uuids;
}

/** The texts of a raw hour's events by uuid; where they are not to be compared with rows, their uuids alone are kept. */
async function rawEvents(
  hdfs: Hdfs,
  rawDir: string,
  keepEvents: boolean,
): Promise<Map<string, string | undefined>> {
  const events = new Map<string, string | undefined>();
  for await (const line of rawLines(hdfs, rawDir)) {
    const parsed = parseCapsuleLine(line);
    if ("event" in parsed)
      events.set(parsed.event.uuid, keepEvents ? line : undefined);
  }
  return events;
}

/** Adds a row to the check's numbers, compared with its event where that is given. */
function addRow(
  check: HourCheck,
  repeated: Set<string>,
  row: Row,
  event: string | undefined,
  where: string,
): void {
  const uuid = uuidOf(row);
  if (check.uuids.has(uuid)) repeated.add(uuid);
  check.uuids.add(uuid);
  check.rows++;
  if (event !== undefined) {
    check.compared++;
    const differences = rowDifferences(parseLosslessly(event), row);
    if (differences.length > 0) {
      check.different++;
      check.problems.push(
        `${where} ${uuid}: the row differs from its event in ${differences.join(", ")}`,
      );
    }
  }
  if (row["ip"] != null) {
    check.withIp++;
    if (row["geocoded_data"] != null) check.geocoded++;
  }
}

/**
 * Holds the rows of a refined hour against the events of its raw hour: every event is to have one row, and only one.
 * @param options `rawDir`: the raw hour's directory; `refinedDir`: that of its rows; `deep`: every row is compared with its event field by field, too; `geocoded`: the
 * table's partition has the columns that geocoding adds
 */
export async function checkHour(
  hdfs: Hdfs,
  dataset: Dataset,
  hour: Hour,
  {
    rawDir,
    refinedDir,
    deep,
    geocoded,
  }: { rawDir: string; refinedDir: string; deep: boolean; geocoded: boolean },
): Promise<HourCheck> {
  const where = topicHourKey(dataset.topic, hour);
  const events = await rawEvents(hdfs, rawDir, deep);
  const check: HourCheck = {
    uuids: new Set(),
    partition: false,
    rows: 0,
    distinct: events.size,
    duplicates: 0,
    withIp: 0,
    geocoded: 0,
    compared: 0,
    different: 0,
    problems: [],
  };
  const repeated = new Set<string>();
  const columns = deep
    ? undefined
    : ["uuid", ...(geocoded ? ["ip", "geocoded_data"] : [])];
  for await (const ofFile of refinedRows(hdfs, refinedDir, columns)) {
    check.partition = true;
    for (const row of ofFile)
      addRow(check, repeated, row, events.get(uuidOf(row)), where);
  }
  check.duplicates = repeated.size;
  if (repeated.size > 0)
    check.problems.push(
      `${where}: ${repeated.size} events have more than one row`,
    );
  const withoutRow = [...events.keys()].filter(
    (uuid) => !check.uuids.has(uuid),
  ).length;
  if (withoutRow > 0)
    check.problems.push(`${where}: ${withoutRow} raw events have no row`);
  return check;
}
