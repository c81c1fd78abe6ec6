import { createPool, type Pool } from "mysql2/promise";
import type { Config } from "../domain/config";
import { type HourRange, hourStart } from "../domain/hour";
import type { EventCapsule } from "../formats/event-capsule";
import { eventOfRow, mediaWikiTime } from "../formats/mysql-row";
import { calling } from "./errors";

/** EventLogging's MySQL tables, a partial source: no ip, so what comes from here cannot be geocoded. */
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

  /** The rows of every revision of a schema in a range of hours, as events. */
  events(
    schema: string,
    range: HourRange,
    each: (event: EventCapsule) => void,
  ): Promise<void> {
    return calling("MySQL", this.address, async () => {
      const name = schema.replaceAll(/[^A-Za-z0-9]/g, "_");
      const [tables] = await this.pool.query("SHOW TABLES LIKE ?", [
        `${name.replaceAll("_", "\\_")}\\_%`,
      ]);
      for (const row of tables as Record<string, string>[]) {
        const table = Object.values(row)[0]!;
        const revision = /_(\d+)$/.exec(table)?.[1];
        if (table !== `${name}_${revision}`) continue;
        const [rows] = await this.pool.query(
          `SELECT * FROM \`${table}\` WHERE \`timestamp\` >= ? AND \`timestamp\` < ?`,
          [
            mediaWikiTime(hourStart(range.since)),
            mediaWikiTime(hourStart(range.until)),
          ],
        );
        for (const found of rows as Record<string, unknown>[]) {
          const event = eventOfRow(found, schema, Number(revision));
          if (event) each(event);
        }
      }
    });
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}
