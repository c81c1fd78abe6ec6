import { setCurrentDetails } from "@temporalio/workflow";
import type { PlanSummary } from "../../domain/backfill/plan";
import type {
  BackfillProgress,
  StepState,
} from "../../domain/backfill/progress";
import type { StepName } from "../../domain/backfill/steps";
import { sagaPage } from "../../reports/saga-page";
import { setAttributes } from "../support/attributes";

/** Sets a step's state, counts an attempt where it begins, and shows all steps to people. */
export function markStep(
  progress: BackfillProgress,
  name: StepName,
  state: StepState,
  detail?: string,
): void {
  const step = progress.steps.find((each) => each.name === name)!;
  const now = new Date().toISOString();
  if (state === "running") {
    progress.phase = name;
    step.attempts++;
    step.startedAt ??= now;
  } else {
    step.endedAt = now;
  }
  step.state = state;
  tellOfStep(progress, name, detail);
}

/** Says something of the step that runs; undefined takes back what was said. */
export function tellOfStep(
  progress: BackfillProgress,
  name: StepName,
  detail: string | undefined,
): void {
  const step = progress.steps.find((each) => each.name === name)!;
  if (detail === undefined) delete step.detail;
  else step.detail = detail;
  showProgress(progress);
}

/** Takes a new plan into the progress, and its topics and hours into the search attributes. */
export function recordPlan(
  progress: BackfillProgress,
  plan: PlanSummary,
): void {
  progress.plan = plan;
  progress.planAt = new Date().toISOString();
  progress.eventsMissing = plan.missing;
  setAttributes({
    topics: plan.topics.map(({ topic }) => topic),
    range: plan.range,
  });
}

/** Shows the progress in the search attributes and on the workflow's page in the Web UI. */
export function showProgress(progress: BackfillProgress): void {
  setAttributes({
    phase: progress.paused ? "paused" : progress.phase,
    missing: progress.eventsMissing,
    replayed: progress.eventsReplayed,
  });
  setCurrentDetails(sagaPage(progress));
}
