import type { Hour } from "../../lib/hour";
import type { Verdict } from "./verdicts";

/** Topics × hours; an hour without a cell is empty. */
export type Grid = { topic: string; cells: Record<Hour, Verdict> }[];

/** Hours in which any topic is not empty, in order. */
export function gridHours(grid: Grid): Hour[] {
  const hours = new Set<Hour>();
  for (const row of grid) {
    for (const [hour, verdict] of Object.entries(row.cells))
      if (verdict !== "empty") hours.add(hour);
  }
  return [...hours].sort();
}
