import {
  createPool,
  type FieldPacket,
  type Pool,
  type RowDataPacket,
} from "mysql2/promise";
import type { Config } from "../domain/settings/config";
import type { RawCell } from "../formats/eventlogging/mysql-cell";
import {
  type MysqlColumn,
  mysqlColumn,
} from "../formats/eventlogging/mysql-column";
import {
  boundsOfAnyTime,
  boundsOfTime,
} from "../formats/eventlogging/mysql-time";
import { type HourRange, hourStart } from "../lib/hour";
import { calling } from "./errors";

/** A table of one revision of a schema. */
export type EventTable = { name: string; revision: number };

/** A range of a table's keys (`id`); both ends belong to it. */
export type KeyRange = { from: bigint; to: bigint };

type Condition = { sql: string; values: (string | number)[] };

/** A name in a statement. */
const quoted = (name: string) => `\`${name.replaceAll("`", "``")}\``;

/** That a row's time may lie in the range. */
function inHours(time: MysqlColumn, range: HourRange): Condition {
  const since = hourStart(range.since);
  const until = hourStart(range.until);
  const bounds = boundsOfTime(time.kind, since, until);
  const name = quoted(time.name);
  return {
    sql: `(${bounds.map(() => `${name} >= ? AND ${name} < ?`).join(" OR ")})`,
    values: bounds.flat(),
  };
}

/** A value as its bytes, a character each: MySQL sends all values as texts, and nothing makes a number or a date of them here. */
const RAW = {
  rowsAsArray: true,
  typeCast: (field: { string: (encoding: string) => string | null }) =>
    field.string("latin1"),
};

const columnOf = (field: FieldPacket): MysqlColumn =>
  mysqlColumn({
    name: field.name,
    type: field.columnType ?? field.type ?? 0,
    length: field.columnLength ?? 0,
    charset: field.characterSet ?? 0,
    json: (field as { extendedFormat?: string }).extendedFormat === "json",
  });

/**
 * EventLogging's tables in MySQL. They are a partial source of events: the ip is not stored, so that an event that is recovered from
 * here cannot be geocoded. Every failure is a ServiceError.
 */
export class EventMysql {
  private readonly pool: Pool;
  private readonly address: string;

  constructor(
    config: NonNullable<Config["mysql"]>,
    password: string | undefined,
  ) {
    this.address = `${config.host}:${config.port}`;
    this.pool = createPool({
      host: config.host,
      port: config.port,
      user: config.user,
      database: config.database,
      ...(password === undefined ? {} : { password }),
      // Lengths of columns, and texts, are in this character set.
      charset: "UTF8MB4_UNICODE_CI",
      connectionLimit: 2,
      connectTimeout: 10_000,
    });
  }

  /** A statement's result, with every value raw. */
  private query(
    sql: string,
    values: (string | number)[] = [],
  ): Promise<{ columns: MysqlColumn[]; rows: RawCell[][] }> {
    return calling("MySQL", this.address, async () => {
      const connection = await this.pool.getConnection();
      try {
        // TIMESTAMP values are shown, and compared, in the session's zone.
        await connection.query("SET SESSION time_zone = '+00:00'");
        const [rows, fields] = await connection.query<RowDataPacket[][]>({
          ...RAW,
          sql,
          values,
        });
        return {
          columns: fields.map(columnOf),
          rows: rows as unknown as RawCell[][],
        };
      } finally {
        connection.release();
      }
    });
  }

  private async count(table: string, where: Condition): Promise<number> {
    const { rows } = await this.query(
      `SELECT COUNT(*) FROM ${quoted(table)} WHERE ${where.sql}`,
      where.values,
    );
    return Number(rows[0]![0]);
  }

  /** The tables of a schema: each revision has one, `<schema>_<revision>`. */
  async tables(schema: string): Promise<EventTable[]> {
    const prefix = schema.replaceAll(/[^A-Za-z0-9]/g, "_");
    const { rows } = await this.query("SHOW TABLES LIKE ?", [
      `${prefix.replaceAll("_", "\\_")}\\_%`,
    ]);
    return rows.flatMap(([first]) => {
      const name = first!;
      const revision = /_(\d+)$/.exec(name)?.[1];
      return revision !== undefined && name === `${prefix}_${revision}`
        ? [{ name, revision: Number(revision) }]
        : [];
    });
  }

  /** A table's columns, in their order. */
  async columns(table: string): Promise<MysqlColumn[]> {
    const { columns } = await this.query(
      `SELECT * FROM ${quoted(table)} LIMIT 0`,
    );
    return columns;
  }

  /** How many rows a table has. */
  rowCount(table: string): Promise<number> {
    return this.count(table, { sql: "TRUE", values: [] });
  }

  /** How many rows of a table may lie in a range of hours. */
  rowsInRange(
    table: string,
    time: MysqlColumn,
    range: HourRange,
  ): Promise<number> {
    return this.count(table, inHours(time, range));
  }

  /** How many rows of a table have a time that lies in no hour at all, or none. */
  undatedRows(table: string, time: MysqlColumn): Promise<number> {
    const name = quoted(time.name);
    return this.count(table, {
      sql: `${name} IS NULL OR ${name} < ? OR ${name} >= ?`,
      values: boundsOfAnyTime(time.kind),
    });
  }

  /** The first and last key (`id`) of the rows that may lie in a range of hours; undefined where there is none. */
  async keys(
    table: string,
    time: MysqlColumn,
    range: HourRange,
  ): Promise<KeyRange | undefined> {
    const hours = inHours(time, range);
    const { rows } = await this.query(
      `SELECT MIN(id), MAX(id) FROM ${quoted(table)} WHERE ${hours.sql}`,
      hours.values,
    );
    const [min, max] = rows[0] ?? [];
    return min == null || max == null
      ? undefined
      : { from: BigInt(min), to: BigInt(max) };
  }

  /** The rows of a table that may lie in a range of hours and lie in a range of keys, and the columns that they have values of. */
  rows(
    table: string,
    time: MysqlColumn,
    range: HourRange,
    keys: KeyRange,
  ): Promise<{ columns: MysqlColumn[]; rows: RawCell[][] }> {
    const hours = inHours(time, range);
    return this.query(
      `SELECT * FROM ${quoted(table)} WHERE id BETWEEN ${keys.from} AND ${keys.to} AND ${hours.sql} ORDER BY id`,
      hours.values,
    );
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}
