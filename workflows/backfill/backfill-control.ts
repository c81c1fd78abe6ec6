import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowFailure,
  condition,
  defineQuery,
  defineUpdate,
  isCancellation,
  patched,
  setHandler,
} from "@temporalio/workflow";
import { control } from "../support/activities";
import { mark, newProgress, show } from "./backfill-progress";
import { Saga } from "./saga";
import type {
  StepName,
  BackfillProgress,
} from "../../domain/backfill/progress";

/** Steps of long activities that can end at any moment and be begun again. A submitted application runs on by itself. */
const INTERRUPTIBLE = new Set<StepName>([
  "reset import",
  "find missing",
  "replay",
  "import",
  "refine",
  "scan logs",
  "verify",
]);

// Updates, not signals: whoever steers a saga wants to hear whether it heard, and why not.
export const approve = defineUpdate<void, [string]>("approve");
export const pause = defineUpdate<void>("pause");
export const resume = defineUpdate<void>("resume");
export const skipTopic = defineUpdate<void, [string]>("skipTopic");
export const retryStep = defineUpdate<string>("retryStep");
/** Makes the plan anew; the old one can no longer be approved. */
export const replan = defineUpdate<void>("replan");
/** Ends a running Refine of somebody else, such as an outdated one. */
export const killJob = defineUpdate<string, [string]>("killJob");
export const abort = defineUpdate<void, [string?]>("abort");
export const backfillProgress = defineQuery<BackfillProgress>("progress");

function refuse(why: string): never {
  throw ApplicationFailure.nonRetryable(why, "NotAllowed");
}

/** What failed, not who passed it on. */
function rootOf(error: unknown): Error {
  let cause = error as Error;
  while (
    (cause instanceof ActivityFailure ||
      cause instanceof ChildWorkflowFailure) &&
    cause.cause
  )
    cause = cause.cause;
  return cause;
}

/** A saga in an operator's hand: its steps, and the updates that steer them at any moment. */
export class Steering {
  readonly progress: BackfillProgress = newProgress();
  readonly saga = new Saga();
  /** Everything that an abort ends. */
  readonly scope = new CancellationScope();
  /** The digest of the plan that was approved. */
  approved?: string;
  /** The plan is to be made anew. */
  stale = false;
  aborted?: string;
  maxAgeMinutes?: number;
  private retry = false;
  private running?: CancellationScope;
  private interrupted = false;

  constructor() {
    const { progress } = this;
    setHandler(backfillProgress, () => ({
      ...progress,
      undoable: this.saga.undoable,
    }));
    setHandler(approve, (digest) => void (this.approved = digest), {
      validator: (digest) => this.mayApprove(digest),
    });
    setHandler(replan, () => void (this.stale = true), {
      validator: () =>
        void (
          progress.phase === "approve" ||
          refuse(`nothing waits for approval (phase: ${progress.phase})`)
        ),
    });
    setHandler(
      killJob,
      (applicationId) => control.mutate.killJob({ applicationId }),
      {
        validator: (id) =>
          void (
            /^application_\d+_\d+$/.test(id) ||
            refuse(`application: given ${id}, wanted is application_…_…`)
          ),
      },
    );
    setHandler(
      pause,
      () => {
        this.setPaused(true);
        this.interrupt();
      },
      {
        validator: () =>
          void (progress.paused && refuse("it is paused already")),
      },
    );
    setHandler(resume, () => this.setPaused(false), {
      validator: () => void (progress.paused || refuse("it is not paused")),
    });
    setHandler(
      skipTopic,
      (topic) => {
        progress.skipped.push(topic);
        // It begins again, without the topic.
        if (progress.phase === "replay") this.interrupt();
      },
      { validator: (topic) => this.maySkip(topic) },
    );
    setHandler(retryStep, () => ((this.retry = true), this.failed!.name), {
      validator: () => void (this.failed || refuse("no step has failed")),
    });
    setHandler(
      abort,
      (reason) => {
        this.aborted = reason ?? "an operator aborted it";
        this.scope.cancel();
      },
      {
        validator: (_reason?: string) =>
          void (
            (progress.phase === "ended" || this.aborted) &&
            refuse("it is ending already")
          ),
      },
    );
  }

  private get failed() {
    return this.progress.steps.find((s) => s.state === "failed");
  }

  private mayApprove(digest: string): void {
    const { phase, plan, planAt } = this.progress;
    if (phase !== "approve" || !plan)
      refuse(`nothing waits for approval (phase: ${phase})`);
    if (digest !== plan.digest)
      refuse(
        `the digest is not this plan's: given ${digest}, the plan is ${plan.digest}`,
      );
    const minutes = (Date.now() - Date.parse(planAt ?? "")) / 60_000;
    if (this.maxAgeMinutes !== undefined && minutes > this.maxAgeMinutes)
      refuse(
        `the plan is ${Math.floor(minutes)} minutes old, allowed are ${this.maxAgeMinutes} (plan.maxAgeMinutes): send replan and approve the new one`,
      );
  }

  private maySkip(topic: string): void {
    const { plan, skipped } = this.progress;
    if (!plan?.topics.some((t) => t.topic === topic))
      refuse(`${topic} is not in the plan`);
    if (skipped.includes(topic)) refuse(`${topic} is skipped already`);
    if (this.active(plan.topics).length === 1)
      refuse(`${topic} is the last one: abort instead`);
  }

  /** Those that no operator has taken out. */
  readonly active = <T extends { topic: string }>(topics: T[]): T[] =>
    topics.filter((t) => !this.progress.skipped.includes(t.topic));

  /** Ends the step that runs, as far as it can be ended; it goes on from where it stood. */
  private interrupt(): void {
    if (this.running === undefined || !patched("interrupt-step")) return;
    this.interrupted = true;
    this.running.cancel();
  }

  private setPaused(paused: boolean): void {
    this.progress.paused = paused;
    show(this.progress);
  }

  /** Runs a step; where it fails for good, waits for the operator rather than throw the work of days away. */
  async step<T>(
    name: StepName,
    work: () => Promise<T>,
    detail: (result: T) => string,
  ): Promise<T> {
    const { progress, saga } = this;
    for (;;) {
      await condition(() => !progress.paused);
      mark(progress, name, "running");
      try {
        this.running = INTERRUPTIBLE.has(name)
          ? new CancellationScope()
          : undefined;
        const result = await (this.running?.run(work) ?? work());
        progress.undoable = saga.undoable;
        mark(progress, name, "done", detail(result));
        return result;
      } catch (error) {
        // Whatever an interrupted step ends with, it is begun again.
        if (this.interrupted && !this.scope.consideredCancelled) {
          mark(progress, name, "running", "interrupted, goes on");
          continue;
        }
        if (isCancellation(error)) throw error;
        mark(progress, name, "failed", rootOf(error).message);
        // Nothing has been done yet that would be worth keeping.
        if (name === "plan") throw error;
        await condition(() => this.retry);
        this.retry = false;
      } finally {
        this.running = undefined;
        this.interrupted = false;
      }
    }
  }
}
