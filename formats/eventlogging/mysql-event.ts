import { isLosslessNumber, stringify } from "lossless-json";
import { type EventCapsule, eventCapsule } from "./event-capsule";
import { capsuleTime } from "./event-time";
import type { EventShape, FieldKind, ShapedField } from "./event-shape";
import {
  fillsColumn,
  isRoundedFloat,
  meaningsOf,
  type RawCell,
  textOfCell,
  uuidOfCell,
} from "./mysql-cell";
import type { MysqlColumn } from "./mysql-column";
import { type RowReason, WHY } from "./mysql-reasons";
import { dtOfRow } from "./mysql-time";

/*
 * Reading the tables that `mysql-row.ts` describes. What a column does not tell (booleans, arrays, nested fields) is told by events of the
 * same schema and revision; where none tells it, that is said.
 */

/**
 * A row that was read: its event and JSON text with what is in doubt, or the reason why it is not used. `ms` is its time, epoch ms, absent
 * where that cannot be told.
 */
export type ReadRow = { uuid?: string; ms?: number } & (
  | { event: EventCapsule; json: string; doubts: RowReason[] }
  | { unused: RowReason }
);

/** Columns of a table that are no fields of its events, or whose fields follow from the table. */
const NOT_FIELDS = new Set([
  "id",
  "uuid",
  "timestamp",
  "dt",
  "schema",
  "revision",
]);

/** The types of the capsule's own fields; others' follow from their columns. */
const CAPSULE_KINDS = new Map<string, ReadonlySet<FieldKind>>([
  ["wiki", new Set(["string"])],
  ["webHost", new Set(["string"])],
  ["recvFrom", new Set(["string"])],
  ["ip", new Set(["string"])],
  ["topic", new Set(["string"])],
  ["seqId", new Set(["number"])],
  // jrm.py writes the object as JSON; a text that was cut off stays one.
  ["userAgent", new Set(["object"])],
]);

const EVENT_PREFIX = "event_";
const isOfEvent = ({ name }: MysqlColumn) => name.startsWith(EVENT_PREFIX);

/** The column that has the rows' time; undefined where a table has none. */
export const timeColumn = (columns: MysqlColumn[]): MysqlColumn | undefined =>
  columns.find(({ name }) => name === "timestamp") ??
  columns.find(({ name }) => name === "dt");

/**
 * What rows' columns leave open.
 * @returns `unknown`: columns with a value that no event has shown; `needed`: those of them that the columns themselves do not tell
 */
export function openColumns(
  columns: MysqlColumn[],
  rows: RawCell[][],
  shape: EventShape,
): { unknown: string[]; needed: string[] } {
  const open = columns.flatMap((column, at) => {
    if (!isOfEvent(column) || shape.field(column.name)) return [];
    return { column, cells: rows.map((row) => row[at] ?? null) };
  });
  const isNeeded = (column: MysqlColumn, raw: RawCell) =>
    raw !== null && guessOf(column, raw) !== undefined;
  return {
    unknown: open
      .filter(({ cells }) => cells.some((raw) => raw !== null))
      .map(({ column }) => column.name),
    needed: open
      .filter(({ column, cells }) => cells.some((raw) => isNeeded(column, raw)))
      .map(({ column }) => column.name),
  };
}

/** What would be a guess about a value whose field no event has shown; undefined where nothing would. */
function guessOf(column: MysqlColumn, raw: string): string | undefined {
  const meanings = meaningsOf(column, raw);
  if (
    column.kind === "text" &&
    (meanings.has("array") || meanings.has("object"))
  )
    return WHY.jsonOrText;
  if (column.kind === "flag" && meanings.has("boolean")) return WHY.flag;
  if (column.kind === "time") return WHY.time;
  return column.name.slice(EVENT_PREFIX.length).includes("_")
    ? WHY.nested
    : undefined;
}

/** A value of an event, and the doubts about it. Where `value` is undefined the field is left out. */
type Told = { value?: unknown; whys: string[] };

/** The value of a column whose field events have shown. */
function toldValue(
  column: MysqlColumn,
  raw: string,
  kinds: ReadonlySet<FieldKind>,
): Told {
  if (textOfCell(column, raw) === undefined) return { whys: [WHY.bytes] };
  const fitting = [...meaningsOf(column, raw)].filter(([kind]) =>
    kinds.has(kind),
  );
  if (fitting.length === 0) return { whys: [WHY.unfit] };
  return {
    value: fitting[0]![1],
    whys: fitting.length > 1 ? [WHY.kinds] : [],
  };
}

/** The value of a column by its own type. */
function ownValue(column: MysqlColumn, raw: string): Told {
  const [value] = meaningsOf(column, raw).values();
  return value === undefined
    ? { whys: [textOfCell(column, raw) === undefined ? WHY.bytes : WHY.unfit] }
    : { value, whys: [] };
}

/** Doubts about what the column itself may have done to its value. */
const lossesOf = (column: MysqlColumn, raw: string): string[] => [
  ...(fillsColumn(column, raw) ? [WHY.cut] : []),
  ...(isRoundedFloat(column, raw) ? [WHY.float] : []),
];

function capsuleValue(column: MysqlColumn, raw: string): Told {
  const kinds = CAPSULE_KINDS.get(column.name);
  if (!kinds) return ownValue(column, raw);
  const told = toldValue(column, raw, kinds);
  return column.name === "userAgent" && told.value === undefined
    ? ownValue(column, raw)
    : told;
}

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  value !== null &&
  typeof value === "object" &&
  !Array.isArray(value) &&
  !isLosslessNumber(value);

/** Puts a value at a path of names. @returns whether there was room: a name on the way may have a value of its own */
function putAt(
  into: Record<string, unknown>,
  path: string[],
  value: unknown,
): boolean {
  const last = path.at(-1)!;
  let at = into;
  for (const name of path.slice(0, -1)) {
    if (!Object.hasOwn(at, name)) at[name] = {};
    const inner = at[name];
    if (!isPlainObject(inner)) return false;
    at = inner;
  }
  if (Object.hasOwn(at, last)) return false;
  at[last] = value;
  return true;
}

/** An event that is being put together from the columns of a row. */
class RowEvent {
  readonly event: Record<string, unknown> = {};
  readonly capsule: Record<string, unknown> = {};
  readonly doubts: RowReason[] = [];
  unused: RowReason | undefined;

  constructor(private readonly shape: EventShape) {}

  take(column: MysqlColumn, raw: string): void {
    // JSON's null is as little a value as MySQL's NULL.
    if (column.kind === "json" && raw === "null") return;
    if (isOfEvent(column))
      this.takeField(column, raw, this.shape.field(column.name));
    else {
      const { value, whys } = capsuleValue(column, raw);
      if (value !== undefined) this.capsule[column.name] = value;
      this.doubt(column, [...whys, ...lossesOf(column, raw)]);
    }
  }

  private takeField(
    column: MysqlColumn,
    raw: string,
    field: ShapedField | undefined,
  ): void {
    if (field?.shared) return this.doubt(column, [WHY.shared]);
    const guess = field ? undefined : guessOf(column, raw);
    if (guess === WHY.jsonOrText) {
      this.unused ??= { why: guess, column: column.name };
      return;
    }
    const path = field?.path ?? [column.name.slice(EVENT_PREFIX.length)];
    const { value, whys } = field
      ? toldValue(column, raw, field.kinds)
      : ownValue(column, raw);
    if (value !== undefined && !putAt(this.event, path, value))
      whys.push(WHY.shared);
    if (guess !== undefined) whys.push(guess);
    this.doubt(column, [...whys, ...lossesOf(column, raw)]);
  }

  private doubt(column: MysqlColumn, whys: string[]): void {
    for (const why of whys) this.doubts.push({ why, column: column.name });
  }
}

/**
 * The event of a row, as far as the row has kept it: it has no ip (so that it cannot be geocoded), no recvFrom and no seqId, and its `dt` is
 * as exact as its column. Numbers keep every digit; types and nested names are those of the schema's events.
 * @param row the values of the columns, in their order
 * @param shape what events of the same schema and revision have shown
 */
export function readRow(
  columns: MysqlColumn[],
  row: RawCell[],
  table: { schema: string; revision: number },
  shape: EventShape,
): ReadRow {
  const cell = (name: string): RawCell =>
    row[columns.findIndex((column) => column.name === name)] ?? null;
  const column = (name: string) => columns.find((c) => c.name === name);
  const uuidAt = column("uuid");
  const uuid = uuidAt && uuidOfCell(uuidAt, cell("uuid"));
  const dt = dtOf(columns, cell);
  const ms = capsuleTime({ dt });
  const known = { ...(uuid && { uuid }), ...(ms && { ms }) };
  if (ms === undefined)
    return { ...known, unused: { why: WHY.noTime, column: "timestamp" } };
  if (uuid === undefined)
    return { ...known, unused: { why: WHY.noUuid, column: "uuid" } };
  const read = new RowEvent(shape);
  for (const [at, taken] of columns.entries()) {
    const raw = row[at] ?? null;
    if (raw !== null && !NOT_FIELDS.has(taken.name)) read.take(taken, raw);
  }
  if (read.unused) return { ...known, unused: read.unused };
  if (read.capsule["wiki"] === undefined) {
    read.capsule["wiki"] = "";
    read.doubts.push({ why: WHY.wiki, column: "wiki" });
  }
  const { event, capsule, doubts } = read;
  const whole = { ...capsule, event, ...table, dt, uuid };
  const json = stringify(whole)!;
  const parsed = eventCapsule.safeParse(JSON.parse(json));
  if (parsed.success) return { ...known, event: parsed.data, json, doubts };
  const fault = parsed.error.issues[0]?.path[0];
  return {
    ...known,
    unused: {
      why: WHY.noEvent,
      ...(fault === undefined ? {} : { column: String(fault) }),
    },
  };
}

/** A `dt` that a table has beside the time is more exact than that. */
function dtOf(
  columns: MysqlColumn[],
  cell: (name: string) => RawCell,
): string | undefined {
  for (const name of ["dt", "timestamp"]) {
    const column = columns.find((c) => c.name === name);
    const raw = cell(name);
    if (!column || raw === null) continue;
    const text = textOfCell(column, raw);
    const dt = text === undefined ? undefined : dtOfRow(text);
    if (dt !== undefined) return dt;
  }
  return undefined;
}
