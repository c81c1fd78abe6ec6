import type { ImporterRuns } from "../../activities/backfill/importer-running";
import type { Replayed } from "../../activities/backfill/replay";
import type { Verification } from "../../domain/backfill/verification";
import type { LogScan } from "../../domain/backfill/log-scan";
import type { Missing } from "../../domain/backfill/missing";
import { rowsInWords } from "../../domain/backfill/mysql-rows";
import type { PlanSummary } from "../../domain/backfill/plan";
import type { BackfillResult } from "../../domain/backfill/report";
import type { StepName } from "../../domain/backfill/steps";
import { total } from "../../lib/total";

/** A plan, and the time (ISO-8601) as of which it was made. */
export type DatedPlan = { plan: PlanSummary; asOf: string };

/** Topics to their own `retention.ms` before it was raised, null where they had none of their own. */
export type RetentionBefore = Record<string, string | null>;

/** A Refine that has ended. */
export type FinishedRefine = {
  applicationId: string;
  link: string;
  finalStatus: string;
  seconds: number;
  /** See SubmittedRefine. */
  flagsSetSince?: number;
  /** Other Refines that ran at the same time, for people. */
  besides?: string[];
};

const NOBODY_REFINES = "nothing to do: nobody refines this pipeline";

/** What each step of a saga returns. */
export type StepResults = {
  plan: DatedPlan;
  approve: DatedPlan & { by: "operator" | "input" };
  "hold retention": RetentionBefore;
  "reset import": ImporterRuns;
  "find missing": Omit<Missing, "joinedBy">;
  replay: Replayed;
  import: ImporterRuns;
  /** Flags that were removed; like what the next two return absent where nobody refines. */
  "clear flags": number | undefined;
  refine: FinishedRefine | undefined;
  "scan logs": LogScan | undefined;
  verify: Verification;
  report: Extract<BackfillResult, { holds: boolean }>;
};

const runsText = ({ runs, besides }: ImporterRuns): string =>
  besides
    ? `${runs} importer runs; others ran beside them, and the positions were put together (${besides.join(", ")})`
    : `${runs} importer runs`;

const refineText = ({
  applicationId,
  seconds,
  flagsSetSince,
  besides,
}: FinishedRefine): string =>
  [
    `${applicationId} in ${seconds} s`,
    ...(flagsSetSince
      ? [`${flagsSetSince} flags that others had set were taken away before`]
      : []),
    ...(besides ? [`beside it ran ${besides.join(", ")}`] : []),
  ].join("; ");

/** What each step that is done says of its result, beside its name. */
export const STEP_DETAILS: {
  [Name in StepName]: (result: StepResults[Name]) => string;
} = {
  plan: ({ plan }) =>
    `${plan.topicHours} topic-hours, ${plan.flags} flags, digest ${plan.digest.slice(0, 12)}`,
  approve: ({ by }) =>
    by === "input" ? "approved by the start's own input" : "approved",
  "hold retention": (before) => `${Object.keys(before).length} topics`,
  "reset import": runsText,
  "find missing": ({ topics, files, mysqlRows, sources }) =>
    [
      `${total(topics, "events")} events in ${files.length} files`,
      ...(mysqlRows ? [`MySQL: ${rowsInWords(mysqlRows)}`] : []),
      ...(sources && sources.notAsked.length > 0
        ? [`not asked: ${sources.notAsked.join(", ")}`]
        : []),
    ].join("; "),
  replay: ({ landed, twice }) => `${landed} events, ${twice} twice`,
  import: runsText,
  "clear flags": (removed) =>
    removed === undefined ? NOBODY_REFINES : `${removed} flags`,
  refine: (refined) => (refined ? refineText(refined) : NOBODY_REFINES),
  "scan logs": (scan) =>
    scan
      ? `${scan.finished} finished, ${scan.failed.length} failed, ${scan.unexplained.length} unexplained`
      : NOBODY_REFINES,
  verify: ({ partitions, unrefined, duplicates, problems, findings }) =>
    `${partitions} ${unrefined ? "raw hours" : "partitions"}, ${duplicates} duplicates, ${problems.length} problems, ${findings.length} topic-hours not whole`,
  report: ({ holds }) =>
    holds ? "the proof holds" : "the proof does NOT hold",
};
