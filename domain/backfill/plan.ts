import type { Loss } from "../audit/evidence";
import type { Hour, HourRange } from "../../lib/hour";
import type { Numbers } from "../audit/judgement";
import type { Cause, Level, Verdict } from "../audit/verdicts";
import type { RefineJob } from "./refine-job";

/** What is wrong with one topic-hour, as an audit found it. */
export type Finding = {
  topic: string;
  hour: Hour;
  verdict: Verdict;
  cause?: Cause;
  level?: Level;
  numbers?: Numbers;
  /** Events that the best source outside of HDFS knows of and HDFS lacks. */
  missing: number;
  /** One sentence for a person. */
  why: string;
};

/** A flag that keeps Refine from a planned hour, and so has to go before Refine runs. */
export type FlagToClear = {
  topic: string;
  hour: Hour;
  /** Of the flag's file on HDFS. */
  path: string;
  /** Who set it, by HDFS. */
  owner: string;
  /** When it was set, epoch ms. */
  mtime: number;
  /** Why it has to go. */
  why: string;
};

/**
 * A Refine that runs while the plan is made. It may write the same partitions of tables, so the saga waits until it has ended or an
 * operator has ended it.
 */
export type RunningJob = {
  /** YARN's application id. */
  id: string;
  name: string;
  user: string;
  /** ISO-8601. */
  startedAt: string;
  /** Its page at YARN. */
  link: string;
  /** Why it should not run at all; absent where nothing is known against it. */
  outdated?: string;
};

/** How long the two long steps may take. */
export type Estimate = {
  replaySeconds: number;
  /** Hive partitions to refine. */
  partitions: number;
  refineSeconds: number;
  /** What the numbers rest on, a sentence each. */
  basis: string[];
};

/** A topic that the plan repairs. */
export type PlannedTopic = {
  topic: string;
  schema: string;
  revision?: number;
  /** The table's name as Hive knows it, in lower case. */
  table: string;
  /** The name of the table's directory, case kept. */
  tableDir: string;
  /** The hours that are to be complete at the end, sorted; empty where `byReference` is set. */
  hours: Hour[];
  /** The hours are left out, because the plan is too large for workflow state; the stored plan has them. */
  byReference?: boolean;
  /** Offsets that were deleted before the importer read them. Exact, except for transaction markers and compaction. */
  lostOffsets: number;
  /** The same by partition of the topic; absent in plans of 0.1.0. */
  losses?: Loss[];
  /** Offsets that Kafka holds and the importer has jumped over: it is moved back to them, and reads what lies behind them once more. Absent where there are none. */
  jumpedOver?: number;
  /** Whether the importer's position has to be moved: to the earliest offset, or to the first that it has jumped over. */
  reset: boolean;
  /** Distinct events that the archive has and raw hours lack. An estimate: the search counts them. */
  missing: number;
};

/** A broken topic-hour that a plan leaves as it is, and why. */
export type LeftOut = {
  topic: string;
  hour: Hour;
  verdict: Verdict;
  cause?: Cause;
  why: string;
};

/** What a backfill means to do. An operator approves exactly this, by its digest. */
export type Plan = {
  range: HourRange;
  /** The instant as of which the audit judged, ISO-8601. */
  asOf: string;
  topics: PlannedTopic[];
  findings: Finding[];
  flags: FlagToClear[];
  /** Absent where nobody refines. */
  refine?: RefineJob;
  /** The importer's newest run before anything was changed, after which an abort puts positions back; absent where it has made none. It is not part of the digest. */
  importerRun?: string;
  /** The digest of the configuration that made it (domain/settings/config-digest.ts); absent in plans of 0.2.0 and before. */
  config?: string;
  /** What was chosen to be repaired, in sentences; absent where nothing was chosen, so that all that is broken is planned. */
  chosen?: string[];
  /** What is broken and stays so, by choice or as it must never be touched; absent where nothing is. */
  leftOut?: LeftOut[];
};

/** A plan's numbers, and where the whole plan lies: short enough for workflow state. */
export type PlanSummary = {
  /** SHA-256 of what is approved of the plan, as canonical JSON. */
  digest: string;
  /** The whole plan in storage. */
  ref: string;
  range: HourRange;
  topics: PlannedTopic[];
  /** The oldest planned hour; absent where none is planned. */
  oldest?: Hour;
  /** How many topic-hours are planned. */
  topicHours: number;
  /** The sum of the topics' `missing`. */
  missing: number;
  lostOffsets: number;
  /** How many flags have to go. */
  flags: number;
  /** How many planned hours an outdated job has refined. */
  outdatedPartitions: number;
  /** Absent where nobody refines: the steps from `clear flags` to `scan logs` have nothing to do. */
  refine?: RefineJob;
  /** The importer's newest run before anything was changed. */
  importerRun?: string;
  /** The plan as a document for people: where it lies on HDFS. */
  document?: string;
  /** Where a browser opens that document. */
  link?: string;
  /** Refines that ran when the plan was made. They end by themselves, so they are not part of the digest. */
  running?: RunningJob[];
  /** Not part of the digest either. */
  estimate?: Estimate;
  /** How many broken topic-hours were left out; absent where nothing was chosen and none must be left alone. */
  leftOut?: number;
};
