import { createPool, type Pool } from "mysql2/promise";
import type { Config } from "../domain/settings/config";
import { type HourRange, hourStart } from "../lib/hour";
import type { EventCapsule } from "../formats/eventlogging/event-capsule";
import { eventOfRow, mediaWikiTime } from "../formats/eventlogging/mysql-row";
import { calling } from "./errors";

/** A table of one revision of a schema. */
export type EventTable = { name: string; revision: number };

/** A range's two ends as MySQL has them, MediaWiki's `20180705030000`. */
const boundsOf = (range: HourRange) => [
  mediaWikiTime(hourStart(range.since)),
  mediaWikiTime(hourStart(range.until)),
];

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
      connectionLimit: 2,
      connectTimeout: 10_000,
    });
  }

  /** The tables of a schema: each revision has one, `<schema>_<revision>`. */
  tables(schema: string): Promise<EventTable[]> {
    return calling("MySQL", this.address, async () => {
      const prefix = schema.replaceAll(/[^A-Za-z0-9]/g, "_");
      const [rows] = await this.pool.query("SHOW TABLES LIKE ?", [
        `${prefix.replaceAll("_", "\\_")}\\_%`,
      ]);
      return (rows as Record<string, string>[]).flatMap((row) => {
        const name = Object.values(row)[0]!;
        const revision = /_(\d+)$/.exec(name)?.[1];
        return revision !== undefined && name === `${prefix}_${revision}`
          ? [{ name, revision: Number(revision) }]
          : [];
      });
    });
  }

  /** The first and last key (`id`) of the rows in a range of hours; undefined where there is none. */
  keys(
    table: string,
    range: HourRange,
  ): Promise<{ min: number; max: number } | undefined> {
    return calling("MySQL", this.address, async () => {
      const [rows] = await this.pool.query(
        `SELECT MIN(id) AS min, MAX(id) AS max FROM \`${table}\` WHERE \`timestamp\` >= ? AND \`timestamp\` < ?`,
        boundsOf(range),
      );
      const [row] = rows as { min: number | null; max: number | null }[];
      return row?.min == null || row.max == null
        ? undefined
        : { min: Number(row.min), max: Number(row.max) };
    });
  }

  /** The rows of a table in a range of hours and of keys (both ends included), as events. Rows that are no events are left out. */
  events(
    schema: string,
    table: EventTable,
    range: HourRange,
    keys: { from: number; to: number },
  ): Promise<EventCapsule[]> {
    return calling("MySQL", this.address, async () => {
      const [rows] = await this.pool.query(
        `SELECT * FROM \`${table.name}\` WHERE id BETWEEN ? AND ? AND \`timestamp\` >= ? AND \`timestamp\` < ? ORDER BY id`,
        [keys.from, keys.to, ...boundsOf(range)],
      );
      return (rows as Record<string, unknown>[]).flatMap(
        (row) => eventOfRow(row, schema, table.revision) ?? [],
      );
    });
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}
