import type { EventCapsule } from "./event-capsule";
import { capsuleTime } from "./event-time";

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

/** An instant (epoch ms) in MediaWiki time, `20180705031500` (UTC). */
export function mediaWikiTime(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:T]/g, "").slice(0, 14);
}

/** The instant (epoch ms) of a MediaWiki time; undefined where the text is not one. */
export function parseMediaWikiTime(text: string): number | undefined {
  const m = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text);
  if (!m) return undefined;
  const ms = Date.parse(`${m[1]}-${m[2]}-${m[3]}T${m[4]}:${m[5]}:${m[6]}Z`);
  return Number.isNaN(ms) ? undefined : ms;
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

/**
 * The event of a row, as far as the row has kept it. It has no ip (so that it cannot be geocoded), no recvFrom and no seqId; its `dt` is
 * exact to the second. A field that was nested comes back flat, its name's parts joined by `_`, as rows do not tell the two apart.
 * @returns undefined where the row has no time or no uuid
 */
export function eventOfRow(
  row: Record<string, unknown>,
  schema: string,
  revision: number,
): EventCapsule | undefined {
  const ms = parseMediaWikiTime(String(row["timestamp"]));
  if (ms === undefined || typeof row["uuid"] !== "string") return undefined;
  const event: Record<string, unknown> = {};
  const rest: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(row)) {
    if (key === "id" || key === "timestamp" || value === null) continue;
    if (key.startsWith("event_")) event[key.slice(6)] = value;
    else rest[key] = value;
  }
  if (
    typeof rest["userAgent"] === "string" &&
    rest["userAgent"].startsWith("{")
  ) {
    try {
      rest["userAgent"] = JSON.parse(rest["userAgent"]);
    } catch {
      // A value that was cut to its column's width stays a string.
    }
  }
  const dt = `${new Date(ms).toISOString().slice(0, 19)}Z`;
  return {
    ...rest,
    event,
    schema,
    revision,
    dt,
    uuid: row["uuid"],
    wiki: String(rest["wiki"] ?? ""),
  };
}
