/**
 * A value as text, so that equal values of an event and of its row give equal texts: an integer is a number in JSON and a bigint in
 * Parquet, and an absent field is null in a row.
 */
const comparable = (value: unknown): string => {
  if (value === null || value === undefined) return "null";
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "object")
    return JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === "bigint" ? inner.toString() : inner,
    );
  return String(value as string | number | bigint | boolean);
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

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
 * not have are ignored: they are Refine's own (geocoded_data), or other events' of the same table. Lists are compared as their JSON.
 * @param path the name of the field that `event` and `row` are the values of; for messages
 * @returns one sentence a difference; empty where there is none
 */
export function rowDifferences(
  event: Record<string, unknown>,
  row: Record<string, unknown>,
  path = "",
): string[] {
  const columns = columnsOf(row);
  return Object.entries(event).flatMap(([name, wanted]) => {
    const where = path === "" ? name : `${path}.${name}`;
    const got = columns.get(name.toLowerCase());
    if (isObject(wanted)) {
      if (got !== null && typeof got === "object")
        return rowDifferences(wanted, got as Record<string, unknown>, where);
      // An empty object has no column of its own.
      return Object.keys(wanted).length === 0
        ? []
        : [`${where} is ${comparable(got)}`];
    }
    // An empty event can arrive as `event: []`, and has no column either.
    if (Array.isArray(wanted) && wanted.length === 0) return [];
    return comparable(wanted) === comparable(got)
      ? []
      : [
          `${where} is ${comparable(got)}, the event's is ${comparable(wanted)}`,
        ];
  });
}

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
