import {
  ApplicationFailure,
  defineQuery,
  defineUpdate,
  setHandler,
} from "@temporalio/workflow";
import {
  type BackfillProgress,
  notSkipped,
} from "../../domain/backfill/progress";
import { control } from "../support/activities";
import { goBy } from "../support/saga-name";
import type { StepRunner } from "./step-runner";

// Topics can be left out, steps cannot: every step relies on the one before it.
// These are updates, not signals: an operator who steers a saga wants to hear whether it was accepted, and if not, why.

/** Approves the plan with this digest. */
export const approve = defineUpdate<void, [digest: string]>("approve");
/** Makes the plan anew; the old one can no longer be approved. */
export const replan = defineUpdate<void>("replan");
/** Ends the step that runs, as far as it can be ended, and begins no other. */
export const pause = defineUpdate<void>("pause");
export const resume = defineUpdate<void>("resume");
/** Takes a topic out of everything that is still to come. */
export const skipTopic = defineUpdate<void, [topic: string]>("skipTopic");
/** Has the failed step tried again. @returns its name */
export const retryStep = defineUpdate<string>("retryStep");
/** Ends a running Refine of somebody else, such as an outdated one. @returns what was killed */
export const killJob = defineUpdate<string, [applicationId: string]>("killJob");
/** Has the saga go by the configuration that a worker has now. @returns its digest */
export const adoptConfig = defineUpdate<string>("adoptConfig");
/** Ends the saga and undoes what it did; what is imported, refined and verified only where the second argument says so. */
export const abort = defineUpdate<
  void,
  [reason?: string, undoesVerified?: boolean]
>("abort");
/** How far the saga is. */
export const backfillProgress = defineQuery<BackfillProgress>("progress");

/** What operators want of a saga, and what they may want. */
export class Steering {
  /** The digest of the plan that an operator has approved. */
  approvedDigest?: string;
  /** Whether an operator wants the plan to be made anew. */
  isReplanWanted = false;
  /** Why the saga is aborted, once it is. */
  abortReason?: string;
  /** Whether an abort puts back even what has been verified. */
  undoesVerified = false;
  /** How old a plan may be when it is approved, in minutes; unlimited until the settings are known. */
  planMaxAgeMinutes?: number;

  constructor(private readonly runner: StepRunner) {
    const { progress, compensations } = runner;
    setHandler(backfillProgress, () => ({
      ...progress,
      undoable: compensations.names,
    }));
    setHandler(
      approve,
      (digest) => {
        this.approvedDigest = digest;
      },
      { validator: (digest) => this.mayApprove(digest) },
    );
    setHandler(
      replan,
      () => {
        this.isReplanWanted = true;
      },
      { validator: () => this.mayReplan() },
    );
    setHandler(
      killJob,
      (applicationId) => control.mutate.killJob({ applicationId }),
      { validator: mayKill },
    );
    setHandler(
      pause,
      () => {
        runner.setPaused(true);
        runner.interruptStep();
      },
      { validator: () => refuseIf(progress.paused, "it is paused already") },
    );
    setHandler(resume, () => runner.setPaused(false), {
      validator: () => refuseIf(!progress.paused, "it is not paused"),
    });
    setHandler(
      skipTopic,
      (topic) => {
        progress.skipped.push(topic);
        // The replay begins again without the topic.
        if (progress.phase === "replay") runner.interruptStep();
      },
      { validator: (topic) => this.maySkip(topic) },
    );
    setHandler(retryStep, () => runner.retryFailedStep(), {
      validator: () =>
        refuseIf(runner.failedStep === undefined, "no step has failed"),
    });
    setHandler(adoptConfig, async () => {
      const adopted = await adoptConfiguration();
      // What is under way asks for the configuration of before, and so do shards that have begun.
      runner.interruptStep();
      return adopted;
    });
    setHandler(
      abort,
      (reason, undoesVerified) => {
        this.undoesVerified = undoesVerified ?? false;
        this.abortReason = reason ?? "an operator aborted it";
        runner.scope.cancel();
      },
      {
        validator: (_reason?: string, _undoesVerified?: boolean) =>
          this.mayAbort(),
      },
    );
  }

  /** Makes an operator approve once more: what was approved, or asked for, is done with. */
  askAgain(): void {
    this.isReplanWanted = false;
    this.approvedDigest = undefined;
  }

  private mayReplan(): void {
    const { phase } = this.runner.progress;
    refuseIf(
      phase !== "approve",
      `nothing waits for approval (phase: ${phase})`,
    );
  }

  private mayApprove(digest: string): void {
    this.mayReplan();
    const { plan, planAt } = this.runner.progress;
    refuseIf(
      digest !== plan?.digest,
      `the digest is not this plan's: given ${digest}, the plan is ${plan?.digest}`,
    );
    const minutes = (Date.now() - Date.parse(planAt ?? "")) / 60_000;
    refuseIf(
      this.planMaxAgeMinutes !== undefined && minutes > this.planMaxAgeMinutes,
      `the plan is ${Math.floor(minutes)} minutes old, allowed are ${this.planMaxAgeMinutes} (plan.maxAgeMinutes): send replan and approve the new one`,
    );
  }

  private maySkip(topic: string): void {
    const { progress } = this.runner;
    const planned = progress.plan?.topics ?? [];
    refuseIf(
      !planned.some((each) => each.topic === topic),
      `${topic} is not in the plan`,
    );
    refuseIf(progress.skipped.includes(topic), `${topic} is skipped already`);
    refuseIf(
      notSkipped(planned, progress).length === 1,
      `${topic} is the last one: abort instead`,
    );
  }

  private mayAbort(): void {
    const isEnding =
      this.runner.progress.phase === "ended" || this.abortReason !== undefined;
    refuseIf(isEnding, "it is ending already");
  }
}

/** Goes by what the worker has that answers first: operators look first whether all have the same (`sisyphus config check`). */
async function adoptConfiguration(): Promise<string> {
  goBy(undefined);
  const { configDigest } = await control.read.settings();
  goBy(configDigest);
  return configDigest ?? "none: a worker of an older version has answered";
}

function mayKill(applicationId: string): void {
  refuseIf(
    !/^application_\d+_\d+$/.test(applicationId),
    `application: given ${applicationId}, wanted is application_…_…`,
  );
}

/** Refuses an update. @throws ApplicationFailure `NotAllowed`, with the reason for the operator */
function refuseIf(isWrong: boolean, reason: string): void {
  if (isWrong) throw ApplicationFailure.nonRetryable(reason, "NotAllowed");
}
