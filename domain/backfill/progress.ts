import type { PlanSummary } from "./plan";
import { SAGA_STEPS, STEPS, type StepName } from "./steps";

/** `stalled`: a service does not answer, or refuses; the step is tried again by itself. `failed`: an operator has to do something. */
export type StepState = "waiting" | "running" | "done" | "stalled" | "failed";

/** The sign of a step's state, in the Web UI and in the terminal. */
export const STEP_SIGN: Record<StepState, string> = {
  waiting: " ",
  running: ">",
  done: "+",
  stalled: "~",
  failed: "!",
};

/** How far a saga is: the answer to the query `progress`. */
export type BackfillProgress = {
  /** The step that runs or waits; `aborting` while an abort undoes what was done. */
  phase: StepName | "paused" | "aborting" | "ended";
  paused: boolean;
  steps: {
    name: StepName;
    state: StepState;
    /** What it did, or why it failed or stalls. */
    detail?: string;
    /** When it first began, ISO-8601. */
    startedAt?: string;
    /** When it last ended, well or not, ISO-8601. */
    endedAt?: string;
    attempts: number;
  }[];
  plan?: PlanSummary;
  /** When the plan was made, ISO-8601. */
  planAt?: string;
  /** Topics that an operator has taken out. */
  skipped: string[];
  /** What was undone of topics that were taken out, a line each time. */
  putBack?: string[];
  /** Events: the plan's estimate, from the step `find missing` on their exact number. */
  eventsMissing: number;
  eventsReplayed: number;
  /** Compensations that an abort would run, in the order in which it would run them. */
  undoable: string[];
  /** What an abort has undone, and what it could not undo and why. */
  undone?: string[];
  /** What an abort could not take back. */
  remains?: string[];
  /** Where a browser opens the report. */
  report?: string;
};

/** The progress of a saga that has done nothing yet. */
export function newProgress(): BackfillProgress {
  return {
    phase: "plan",
    paused: false,
    steps: STEPS.map((name) => ({ name, state: "waiting", attempts: 0 })),
    skipped: [],
    eventsMissing: 0,
    eventsReplayed: 0,
    undoable: [],
  };
}

/** What stays after an abort, of the steps that have begun. */
export function whatStays({ steps }: Pick<BackfillProgress, "steps">) {
  const begun = new Set(
    steps.filter((step) => step.attempts > 0).map((step) => step.name),
  );
  return SAGA_STEPS.flatMap(({ name, stays }) =>
    stays !== null && begun.has(name) ? [stays] : [],
  );
}

/** The topics that no operator has taken out. An operator may do so at any moment: ask again whenever a step begins. */
export const notSkipped = <T extends { topic: string }>(
  topics: T[],
  { skipped }: Pick<BackfillProgress, "skipped">,
): T[] => topics.filter(({ topic }) => !skipped.includes(topic));
