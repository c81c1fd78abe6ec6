import {
  CancellationScope,
  condition,
  isCancellation,
} from "@temporalio/workflow";
import { newProgress } from "../../domain/backfill/progress";
import { sagaStep, type StepName } from "../../domain/backfill/steps";
import { outageOf, rootCause } from "../support/outages";
import { changedBy } from "../support/patches";
import { Compensations } from "./compensations";
import { markStep, showProgress } from "./progress";
import { STEP_DETAILS, type StepResults } from "./step-results";

/** Runs the steps of a saga one after another, and does what operators want of the step that runs. */
export class StepRunner {
  readonly progress = newProgress();
  readonly compensations = new Compensations();
  /** Whether somebody waits for the plan alone, and would rather hear that a service is down than wait for it. */
  isDryRun = false;
  /** What is to be done before each step, as a part of it. */
  beforeStep: () => Promise<void> = async () => undefined;
  /** Everything that an abort ends. */
  readonly scope = new CancellationScope();
  /** The scope of the step that runs, where it can be interrupted. */
  private interruptible?: CancellationScope;
  private wasInterrupted = false;
  private isRetryWanted = false;

  /**
   * Runs a step and shows what becomes of it. A step that fails for good waits until an operator has it tried again or aborts the saga:
   * an exception would throw the work of days away. One that stalls as a service is down needs nobody: it goes on once that is up again.
   */
  readonly step = async <Name extends StepName>(
    name: Name,
    work: () => Promise<StepResults[Name]>,
  ): Promise<StepResults[Name]> => {
    const { progress, compensations } = this;
    for (let stalls = 0; ;) {
      await condition(() => !progress.paused);
      markStep(progress, name, "running");
      // What was asked for since is this attempt.
      this.isRetryWanted = false;
      try {
        this.interruptible = sagaStep(name).interruptible
          ? new CancellationScope()
          : undefined;
        await this.beforeStep();
        const result = await (this.interruptible?.run(work) ?? work());
        progress.undoable = compensations.names;
        markStep(progress, name, "done", STEP_DETAILS[name](result));
        return result;
      } catch (error) {
        // An interrupted step may end with any error: a library that was interrupted need not know of cancellation.
        if (this.wasInterrupted && !this.scope.consideredCancelled) {
          markStep(progress, name, "running", "interrupted; begins again");
          continue;
        }
        if (isCancellation(error)) throw error;
        const { message } = rootCause(error);
        if (this.isWaitedOut(name, error)) {
          markStep(progress, name, "stalled", message);
          await condition(() => this.isRetryWanted, stalledFor(stalls++));
        } else {
          markStep(progress, name, "failed", message);
          // Without a plan nothing has been done that would be worth waiting for.
          if (name === "plan") throw error;
          await condition(() => this.isRetryWanted);
        }
      } finally {
        this.interruptible = undefined;
        this.wasInterrupted = false;
      }
    }
  };

  /** Does something between steps; a service that is down is waited for, as by a step. */
  async between(work: () => Promise<void>): Promise<void> {
    for (let stalls = 0; ;)
      try {
        return await work();
      } catch (error) {
        if (!this.isWaitedOut("report", error)) throw error;
        await condition(() => false, stalledFor(stalls++));
      }
  }

  /** Whether a step goes on by itself once its service does. */
  private isWaitedOut(name: StepName, error: unknown): boolean {
    if (name === "plan" && this.isDryRun) return false;
    return outageOf(error) !== undefined && changedBy("outages-waited-out");
  }

  /** The step that has failed and waits for an operator, or stalls and need not be waited for. */
  get failedStep(): StepName | undefined {
    return this.progress.steps.find(
      ({ state }) => state === "failed" || state === "stalled",
    )?.name;
  }

  /** Has the failed step tried again. @returns its name */
  retryFailedStep(): StepName {
    this.isRetryWanted = true;
    return this.failedStep!;
  }

  /** No step begins while the saga is paused. */
  setPaused(paused: boolean): void {
    this.progress.paused = paused;
    showProgress(this.progress);
  }

  /** Ends the step that runs, if it is one that can be interrupted; unless the saga is paused it begins again at once. */
  interruptStep(): void {
    if (this.interruptible === undefined || !changedBy("interrupt-step"))
      return;
    this.wasInterrupted = true;
    this.interruptible.cancel();
  }
}

/** How long a step stalls before it is tried again, in milliseconds; its activities themselves have been tried for minutes before. */
const stalledFor = (stallsBefore: number) =>
  Math.min(5 * 2 ** stallsBefore, 60) * 1000;
