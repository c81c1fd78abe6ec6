import type { Loss } from "../audit/evidence";
import type { Grid } from "../audit/grid";
import type { Chapter } from "../incidents/timeline";
import type { LogError, PartitionVerdict } from "./partition-verdict";
import type { MysqlRows } from "./mysql-rows";
import type { LeftOut, PlanSummary } from "./plan";
import type { SearchedSources } from "./searched-sources";
import type { Verification } from "./verification";

/**
 * What a backfill did, in numbers that can be checked. It is stored as JSON; fields that reports of earlier versions do not have are optional.
 */
export type BackfillReport = {
  workflowId: string;
  /** ISO-8601. */
  asOf: string;
  plan: PlanSummary;
  /** Topics that an operator took out; nothing is claimed of them. */
  skipped: string[];
  /** Offsets deleted unread, of the topics that were not skipped. */
  lostOffsets: number;
  found: {
    /** Distinct missing events. */
    events: number;
    /** Messages that these events were in Kafka; an event that was produced twice counts twice. */
    messages: number;
    fromArchive: number;
    fromMysql: number;
    /** Lost offsets that no source accounts for that was asked. */
    unrecoverable: number;
    /** Lines of the archive. */
    unreadableLines: number;
    /** Rows of MySQL that were not used, or with a doubt, and why; absent where there are none, and in reports before 0.3.0. */
    mysqlRows?: MysqlRows;
    /** Which sources were asked and which were not; absent in reports before 0.3.0. */
    sources?: SearchedSources;
    /** Messages that were found of hours that the plan leaves out; absent where there are none. */
    leftOut?: number;
  };
  /** Distinct events that were read back from Kafka, and those of them that are there more than once. */
  replayed: { landed: number; twice: number };
  importerRuns: { reset: number; import: number };
  flagsRemoved: number;
  /** Absent where nobody refines. */
  refine?: {
    applicationId: string;
    link: string;
    finalStatus: string;
    seconds: number;
    finished: number;
    failed: string[];
    unexplained: string[];
    /** Why the aggregated logs could not be read. */
    logsUnread?: string;
    /** What the logs say, joined with the plan; absent in reports of 0.1.0. */
    logs?: {
      attempts: number;
      containers: number;
      outcomes: { outcome: string; planned: number; others: number }[];
      notWhole: PartitionVerdict[];
      besides: string[];
      errors: LogError[];
      ref: string;
    };
  };
  verified: Omit<Verification, "deep" | "findings"> & {
    deep?: Verification["deep"];
    findingsLeft: number;
  };
  before: Grid;
  after: Grid;
  /** What had gone wrong, in its order in time; absent in reports of 0.1.0. */
  story?: Chapter[];
  /** What was chosen to be repaired, and what was left as it was; absent where nothing was. */
  chosen?: string[];
  leftOut?: LeftOut[];
  steps: {
    name: string;
    startedAt?: string;
    endedAt?: string;
    attempts: number;
    detail?: string;
  }[];
  /** The sum of each topic that lost something; absent in reports of 0.1.0. */
  topics?: {
    topic: string;
    lostOffsets: number;
    losses?: Loss[];
    events: number;
    messages: number;
    fromArchive: number;
    fromMysql: number;
    unrecoverable: number;
    /** Messages in Kafka that other sagas have replayed: they may stand for offsets that count as unrecoverable. Absent where there are none. */
    replayedBefore?: number;
    /** What was found of hours that the plan leaves out; absent where there is nothing. */
    leftOut?: { events: number; messages: number };
  }[];
};

/** A report's numbers, as the workflow itself returns them. */
export type BackfillNumbers = Omit<
  BackfillReport,
  "before" | "after" | "story" | "plan" | "steps" | "chosen" | "leftOut"
>;

/** What the workflow `backfill` returns. */
export type BackfillResult =
  | { dryRun: true; plan: PlanSummary }
  | {
      dryRun: false;
      report: string;
      holds: boolean;
      numbers: BackfillNumbers;
    }
  | {
      dryRun: false;
      nothingToDo: true;
      /** How many broken topic-hours were left out, and the plan that names them; absent where none were. */
      leftOut?: number;
      document?: string;
    };

/** Whether the proof holds: everything that could be recovered is back, whole and once. */
export function holds(r: BackfillReport): boolean {
  return (
    r.replayed.twice === 0 &&
    r.replayed.landed === r.found.events &&
    r.verified.problems.length === 0 &&
    r.verified.findingsLeft === 0 &&
    (r.refine === undefined || isRefinedWholly(r.refine))
  );
}

/** Where the cluster no longer has the logs, the rows of the partitions, which were verified, are proof enough. */
const isRefinedWholly = ({
  failed,
  unexplained,
  logsUnread,
}: NonNullable<BackfillReport["refine"]>): boolean =>
  failed.length === 0 && (unexplained.length === 0 || logsUnread !== undefined);

/** How fast a Refine was: stored for the estimates of later plans. `by` is the id of the saga. */
export type RefineRate = { partitions: number; seconds: number; by: string };
