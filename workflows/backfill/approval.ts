import { condition } from "@temporalio/workflow";
import type { BackfillProgress } from "../../domain/backfill/progress";
import type { BackfillInput } from "../../domain/settings/inputs";
import { archiveHost } from "../support/activities";
import { changedBy } from "../support/patches";
import { markStep, recordPlan } from "./progress";
import type { Settings } from "./saga";
import type { Steering } from "./steering";
import type { DatedPlan, StepResults } from "./step-results";

/** Makes a plan as of the given time; default: the input's time, else now. */
export async function makePlan(
  input: BackfillInput,
  { archiveQueue }: Pick<Settings, "archiveQueue">,
  asOf = input.asOf ?? new Date().toISOString(),
): Promise<DatedPlan> {
  const plan = await archiveHost(archiveQueue).plan.makePlan({
    ...input,
    asOf,
  });
  return { plan, asOf };
}

/**
 * Waits until an operator approves a plan that is still true. What a plan was made from may have changed between its making and its
 * approval, so an approved plan is made once more: where the new one differs, it has to be approved in its turn. An operator may also have
 * the plan made anew without approving it. @returns the plan to be carried out, or one without topics where nothing is left to repair
 */
export async function awaitApproval(
  first: DatedPlan,
  about: {
    input: BackfillInput;
    settings: Settings;
    steering: Steering;
    progress: BackfillProgress;
  },
): Promise<StepResults["approve"]> {
  const { input, settings, steering, progress } = about;
  if (input.autoApprove) return { ...first, by: "input" };
  for (let current = first; ;) {
    const { digest } = current.plan;
    await condition(
      () => steering.approvedDigest === digest || steering.isReplanWanted,
    );
    if (!changedBy("fresh-plan")) return { ...current, by: "operator" };
    const isReplan = steering.isReplanWanted;
    current = await makePlan(
      input,
      settings,
      isReplan ? undefined : current.asOf,
    );
    recordPlan(progress, current.plan);
    const isStillTrue = !isReplan && current.plan.digest === digest;
    if (isStillTrue || current.plan.topics.length === 0)
      return { ...current, by: "operator" };
    markStep(
      progress,
      "approve",
      "running",
      isReplan
        ? "planned anew"
        : "its inputs have changed: planned anew, to be approved again",
    );
    steering.askAgain();
  }
}
