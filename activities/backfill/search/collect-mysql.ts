import { log } from "@temporalio/activity";
import type { EventMysql, EventTable, KeyRange } from "../../../clients/mysql";
import type {
  CollectedUnit,
  SearchedTopic,
} from "../../../domain/backfill/missing";
import { type MysqlRows, RowTally } from "../../../domain/backfill/mysql-rows";
import { candidateLine, candidateOf } from "../../../formats/candidate";
import type { MysqlColumn } from "../../../formats/eventlogging/mysql-column";
import {
  openColumns,
  readRow,
  timeColumn,
} from "../../../formats/eventlogging/mysql-event";
import { hourOf, type HourRange, inRange } from "../../../lib/hour";
import { heartbeatWhile } from "../../heartbeat-while";
import type { SchemaShapes } from "./schema-shapes";
import type { AddLine, SearchUnits } from "./search-units";

/** The keys of one unit: its rows are in memory at the same time, and nothing else gets its turn while they are read, about a second. */
const KEYS_A_UNIT = 5000n;

type Collecting = {
  mysql: EventMysql;
  /** What names of units begin with: MySQL, and which replica of it. */
  source: string;
  units: SearchUnits;
  shapes: SchemaShapes;
  range: HourRange;
};

/**
 * Candidates from MySQL: rows of the topics' tables in the range, a unit a range of keys. Rows that are not used, or whose event is in
 * doubt, are counted with the reason.
 *
 * All of one attempt is read from one server, over one connection: keys, counts and rows of two replicas need not fit together, as one may
 * lag behind the other, or keep rows for a shorter time. The server that is asked is a part of each unit's name: the replica, and who it says
 * it is, as behind one address may be a proxy with several. So an attempt that takes over and asks another one reads everything there, and
 * what was recorded of the first is left out: a range of keys that the first had in part only is not taken for whole.
 * @param openMysql undefined where none is configured: nothing is collected then
 * @returns the reference of what was collected
 */
export async function collectFromMysql(
  openMysql: (() => EventMysql) | undefined,
  units: SearchUnits,
  shapesOf: () => SchemaShapes,
  input: { topics: SearchedTopic[]; range: HourRange },
): Promise<string> {
  const { topics, range } = input;
  const collected: CollectedUnit[] = [];
  // A saga that looks for nothing does not wait for MySQL.
  if (openMysql && topics.length > 0) {
    const mysql = openMysql();
    const shapes = shapesOf();
    try {
      const { replica, passedOver } = await heartbeatWhile(
        () => mysql.open(),
        () => "MySQL",
      );
      for (const why of passedOver) log.warn(why);
      const source = replica === undefined ? "mysql" : `mysql/${replica}`;
      const collecting = { mysql, source, units, shapes, range };
      for (const topic of topics)
        // A statement over a large table says nothing until it has ended.
        await heartbeatWhile(
          async () => {
            for (const table of await mysql.tables(topic.schema))
              collected.push(...(await collectTable(collecting, topic, table)));
          },
          () => `MySQL ${topic.schema}`,
        );
    } finally {
      await mysql.close();
      await shapes.close();
    }
  }
  const [ref] = await units.storeSource("mysql", collected);
  return ref!;
}

async function collectTable(
  collecting: Collecting,
  topic: SearchedTopic,
  table: EventTable,
): Promise<CollectedUnit[]> {
  const { mysql, source, units, range } = collecting;
  const columns = await mysql.columns(table.name);
  const time = timeColumn(columns);
  const hasKeys = columns.some(({ name }) => name === "id");
  const collected = [
    await units.doneOnce(`${source}/${table.name}-rows`, async () => ({
      mysqlRows: await unreachableRows(mysql, table.name, time, hasKeys, range),
    })),
  ];
  const keys =
    time && hasKeys ? await mysql.keys(table.name, time, range) : undefined;
  if (!time || !keys) return collected;
  for (let from = keys.from; from <= keys.to; from += KEYS_A_UNIT) {
    const end = from + KEYS_A_UNIT - 1n;
    const some = { from, to: end < keys.to ? end : keys.to };
    const name = `${source}/${table.name}-${some.from}-${some.to}`;
    collected.push(
      await units.doneOnce(name, async (add) => ({
        mysqlRows: await collectRows(collecting, topic, table, time, some, add),
      })),
    );
  }
  return collected;
}

/** Rows that no range of hours and keys leads to. */
async function unreachableRows(
  mysql: EventMysql,
  table: string,
  time: MysqlColumn | undefined,
  hasKeys: boolean,
  range: HourRange,
): Promise<MysqlRows> {
  const tally = new RowTally();
  const count = (rows: number, why: string) => {
    if (rows > 0) tally.addUnused({ table, why }, [], rows);
  };
  if (!time)
    count(
      await mysql.rowCount(table),
      "the table has no column `timestamp`: whether its rows lie in the range cannot be told",
    );
  else {
    if (!hasKeys)
      count(
        await mysql.rowsInRange(table, time, range),
        "the table has no column `id`, by which rows are read",
      );
    count(
      await mysql.undatedRows(table, time),
      "no time that can be read: whether the rows lie in the range cannot be told",
    );
  }
  return tally.result();
}

/** Adds the events of some rows. @returns what is to be said of the rows */
async function collectRows(
  { mysql, shapes, range }: Collecting,
  topic: SearchedTopic,
  { name, revision }: EventTable,
  time: MysqlColumn,
  keys: KeyRange,
  add: AddLine,
): Promise<MysqlRows> {
  const { columns, rows } = await mysql.rows(name, time, range, keys);
  const tally = new RowTally();
  const written = { schema: topic.schema, revision };
  const shape = shapes.shapeOf(topic.schema, revision);
  const open = openColumns(columns, rows, shape);
  if (open.unknown.length > 0) await shapes.learn(topic, revision, open);
  for (const row of rows) {
    const read = readRow(columns, row, written, shape);
    // Bounds of time take in more rows where a column has texts; one whose time cannot be read may be of the range.
    if (read.ms !== undefined && !inRange(hourOf(read.ms), range)) continue;
    if ("unused" in read) {
      tally.addUnused(
        { table: name, ...read.unused },
        read.uuid === undefined ? [] : [read.uuid],
      );
      continue;
    }
    const { uuid } = read.event;
    tally.addDoubts(name, read.doubts, uuid);
    await add(
      candidateLine(
        candidateOf(topic.topic, 1, { uuid, ms: read.ms }, read.json),
      ),
    );
  }
  return tally.result();
}
