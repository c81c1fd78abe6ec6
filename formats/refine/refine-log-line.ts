import { type Hour, hourOfPartition } from "../../lib/hour";

export { LOG_LEVELS, parseLogHead } from "../log-head";

/*
 * What Refine logs of Hive partitions (Refine of analytics-refinery-source v0.0.62; of v0.0.58, the outdated wrapper's, it says
 * `JSON dataset` where the other says `dataset`). A Hive partition is an hour of a table here, written
 *
 *     /path/of/the/raw/hour -> `event`.`Edit` (year=2018,month=7,day=5,hour=3)
 */

/** What stands in every line that says something of a Hive partition, and in few others: between a database and its table. */
export const REFINE_MARK = "`.`";

/** How a Hive partition's refinement ended, as one status line says it. */
export type RefineStatus = {
  kind: "finished" | "failed";
  /** Whether the outdated wrapper (json-refine) wrote the line. */
  outdated: boolean;
  /** The raw hour's directory. */
  input: string;
  /** `<database>.<table>` in lower case, as Hive has it: `event.navigationtiming`. */
  table: string;
  hour: Hour;
  /** Rows written; absent where the line does not say. A negative number says nothing. */
  records?: number;
};

const STATUS =
  /(Finished|Failed) refinement of (JSON )?dataset (\S+) -> `([^`]+)`\.`([^`]+)` \(([^)]*)\)\.(?: \(# refined records: (-?\d+)\))?/;

/** Reads a status line, with or without what log4j writes before it; undefined for every other line. */
export function parseRefineStatus(line: string): RefineStatus | undefined {
  const match = STATUS.exec(line);
  if (!match) return undefined;
  const [, ending, json, input, database, table, partition, records] = match;
  const hour = hourOfPartition(partition!);
  if (hour === undefined) return undefined;
  return {
    kind: ending === "Finished" ? "finished" : "failed",
    outdated: json !== undefined,
    input: input!,
    table: `${database}.${table}`.toLowerCase(),
    hour,
    ...(Number.isSafeInteger(Number(records ?? NaN))
      ? { records: Number(records) }
      : {}),
  };
}

/** What one line says of a Hive partition: a status, or something that falls short of one. */
export type RefineMention = {
  /**
   * Besides the kinds of a status:
   * `begun`: its refinement has begun;
   * `empty`: no rows were left after the transform functions, so there is a flag and no data;
   * `blocked`: it failed before on the same input, and Refine leaves it alone.
   */
  kind: RefineStatus["kind"] | "begun" | "empty" | "blocked";
  /** `<database>.<table>` in lower case. */
  table: string;
  hour: Hour;
  records?: number;
};

const PARTITION = /`([^`]+)`\.`([^`]+)` \(([^)]*)\)/;
const LESS_THAN_A_STATUS: [RegExp, RefineMention["kind"]][] = [
  [/ Beginning refinement of /, "begun"],
  [/ is empty after transformations/, "empty"],
  [
    / previously failed refinement and does not have new data since the last refine/,
    "blocked",
  ],
];

/** Reads any line that says what became of one Hive partition; undefined for every other line, a table's summary included. */
export function parseRefineMention(line: string): RefineMention | undefined {
  const status = parseRefineStatus(line);
  if (status) return status;
  const kind = LESS_THAN_A_STATUS.find(([words]) => words.test(line))?.[1];
  const match = kind && PARTITION.exec(line);
  if (!match) return undefined;
  const [, database, table, partition] = match;
  const hour = hourOfPartition(partition!);
  if (hour === undefined) return undefined;
  return { kind, table: `${database}.${table}`.toLowerCase(), hour };
}

/** How many Hive partitions the application means to refine, by the line `Refining <n> dataset partitions in …`; undefined for others. */
export function parseRefineTotal(line: string): number | undefined {
  const match = /Refining (\d+) (?:raw )?(?:JSON )?dataset partitions in/.exec(
    line,
  );
  const total = Number(match?.[1] ?? NaN);
  return Number.isSafeInteger(total) ? total : undefined;
}
