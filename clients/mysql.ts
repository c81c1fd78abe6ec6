import type { FieldPacket, RowDataPacket } from "mysql2";
import type { RawCell } from "../formats/eventlogging/mysql-cell";
import {
  type MysqlColumn,
  mysqlColumn,
} from "../formats/eventlogging/mysql-column";
import {
  boundsOfAnyTime,
  boundsOfTime,
} from "../formats/eventlogging/mysql-time";
import { tableIn, tablePrefix } from "../formats/eventlogging/mysql-table";
import { type HourRange, hourStart } from "../lib/hour";
import { calling } from "./errors";
import {
  adviceOn,
  type MysqlSettings,
  openFirst,
  placesOf,
  placeName,
  placeText,
} from "./mysql-connection";

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
 *
 * It is one connection, and so one server from its first statement on, whatever stands behind an address: what it says of keys and of rows
 * fits together. One that breaks is not made again here. Whoever goes on begins with another of these, which chooses a replica anew.
 */
export class EventMysql {
  private opened: ReturnType<typeof openFirst> | undefined;
  /** How many statements are under way. */
  private asked = 0;

  /** @param password of `config.user`, where `config.password` names none */
  constructor(
    private readonly config: MysqlSettings,
    private readonly password?: string,
  ) {}

  /**
   * Connects, if it has not.
   * @returns which server is asked, as a part of a path: the replica, where there are several, and the server behind its address, where it says which it
   * is; and why replicas before it were passed over
   */
  async open(): Promise<{ replica: string | undefined; passedOver: string[] }> {
    const { place, server, passedOver } = await this.connected();
    const isOnlyOne = placesOf(this.config).length === 1;
    const parts = [isOnlyOne ? undefined : placeName(place), server];
    const replica = parts.filter((part) => part !== undefined).join("-");
    return { replica: replica === "" ? undefined : replica, passedOver };
  }

  /** A statement's result, with every value raw. */
  private async query(
    sql: string,
    values: (string | number)[] = [],
  ): Promise<{ columns: MysqlColumn[]; rows: RawCell[][] }> {
    const { connection, place } = await this.connected();
    this.asked++;
    try {
      return await calling(
        "MySQL",
        placeText(place),
        async () => {
          const [rows, fields] = await connection
            .promise()
            .query<RowDataPacket[][]>({ ...RAW, sql, values });
          return {
            columns: fields.map(columnOf),
            rows: rows as unknown as RawCell[][],
          };
        },
        (error) => adviceOn(error, this.config),
      );
    } finally {
      this.asked--;
    }
  }

  private connected(): ReturnType<typeof openFirst> {
    return (this.opened ??= openFirst(this.config, this.password));
  }

  private async count(table: string, where: Condition): Promise<number> {
    const { rows } = await this.query(
      `SELECT COUNT(*) FROM ${quoted(table)} WHERE ${where.sql}`,
      where.values,
    );
    return Number(rows[0]![0]);
  }

  /** The names of all tables that the user has some right on: MySQL lists no others. */
  async allTables(): Promise<string[]> {
    const { rows } = await this.query("SHOW TABLES");
    return rows.map(([name]) => name!);
  }

  /** The tables of a schema: each revision has one, `<schema>_<revision>`. */
  async tables(schema: string): Promise<EventTable[]> {
    const prefix = tablePrefix(schema);
    const { rows } = await this.query("SHOW TABLES LIKE ?", [
      `${prefix.replaceAll("_", "\\_")}\\_%`,
    ]);
    return rows.flatMap(([first]) => {
      const name = first!;
      const table = tableIn(name);
      return table?.prefix === prefix
        ? [{ name, revision: table.revision }]
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

  /** Says good-bye; a statement that is under way is not waited for. */
  async close(): Promise<void> {
    const opened = await this.opened?.catch(() => undefined);
    if (!opened) return;
    const { connection } = opened;
    if (this.asked > 0 || connection.state !== "authenticated")
      connection.destroy();
    else
      await connection
        .promise()
        .end()
        .catch(() => connection.destroy());
  }
}
