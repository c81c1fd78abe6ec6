import { bulk, control } from "../support/activities";
import { hold, release } from "./hold-others";
import type { Saga } from "./saga";
import type { StepResults } from "./step-results";

/** Removes the planned flags, so that Refine takes their hours again. @returns how many; undefined where nobody refines */
export async function clearFlags(
  saga: Saga,
): Promise<StepResults["clear flags"]> {
  const { plan, progress, compensations } = saga;
  if (plan.refine === undefined) return undefined;
  await saga.keepRefine("clear flags");
  await hold(saga, "refine");
  compensations.owe("restore flags", async (only) => {
    const restored = await control.mutate.restoreFlags({
      planRef: plan.ref,
      ...(only ? { only } : {}),
    });
    return only && restored === 0 ? undefined : `${restored} flags`;
  });
  return control.mutate.clearFlags({
    planRef: plan.ref,
    skip: progress.skipped,
  });
}

/** Submits the planned Refine job, where there is one, once and waits for its end. Two Refines at once may write the same partitions. */
export async function refine(saga: Saga): Promise<StepResults["refine"]> {
  const { plan, progress, compensations } = saga;
  if (plan.refine === undefined) return undefined;
  await saga.keepRefine("refine");
  compensations.owe("kill the Refine application", async (only) => {
    // It refines the other topics, too.
    if (only) return undefined;
    const killed = await control.mutate.killRefine();
    return killed.join(", ") || "none was running";
  });
  const application = await bulk.submitRefine({
    job: plan.refine,
    planRef: plan.ref,
    skip: progress.skipped,
    ...(progress.skipped.length > 0
      ? { only: saga.topics.map(({ tableDir }) => tableDir) }
      : {}),
  });
  const ended = await bulk.awaitRefine({
    applicationId: application.applicationId,
    topics: saga.topicsWithoutLosses,
    planRef: plan.ref,
  });
  compensations.forget("kill the Refine application");
  await release(saga, "refine");
  await saga.letRefineGo();
  return { ...application, ...ended };
}

/** Reads in Refine's aggregated logs how each planned partition ended. */
export async function scanLogs(
  saga: Saga,
  refined: StepResults["refine"],
): Promise<StepResults["scan logs"]> {
  if (refined === undefined) return undefined;
  return bulk.scanLogs({
    applicationId: refined.applicationId,
    topics: saga.topicsWithoutLosses,
    planRef: saga.plan.ref,
  });
}
