import type { PlanSummary } from "./plan";

export const STEPS = [
  "plan",
  "approve",
  "hold retention",
  "reset import",
  "find missing",
  "replay",
  "import",
  "clear flags",
  "refine",
  "scan logs",
  "verify",
  "report",
] as const;
export type StepName = (typeof STEPS)[number];
export type StepState = "waiting" | "running" | "done" | "failed" | "skipped";

export type BackfillProgress = {
  phase: StepName | "paused" | "aborting" | "ended";
  paused: boolean;
  steps: {
    name: StepName;
    state: StepState;
    detail?: string;
    startedAt?: string;
    endedAt?: string;
    attempts: number;
  }[];
  plan?: PlanSummary;
  /** When it was made, ISO-8601. */
  planAt?: string;
  skipped: string[];
  eventsMissing: number;
  eventsReplayed: number;
  undoable: string[];
  undone?: string[];
  /** What an abort could not take back. */
  remains?: string[];
  report?: string;
};
