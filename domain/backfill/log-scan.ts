import {
  isUnexplained,
  isWhole,
  type LogError,
  type PartitionVerdict,
} from "./partition-verdict";

/** Longer lists are cut in what a workflow carries; the whole list of verdicts is stored. */
const MAX_LISTED = 200;

/**
 * What the aggregated logs of a Refine say, joined with the plan. A partition is a Hive partition here, named
 * `<database>.<table> <hour>`. Histories carry this shape, so its fields keep their names.
 */
export type LogScan = {
  /** Aggregated log files that were read, and their size on HDFS. */
  files: number;
  bytes: number;
  /** Lines of all logs, in scans of 0.2.0 and before: since then only lines that say something are read as such. */
  lines?: number;
  /** How many partitions are whole, whether planned or not. */
  finished: number;
  /** Partitions that failed, whether planned or not. */
  failed: string[];
  /** Planned partitions of which the logs do not say how they ended. */
  unexplained: string[];
  /** Rows written, of all partitions. */
  records: number;
  /**
   * Why the aggregated logs, or some of them, are unreadable; absent where all were read. What the driver said while the application
   * ran stands in for what they lack.
   */
  unread?: string;
  /** How many attempts of the application have left logs. Absent in scans of 0.1.0, as is everything below. */
  attempts?: number;
  /** How many containers have left logs. */
  containers?: number;
  /** Where every partition's verdict is stored. */
  partitionsRef?: string;
  /** How many partitions had which outcome: the planned ones and the others. */
  outcomes?: { outcome: string; planned: number; others: number }[];
  /** Partitions that are not whole, the planned ones first. */
  notWhole?: PartitionVerdict[];
  /** Partitions that were refined without being planned. */
  besides?: string[];
  /** Errors that belong to no partition. */
  errors?: LogError[];
};

/** How many verdicts have which outcome, in the order of their first occurrence. */
function countOutcomes(
  verdicts: PartitionVerdict[],
): NonNullable<LogScan["outcomes"]> {
  return [...new Set(verdicts.map((v) => v.outcome))].map((outcome) => {
    const alike = verdicts.filter((v) => v.outcome === outcome);
    const planned = alike.filter((v) => v.planned).length;
    return { outcome, planned, others: alike.length - planned };
  });
}

/** The part of a scan that follows from the verdicts. */
export function summarizeVerdicts(verdicts: PartitionVerdict[]) {
  const namesOf = (selected: (verdict: PartitionVerdict) => boolean) =>
    verdicts.filter(selected).map((v) => v.partition);
  return {
    finished: namesOf(isWhole).length,
    failed: namesOf((v) => v.outcome === "failed").slice(0, MAX_LISTED),
    unexplained: namesOf(isUnexplained).slice(0, MAX_LISTED),
    records: verdicts.reduce((sum, v) => sum + Math.max(0, v.records ?? 0), 0),
    outcomes: countOutcomes(verdicts),
    notWhole: verdicts.filter((v) => !isWhole(v)).slice(0, MAX_LISTED),
    besides: namesOf((v) => isWhole(v) && !v.planned).slice(0, MAX_LISTED),
  } satisfies Partial<LogScan>;
}
