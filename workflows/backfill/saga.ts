import type { GivenStarts } from "../../domain/backfill/replay-starts";
import type { createAuditActivities } from "../../activities/audit/audit";
import type { PlannedTopic, PlanSummary } from "../../domain/backfill/plan";
import {
  type BackfillProgress,
  notSkipped,
} from "../../domain/backfill/progress";
import type { Resource } from "../../domain/backfill/leases";
import type { StepName } from "../../domain/backfill/steps";
import type { Compensations } from "./compensations";
import type { HeldLeases } from "./held-leases";
import { control } from "../support/activities";
import { changedBy } from "../support/patches";
import { tellOfStep } from "./progress";
import type { StepRunner } from "./step-runner";
import type { DatedPlan } from "./step-results";

/** What workflows are told of the configuration. */
export type Settings = Awaited<
  ReturnType<ReturnType<typeof createAuditActivities>["settings"]>
>;

/** A saga with an approved plan: what its steps share. */
export class Saga {
  readonly progress: BackfillProgress;
  readonly compensations: Compensations;
  readonly plan: PlanSummary;
  /** The time, ISO-8601, as of which the plan was made. */
  readonly asOf: string;
  /** Topics that an operator has taken out, and that were put back as an abort would: they are left alone from then on. */
  readonly leftAlone = new Set<string>();
  /** Where each Kafka partition ended before the first replay; unknown until then. */
  replayStarts?: GivenStarts;

  constructor(
    { progress, compensations }: StepRunner,
    readonly settings: Settings,
    { plan, asOf }: DatedPlan,
    private readonly leases: HeldLeases,
  ) {
    this.progress = progress;
    this.compensations = compensations;
    this.plan = plan;
    this.asOf = asOf;
  }

  /** Does, as a part of a step, what only one saga at a time may do. The step shows whom it waits for. */
  alone<T>(
    resource: Resource,
    step: StepName,
    work: () => Promise<T>,
  ): Promise<T> {
    return this.leases.during(
      resource,
      (text) => tellOfStep(this.progress, step, text),
      work,
    );
  }

  /** Waits until this saga alone may refine, from the first flag that it takes away to the end of its Refine. The step shows whom it waits for. */
  keepRefine(step: StepName): Promise<void> {
    return this.leases.keep("refine", (text) =>
      tellOfStep(this.progress, step, text),
    );
  }

  letRefineGo(): Promise<void> {
    return this.leases.letGo("refine");
  }

  /**
   * Puts back what was done to topics that an operator has taken out since it was last called. It is called between steps, so that nothing of
   * this saga runs that would change them once more.
   */
  async putBackSkipped(): Promise<void> {
    const { skipped } = this.progress;
    const topics = skipped.filter((topic) => !this.leftAlone.has(topic));
    if (topics.length === 0 || !changedBy("skipped-put-back")) return;
    await control.mutate.leaveAlone({ topics: skipped });
    const undone = await this.compensations.undoFor(topics);
    for (const topic of topics) this.leftAlone.add(topic);
    this.progress.putBack = [
      ...(this.progress.putBack ?? []),
      `${topics.join(", ")}: ${undone.join("; ") || "nothing was to undo"}`,
    ];
  }

  /** Those of these topics that no operator has taken out until now. */
  readonly notSkipped = <T extends { topic: string }>(topics: T[]): T[] =>
    notSkipped(topics, this.progress);

  /** The planned topics, without those that an operator has taken out. */
  get topics(): PlannedTopic[] {
    return this.notSkipped(this.plan.topics);
  }

  /** The planned topics without their lists of lost offsets, which would make the payload too large; who needs them reads the plan from storage. */
  get topicsWithoutLosses(): PlannedTopic[] {
    return withoutLosses(this.topics);
  }
}

/** Topics with lost offsets or another log than the importer knows, or with events that are not on HDFS. */
export const withSomethingMissing = (topics: PlannedTopic[]) =>
  topics.filter(
    ({ lostOffsets, missing, reset }) =>
      lostOffsets > 0 || missing > 0 || reset,
  );

export const withoutLosses = (topics: PlannedTopic[]): PlannedTopic[] =>
  topics.map(({ losses: _, ...topic }) => topic);

export const namesOf = (topics: { topic: string }[]) =>
  topics.map(({ topic }) => topic);
