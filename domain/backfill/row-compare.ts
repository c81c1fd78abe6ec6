import { isLosslessNumber } from "lossless-json";
import { columnName } from "../../formats/events/event-reader";

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null &&
  typeof value === "object" &&
  !Array.isArray(value) &&
  !isLosslessNumber(value);

/** The values of a row by the lower-case names of its columns: Hive keeps names without case. */
const columnsOf = (row: object) =>
  new Map(
    Object.entries(row).map(([name, value]) => [
      name.toLowerCase(),
      value as unknown,
    ]),
  );

/**
 * What a refined row has otherwise than the event it came from, field by field, also of fields within fields. Columns that the event does
 * not have are ignored: they are Refine's own (geocoded_data), or other events' of the same table.
 * @param event with its numbers as they are written, of lossless-json
 * @param path the name of the field that `event` and `row` are the values of
 * @returns the names of the fields that differ, never their values: these are people's, and a report is read by others
 */
export function rowDifferences(
  event: Record<string, unknown>,
  row: Record<string, unknown>,
  path = "",
): string[] {
  const columns = columnsOf(row);
  return Object.entries(event).flatMap(([name, wanted]) => {
    const where = path === "" ? name : `${path}.${name}`;
    const got =
      columns.get(name.toLowerCase()) ?? columns.get(columnName(name));
    if (isObject(wanted)) {
      if (got !== null && typeof got === "object")
        return rowDifferences(wanted, got as Record<string, unknown>, where);
      // An empty object has no column of its own.
      return Object.keys(wanted).length === 0 ? [] : [where];
    }
    // An empty event can arrive as `event: []`, and has no column either.
    if (Array.isArray(wanted) && wanted.length === 0) return [];
    return isSame(wanted, got) ? [] : [where];
  });
}

/**
 * Whether a row's value is an event's: an integer is a number in JSON and a bigint in Parquet, an absent field is null in a row, and what
 * Refine has found in more than one type is a string in its column.
 */
function isSame(wanted: unknown, got: unknown): boolean {
  if (wanted === null || wanted === undefined)
    return got === null || got === undefined;
  if (isLosslessNumber(wanted)) return isSameNumber(wanted.toString(), got);
  if (Array.isArray(wanted))
    return Array.isArray(got)
      ? wanted.length === got.length &&
          wanted.every((value, i) => isSameInList(value, got[i]))
      : typeof got === "string" && got === plainJson(wanted);
  if (got instanceof Date)
    return typeof wanted === "string" && Date.parse(wanted) === got.getTime();
  return String(wanted as string | boolean) === String(got as string);
}

const isSameInList = (wanted: unknown, got: unknown): boolean =>
  isObject(wanted)
    ? isObject(got) && rowDifferences(wanted, got).length === 0
    : isSame(wanted, got);

/** @param text the number as JSON writes it */
function isSameNumber(text: string, got: unknown): boolean {
  switch (typeof got) {
    case "bigint":
      return /^-?\d+$/.test(text)
        ? BigInt(text) === got
        : Number(text) === Number(got);
    case "number":
      return Number(text) === got;
    case "string":
      return got === text || got === String(Number(text));
    default:
      return false;
  }
}

const plainJson = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    isLosslessNumber(inner) ? Number(inner.toString()) : inner,
  );

/** FNV-1a, 32 bits: spreads names evenly, which is all that is asked of it. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++)
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}

/**
 * Picks some of many items: the same ones for the same names, whatever their order, and spread over all of them, as they are picked by a
 * hash of their names.
 */
export function sample<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  count: number,
): T[] {
  return [...items]
    .sort(
      (a, b) =>
        hash(nameOf(a)) - hash(nameOf(b)) || (nameOf(a) < nameOf(b) ? -1 : 1),
    )
    .slice(0, count);
}
