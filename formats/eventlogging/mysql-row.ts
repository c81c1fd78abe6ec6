import type { EventCapsule } from "./event-capsule";
import { capsuleTime } from "./event-time";
import { mediaWikiTime } from "./mysql-time";

/*
 * EventLogging's MySQL tables, as eventlogging/jrm.py (2018) writes them: a table for each schema and revision, a column for each field,
 * nested names joined by `_`, and the event's time as `timestamp` in MediaWiki time.
 */

/** Fields of a capsule that have no column of their own. */
const NOT_STORED = new Set([
  "recvFrom",
  "seqId",
  "ip",
  "schema",
  "revision",
  "topic",
  "dt",
  "timestamp",
]);

/** What a column can hold. */
export type MysqlValue = string | number | boolean | null;

/** The name of an event's table, `<Schema>_<revision>`; characters of the schema that are no letter or digit are written as `_`. */
export function mysqlTable(event: {
  schema: string;
  revision: number;
}): string {
  return `${event.schema.replaceAll(/[^A-Za-z0-9]/g, "_")}_${event.revision}`;
}

/** Writes a nested value into columns whose names begin with the prefix. */
function flatten(
  prefix: string,
  value: unknown,
  into: Record<string, MysqlValue>,
): void {
  if (value !== null && typeof value === "object" && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value))
      flatten(`${prefix}_${key}`, inner, into);
  } else {
    into[prefix] = Array.isArray(value)
      ? JSON.stringify(value)
      : (value as MysqlValue);
  }
}

/** The row that EventLogging writes for an event. */
export function mysqlRow(event: EventCapsule): Record<string, MysqlValue> {
  const row: Record<string, MysqlValue> = {};
  for (const [key, value] of Object.entries(event)) {
    if (NOT_STORED.has(key)) continue;
    if (key === "event") flatten("event", value, row);
    else
      row[key] =
        typeof value === "object"
          ? JSON.stringify(value)
          : (value as MysqlValue);
  }
  row["timestamp"] = mediaWikiTime(capsuleTime(event) ?? 0);
  return row;
}
