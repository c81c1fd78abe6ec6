import { type Hour, hourOfPartition } from "../../lib/hour";

/** A status that Refine logs of one dataset partition. */
export type RefineStatus = {
  kind: "finished" | "failed";
  /** Whether the outdated json-refine wrapper said it. */
  outdated: boolean;
  input: string;
  /** `event.navigationtiming` */
  table: string;
  hour: Hour;
  records?: number;
};

const STATUS =
  /(Finished|Failed) refinement of (JSON )?dataset (\S+) -> `([^`]+)`\.`([^`]+)` \(([^)]*)\)\.(?: \(# refined records: (-?\d+)\))?/;

/** Reads a Refine driver's status line (analytics-refinery-source v0.0.62; `JSON dataset` is v0.0.58's); undefined for other lines. */
export function parseRefineStatus(line: string): RefineStatus | undefined {
  const m = STATUS.exec(line);
  if (!m) return undefined;
  const hour = hourOfPartition(m[6]!);
  if (hour === undefined) return undefined;
  return {
    kind: m[1] === "Finished" ? "finished" : "failed",
    outdated: m[2] !== undefined,
    input: m[3]!,
    table: `${m[4]}.${m[5]}`.toLowerCase(),
    hour,
    ...(m[7] === undefined ? {} : { records: Number(m[7]) }),
  };
}

/** What a line says of a partition, a status or less than that. */
export type RefineMention = {
  /** `begun`: its refinement started. `empty`: no rows after the transforms, a flag and no data. `blocked`: skipped, for it failed before on the same input. */
  kind: RefineStatus["kind"] | "begun" | "empty" | "blocked";
  table: string;
  hour: Hour;
  records?: number;
};

const PARTITION = /`([^`]+)`\.`([^`]+)` \(([^)]*)\)/;
const SAID: [RegExp, RefineMention["kind"]][] = [
  [/ Beginning refinement of /, "begun"],
  [/ is empty after transformations/, "empty"],
  [
    / previously failed refinement and does not have new data since the last refine/,
    "blocked",
  ],
];

/** Reads any line of Refine's that tells what became of a partition; undefined for other lines. */
export function parseRefineMention(line: string): RefineMention | undefined {
  const status = parseRefineStatus(line);
  if (status) return status;
  const kind = SAID.find(([said]) => said.test(line))?.[1];
  const m = kind && PARTITION.exec(line);
  const hour = m ? hourOfPartition(m[3]!) : undefined;
  if (!kind || !m || hour === undefined) return undefined;
  return { kind, table: `${m[1]}.${m[2]}`.toLowerCase(), hour };
}

/** A line of log4j's layout `%d{yy/MM/dd HH:mm:ss} %p %c{n}: %m`; undefined for what follows one, such as a stack trace. */
export function parseLogHead(
  line: string,
): { time: string; level: string; text: string } | undefined {
  const m = /^(\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d) ([A-Z]+) (.*)$/.exec(line);
  return m ? { time: m[1]!, level: m[2]!, text: m[3]! } : undefined;
}

/** `Refining <n> dataset partitions …`: how many an application means to refine. */
export function parseRefineTotal(line: string): number | undefined {
  const m = /Refining (\d+) (?:raw )?(?:JSON )?dataset partitions in/.exec(
    line,
  );
  return m ? Number(m[1]) : undefined;
}
