import { patched, workflowInfo } from "@temporalio/workflow";
import type { createAuditActivities } from "../../activities/audit/audit";
import type { Replayed } from "../../activities/backfill/replay";
import type { Verification } from "../../activities/backfill/verify/verify";
import type { PlannedTopic, PlanSummary } from "../../domain/backfill/plan";
import { archiveHost, bulk, control } from "../support/activities";
import type { Steering } from "./backfill-control";
import { inShards, runShards, type Shard } from "./fan-out";
import { collectArchives, search } from "./search";
import type { MissingTopic, Missing } from "../../domain/backfill/missing";
import type { StepName } from "../../domain/backfill/progress";
import { parsePartitionKey } from "../../lib/keys";

/** Of each of a union's members. */
type Unnamed<T> = T extends unknown ? Omit<T, "id"> : never;

export type Settings = Awaited<
  ReturnType<ReturnType<typeof createAuditActivities>["settings"]>
>;

/** Topics of which something is missing. */
export const lossy = (topics: PlannedTopic[]) =>
  topics.filter((t) => t.lostOffsets > 0 || t.missing > 0);

/** Without their losses, partition by partition: whoever needs them reads the plan. */
export const lean = (topics: PlannedTopic[]): PlannedTopic[] =>
  topics.map(({ losses: _, ...t }) => t);

/** The steps that move data or read all of it: in one activity where topics are few, else in shards, children of the saga. */
export class BulkSteps {
  private starts?: Record<string, string>;

  constructor(
    private readonly steering: Steering,
    private readonly settings: Settings,
    private readonly plan: PlanSummary,
  ) {}

  private get window(): number {
    return this.settings.shardWindow ?? 1;
  }

  private large(topics: readonly unknown[]): boolean {
    const { shardTopics } = this.settings;
    return (
      shardTopics !== undefined &&
      topics.length > shardTopics &&
      patched("fan-out")
    );
  }

  private shards<T>(topics: readonly T[]): T[][] {
    return inShards(topics, this.settings.shardTopics!);
  }

  /** Shards are numbered before empty ones are left out: a topic's shard keeps its name, whatever is skipped. */
  private run(name: StepName, shards: Unnamed<Shard>[]) {
    const id = `${workflowInfo().workflowId}/${name.replaceAll(" ", "-")}`;
    return runShards(
      id,
      shards
        .map((shard, i) => ({
          ...shard,
          id: `${id}/${String(i + 1).padStart(4, "0")}`,
        }))
        .filter((shard) => shard.topics.length > 0),
      this.window,
    );
  }

  async findMissing(): Promise<Missing> {
    const { plan, settings } = this;
    const { active } = this.steering;
    if (!patched("collected-search"))
      return archiveHost(settings.archiveQueue).long.findMissing({
        topics: active(lossy(plan.topics)),
        range: plan.range,
      });
    const topics = lossy(plan.topics).map(({ topic, schema, lostOffsets }) => ({
      topic,
      schema,
      lostOffsets,
    }));
    const searched = {
      range: plan.range,
      queues: [settings.archiveQueue, ...(settings.otherArchiveQueues ?? [])],
    };
    if (!this.large(topics))
      return search({ ...searched, topics: active(topics) });
    const parts = this.shards(topics).map(active);
    const archives = await collectArchives(parts, searched);
    const { missing, files, unreadable } = await this.run(
      "find missing",
      parts.map((part, i) => ({
        step: "find missing",
        ...searched,
        topics: part,
        archives: archives[i]!,
        share: 1 / this.window,
      })),
    );
    return { topics: missing, files, unreadable, unreadableNamed: [] };
  }

  async replay(missing: MissingTopic[]): Promise<Replayed> {
    const { active } = this.steering;
    const found = missing.filter((t) => t.events > 0);
    // Once only: what lies after them may be ours, also when the step is tried again.
    this.starts ??= await control.read.replayStarts({
      topics: found.map((t) => t.topic),
    });
    const starts = Object.entries(this.starts);
    if (!this.large(found))
      return bulk.replay({ topics: active(found), starts: this.starts });
    const { replayed } = await this.run(
      "replay",
      this.shards(found).map((part) => ({
        step: "replay",
        topics: active(part),
        starts: Object.fromEntries(
          starts.filter(([place]) =>
            part.some((t) => parsePartitionKey(place).topic === t.topic),
          ),
        ),
        share: 1 / this.window,
      })),
    );
    return replayed ?? { landed: 0, twice: 0, ends: {} };
  }

  async verify(missing: MissingTopic[], asOf: string): Promise<Verification> {
    const { plan, settings } = this;
    const topics = this.steering.active(plan.topics);
    const shard = (part: PlannedTopic[]) => ({
      topics: lean(part),
      planRef: plan.ref,
      missing: missing.filter((m) => part.some((t) => t.topic === m.topic)),
      range: plan.range,
      asOf,
    });
    if (!this.large(topics))
      return archiveHost(settings.archiveQueue).long.verify(shard(topics));
    const parts = this.shards(topics);
    const { verified } = await this.run(
      "verify",
      parts.map((part) => ({
        step: "verify",
        archiveQueue: settings.archiveQueue,
        ...shard(part),
        share: 1 / parts.length,
      })),
    );
    return verified!;
  }
}
