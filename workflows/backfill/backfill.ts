import { workflowInfo } from "@temporalio/workflow";
import type { PlanSummary } from "../../domain/backfill/plan";
import type { BackfillResult } from "../../domain/backfill/report";
import { sagaNameOf } from "../../domain/backfill/saga-name";
import { backfillInput } from "../../domain/settings/inputs";
import { control } from "../support/activities";
import { parseInput } from "../support/parse";
import { changedBy } from "../support/patches";
import { goBy, nameSaga } from "../support/saga-name";
import { awaitApproval, makePlan } from "./approval";
import { HeldLeases } from "./held-leases";
import { findMissing, isProven, replayMissing, verify } from "./bulk-steps";
import { endWell, undoEverything } from "./ending";
import { importReplayed, resetImport } from "./import";
import { recordPlan } from "./progress";
import { clearFlags, refine, scanLogs } from "./refine";
import { writeReport } from "./report";
import { holdRetention } from "./retention";
import { Saga } from "./saga";
import { Steering } from "./steering";
import { StepRunner } from "./step-runner";
import { total } from "../../lib/total";

/** The result where nothing is planned; what was left out is broken all the same. */
const nothingToDo = ({ leftOut, document }: PlanSummary): BackfillResult => ({
  dryRun: false,
  nothingToDo: true,
  ...(leftOut ? { leftOut, document } : {}),
});

/**
 * Repairs a range of hours in twelve steps. What each does, what undoes it and what stays after an abort is in `domain/backfill/steps.ts`.
 * Every step can be tried again, and operators steer it at any moment with the updates in `steering.ts`.
 */
export async function backfill(raw: unknown): Promise<BackfillResult> {
  const input = parseInput(backfillInput, raw);
  const { workflowId, firstExecutionRunId } = workflowInfo();
  if (changedBy("saga-identity"))
    nameSaga(sagaNameOf(workflowId, firstExecutionRunId));
  const runner = new StepRunner();
  runner.isDryRun = input.dryRun;
  const steering = new Steering(runner);
  const leases = new HeldLeases();
  const { step, progress } = runner;

  async function repair(): Promise<BackfillResult> {
    const settings = await control.read.settings();
    steering.planMaxAgeMinutes = settings.planMaxAgeMinutes;
    goBy(settings.configDigest);

    // What is broken, and what would be changed? Nothing is touched before somebody has approved that.
    let planned = await step("plan", () => makePlan(input, settings));
    recordPlan(progress, planned.plan);
    if (planned.plan.topics.length === 0) return nothingToDo(planned.plan);
    if (input.dryRun) return { dryRun: true, plan: planned.plan };
    const approved = await step("approve", () =>
      awaitApproval(planned, {
        input,
        settings,
        steering,
        progress,
        leases,
        planned: (plan) => (planned = plan),
      }),
    );
    if (approved.plan.topics.length === 0) return nothingToDo(approved.plan);
    const saga = new Saga(runner, settings, approved, leases);
    runner.beforeStep = () => saga.putBackSkipped();

    // Kafka must not delete what is about to be replayed, and the importer must read on where offsets are gone.
    const retention = await step("hold retention", () => holdRetention(saga));
    const reset = await step("reset import", () => resetImport(saga));

    // The events themselves: found in the archives, produced again, imported again.
    const missing = await step("find missing", () => findMissing(saga));
    progress.eventsMissing = total(missing.topics, "events");
    const replayed = await step("replay", () => replayMissing(saga, missing));
    progress.eventsReplayed = replayed.landed;
    const imported = await step("import", () =>
      importReplayed(saga, replayed, retention),
    );

    // Their partitions: Refine takes an hour again once its flag is gone.
    const flagsRemoved = await step("clear flags", () => clearFlags(saga));
    const refined = await step("refine", () => refine(saga));
    const logs = await step("scan logs", () => scanLogs(saga, refined));

    // The proof, from the rows themselves.
    const verified = await step("verify", () => verify(saga, missing));
    // Topics that were taken out while rows were verified are put back as of any other step: the proof is none of theirs.
    await runner.between(() => saga.putBackSkipped());
    if (isProven(verified)) saga.compensations.settle("restore offsets");
    const report = await step("report", () =>
      writeReport(saga, {
        reset,
        missing,
        replayed,
        imported,
        flagsRemoved,
        refined,
        logs,
        verified,
      }),
    );
    await runner.between(() => saga.putBackSkipped());
    return report;
  }

  try {
    const result = await runner.scope.run(repair);
    await endWell(runner);
    return result;
  } catch (error) {
    throw await undoEverything(runner, error, steering);
  } finally {
    await leases.giveAllBack();
  }
}
