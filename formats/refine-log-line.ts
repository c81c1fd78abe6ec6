import { type Hour, hourOfPartition } from "../domain/hour";

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

/** `Refining <n> dataset partitions …`: how many an application means to refine. */
export function parseRefineTotal(line: string): number | undefined {
  const m = /Refining (\d+) (?:raw )?(?:JSON )?dataset partitions in/.exec(
    line,
  );
  return m ? Number(m[1]) : undefined;
}
