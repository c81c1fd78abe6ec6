import type { ColumnPath } from "../../formats/events/event-reader";

/** The value of the first column of a row that has one, as a text; undefined where none has. Hive keeps names without case. */
export function textInRow(
  row: Record<string, unknown>,
  columns: readonly ColumnPath[],
): string | undefined {
  for (const path of columns) {
    let at: unknown = row;
    for (const name of path)
      at =
        at !== null && typeof at === "object"
          ? Object.entries(at).find(([key]) => key.toLowerCase() === name)?.[1]
          : undefined;
    if (at !== null && at !== undefined) return String(at as string);
  }
  return undefined;
}
