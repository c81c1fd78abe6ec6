/** A row's value as it is compared: Hive knows no difference between 1 and 1n, and an absent field is null. */
const plain = (value: unknown): string =>
  value === null || value === undefined
    ? "null"
    : value instanceof Date
      ? value.toISOString()
      : typeof value === "object"
        ? JSON.stringify(value, (_, v: unknown) =>
            typeof v === "bigint" ? v.toString() : v,
          )
        : String(value as string | number | bigint | boolean);

const fieldsOf = (row: object) =>
  new Map(Object.entries(row).map(([k, v]) => [k.toLowerCase(), v as unknown]));

/**
 * Field by field, what a refined row has otherwise than the event it came from. Column names are compared without case, as Hive keeps
 * them; columns that the event has not are Refine's own (geocoded_data) or other events'. Lists are left to their JSON.
 * @returns one line a difference, empty where there is none
 */
export function rowDifferences(
  event: Record<string, unknown>,
  row: Record<string, unknown>,
  path = "",
): string[] {
  const columns = fieldsOf(row);
  return Object.entries(event).flatMap(([name, wanted]) => {
    const where = path === "" ? name : `${path}.${name}`;
    const got = columns.get(name.toLowerCase());
    if (
      wanted !== null &&
      typeof wanted === "object" &&
      !Array.isArray(wanted)
    ) {
      if (got !== null && typeof got === "object")
        return rowDifferences(
          wanted as Record<string, unknown>,
          got as Record<string, unknown>,
          where,
        );
      // An empty object has no column of its own.
      return Object.keys(wanted).length === 0
        ? []
        : [`${where} is ${plain(got)}`];
    }
    // `event: []` is how an empty event arrives.
    if (Array.isArray(wanted) && wanted.length === 0) return [];
    return plain(wanted) === plain(got)
      ? []
      : [`${where} is ${plain(got)}, the event's is ${plain(wanted)}`];
  });
}

/** Picks a few of many, the same ones for the same names, spread by a hash rather than by their order. */
export function sample<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  count: number,
): T[] {
  const hash = (text: string) => {
    let h = 0x811c9dc5;
    for (let i = 0; i < text.length; i++)
      h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
    return h;
  };
  return [...items]
    .sort(
      (a, b) =>
        hash(nameOf(a)) - hash(nameOf(b)) || (nameOf(a) < nameOf(b) ? -1 : 1),
    )
    .slice(0, count);
}
