import { condition } from "@temporalio/workflow";
import { topicLease } from "../../domain/backfill/leases";
import type { PlanSummary } from "../../domain/backfill/plan";
import type { BackfillProgress } from "../../domain/backfill/progress";
import type { BackfillInput } from "../../domain/settings/inputs";
import { archiveHost } from "../support/activities";
import { changedBy } from "../support/patches";
import { isByChoice } from "./choice";
import type { HeldLeases } from "./held-leases";
import { markStep, recordPlan, tellOfStep } from "./progress";
import type { Settings } from "./saga";
import type { Steering } from "./steering";
import type { DatedPlan, StepResults } from "./step-results";

/** Makes a plan as of the given time; default: the input's time, else now. */
export async function makePlan(
  input: BackfillInput,
  settings: Pick<Settings, "archiveQueue" | "neverTouch">,
  asOf = input.asOf ?? new Date().toISOString(),
): Promise<DatedPlan> {
  const { archiveQueue, neverTouch } = settings;
  const planning = archiveHost(archiveQueue).plan;
  const plan = isByChoice(input, settings)
    ? await planning.planByChoice({
        ...input,
        asOf,
        ...(neverTouch ? { neverTouch } : {}),
      })
    : await planning.makePlan({ ...input, asOf });
  return { plan, asOf };
}

/**
 * Waits until an operator approves a plan that is still true, and until this saga alone may change its topics. What a plan was made from may
 * have changed between its making and then, by another saga for one, so the plan is made once more: where the new one differs, it has to be
 * approved in its turn. An operator may also have the plan made anew without approving it.
 * @returns the plan to be carried out, or one without topics where nothing is left to repair
 */
export async function awaitApproval(
  first: DatedPlan,
  about: {
    input: BackfillInput;
    settings: Settings;
    steering: Steering;
    progress: BackfillProgress;
    leases: HeldLeases;
    /** Is told each plan that is made: where the step begins again, it is the newest that waits. */
    planned: (plan: DatedPlan) => void;
  },
): Promise<StepResults["approve"]> {
  const { input, settings, steering, progress, leases } = about;
  const by = input.autoApprove ? "input" : "operator";
  const takesLeases = changedBy("leases");
  if (input.autoApprove && !takesLeases) return { ...first, by };
  for (let current = first; ;) {
    const { digest } = current.plan;
    if (!input.autoApprove)
      await condition(
        () => steering.approvedDigest === digest || steering.isReplanWanted,
      );
    if (!takesLeases && !changedBy("fresh-plan")) return { ...current, by };
    const isReplan = steering.isReplanWanted;
    if (takesLeases && !isReplan) await takeTopics(current, leases, progress);
    try {
      current = await makePlan(
        input,
        settings,
        isReplan ? undefined : current.asOf,
      );
    } catch (error) {
      // The step begins again, and asks for leases anew: it would wait for its own.
      if (takesLeases) await leases.giveAllBack();
      throw error;
    }
    about.planned(current);
    recordPlan(progress, current.plan);
    const isStillTrue = !isReplan && current.plan.digest === digest;
    // Whatever the plan says is approved, as long as it changes nothing that others may change as well.
    const isApproved =
      isStillTrue ||
      (input.autoApprove && leases.holds(topicLeases(current.plan)));
    if (isApproved || current.plan.topics.length === 0)
      return { ...current, by };
    // Nobody is kept waiting by a plan that is not approved.
    if (takesLeases) await leases.giveAllBack();
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

const topicLeases = ({ topics }: PlanSummary) =>
  topics.map(({ topic }) => topicLease(topic));

/** Takes the leases of a plan's topics, and shows whom it waits for. */
async function takeTopics(
  { plan }: DatedPlan,
  leases: HeldLeases,
  progress: BackfillProgress,
): Promise<void> {
  await leases.take(topicLeases(plan), (text) =>
    tellOfStep(progress, "approve", text),
  );
}
