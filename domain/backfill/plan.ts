import type { Loss } from "../audit/evidence";
import type { Hour, HourRange } from "../../lib/hour";
import type { Numbers } from "../audit/judgement";
import type { Cause, Level, Verdict } from "../audit/verdicts";

/** What is wrong with one topic-hour. */
export type Finding = {
  topic: string;
  hour: Hour;
  verdict: Verdict;
  cause?: Cause;
  level?: Level;
  numbers?: Numbers;
  /** Events that the best source outside HDFS knows of and HDFS has not. */
  missing: number;
  why: string;
};

export type FlagToClear = {
  topic: string;
  hour: Hour;
  path: string;
  owner: string;
  /** Epoch ms. */
  mtime: number;
  why: string;
};

/** A Refine that runs while the plan is made. It writes the same partitions: the saga waits for its end, or an operator ends it. */
export type RunningJob = {
  id: string;
  name: string;
  user: string;
  /** ISO-8601. */
  startedAt: string;
  link: string;
  /** Why it should not run at all, where that is known. */
  outdated?: string;
};

/** How long it will take, and what that is reckoned from. */
export type Estimate = {
  replaySeconds: number;
  partitions: number;
  refineSeconds: number;
  basis: string[];
};

export type PlannedTopic = {
  topic: string;
  schema: string;
  revision?: number;
  table: string;
  tableDir: string;
  /** Hours that are to be complete at the end. */
  hours: Hour[];
  /** Its hours are not named here: the plan is too large for workflow state and lies in storage. */
  byReference?: boolean;
  /** Offsets deleted unread, exact by the offset ledger. */
  lostOffsets: number;
  /** The same by partition; absent in plans of before. */
  losses?: Loss[];
  /** Whether the importer must be moved to the earliest offset. */
  reset: boolean;
  /** Distinct events that the archive has and raw hours lack; the plan's estimate. */
  missing: number;
};

/** The very job that is to refine; what it is pinned to is part of the plan, and so of its approval. */
export type RefineJob = {
  jar: string;
  sha256: string;
  class: string;
  arguments: string[];
};

export type Plan = {
  range: HourRange;
  asOf: string;
  topics: PlannedTopic[];
  findings: Finding[];
  flags: FlagToClear[];
  refine: RefineJob;
  /** Stored offsets before anything was done, by `<topic>/<partition>`. */
  offsets: Record<string, string>;
  importerRun?: string;
};

/** Short enough for workflow state; the whole plan lies in storage. */
export type PlanSummary = {
  digest: string;
  ref: string;
  range: HourRange;
  topics: PlannedTopic[];
  /** The oldest planned hour. */
  oldest?: Hour;
  topicHours: number;
  missing: number;
  lostOffsets: number;
  flags: number;
  outdatedPartitions: number;
  refine: RefineJob;
  /** The importer's newest run before anything was done. */
  importerRun?: string;
  /** The plan as a document, on HDFS, and where a browser opens it. */
  document?: string;
  link?: string;
  /** Not part of the digest: they pass by themselves. */
  running?: RunningJob[];
  estimate?: Estimate;
};

/** A topic as a literal in a Java or JavaScript regex. */
export const regexLiteral = (text: string) =>
  text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
