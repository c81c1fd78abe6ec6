import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowFailure,
  condition,
  defineQuery,
  defineUpdate,
  isCancellation,
  patched,
  setHandler,
  workflowInfo,
} from "@temporalio/workflow";
import { backfillInput } from "../domain/inputs";
import type { PlannedTopic, PlanSummary } from "../domain/plan";
import type { BackfillReport } from "../domain/report";
import { archiveHost, bulk, control } from "./activities";
import { inShards, runShards, type Shard } from "./fan-out";
import { collectArchives, search } from "./search";
import {
  type BackfillProgress,
  mark,
  newProgress,
  remains,
  show,
  type StepName,
  takePlan,
} from "./backfill-progress";
import { parseInput } from "./parse";
import { Saga } from "./saga";

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

/** Of each of a union's members. */
type Unnamed<T> = T extends unknown ? Omit<T, "id"> : never;

export type BackfillResult =
  | { dryRun: true; plan: PlanSummary }
  | {
      dryRun: false;
      report: string;
      holds: boolean;
      numbers: Omit<BackfillReport, "before" | "after" | "plan" | "steps">;
    }
  | { dryRun: false; nothingToDo: true };

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

/** Repairs a range of hours: plan, approve, then ten steps, each idempotent, the destructive ones undone by an abort. */
export async function backfill(raw: unknown): Promise<BackfillResult> {
  const input = parseInput(backfillInput, raw);
  const progress = newProgress();
  const saga = new Saga();
  const scope = new CancellationScope();
  let approved: string | undefined = undefined as string | undefined;
  let retry = false;
  let stale = false;
  let maxAgeMinutes: number | undefined;
  let running: CancellationScope | undefined;
  let interrupted = false;
  let aborted: string | undefined = undefined as string | undefined;

  const refuse = (why: string) => {
    throw ApplicationFailure.nonRetryable(why, "NotAllowed");
  };
  const failed = () => progress.steps.find((s) => s.state === "failed");
  setHandler(backfillProgress, () => ({
    ...progress,
    undoable: saga.undoable,
  }));
  setHandler(approve, (digest) => void (approved = digest), {
    validator: (digest) => {
      if (progress.phase !== "approve" || !progress.plan)
        refuse(`nothing waits for approval (phase: ${progress.phase})`);
      if (digest !== progress.plan?.digest)
        refuse(
          `the digest is not this plan's: given ${digest}, the plan is ${progress.plan?.digest}`,
        );
      const minutes = (Date.now() - Date.parse(progress.planAt ?? "")) / 60_000;
      if (maxAgeMinutes !== undefined && minutes > maxAgeMinutes)
        refuse(
          `the plan is ${Math.floor(minutes)} minutes old, allowed are ${maxAgeMinutes} (plan.maxAgeMinutes): send replan and approve the new one`,
        );
    },
  });
  setHandler(replan, () => void (stale = true), {
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
      setPaused(true);
      interrupt();
    },
    {
      validator: () => void (progress.paused && refuse("it is paused already")),
    },
  );
  setHandler(resume, () => setPaused(false), {
    validator: () => void (progress.paused || refuse("it is not paused")),
  });
  setHandler(
    skipTopic,
    (topic) => {
      progress.skipped.push(topic);
      // It begins again, without the topic.
      if (progress.phase === "replay") interrupt();
    },
    {
      validator: (topic) => {
        if (!progress.plan?.topics.some((t) => t.topic === topic))
          refuse(`${topic} is not in the plan`);
        if (progress.skipped.includes(topic))
          refuse(`${topic} is skipped already`);
        if (active(progress.plan!.topics).length === 1)
          refuse(`${topic} is the last one: abort instead`);
      },
    },
  );
  setHandler(retryStep, () => ((retry = true), failed()!.name), {
    validator: () => void (failed() || refuse("no step has failed")),
  });
  setHandler(
    abort,
    (reason) => {
      aborted = reason ?? "an operator aborted it";
      scope.cancel();
    },
    {
      validator: (_reason?: string) =>
        void (
          (progress.phase === "ended" || aborted) &&
          refuse("it is ending already")
        ),
    },
  );

  /** Ends the step that runs, as far as it can be ended; it goes on from where it stood. */
  function interrupt(): void {
    if (running === undefined || !patched("interrupt-step")) return;
    interrupted = true;
    running.cancel();
  }

  function setPaused(paused: boolean): void {
    progress.paused = paused;
    show(progress);
  }

  /** Runs a step; where it fails for good, waits for the operator rather than throw the work of days away. */
  async function step<T>(
    name: StepName,
    work: () => Promise<T>,
    detail: (result: T) => string,
  ): Promise<T> {
    for (;;) {
      await condition(() => !progress.paused);
      mark(progress, name, "running");
      try {
        running = INTERRUPTIBLE.has(name) ? new CancellationScope() : undefined;
        const result = await (running?.run(work) ?? work());
        progress.undoable = saga.undoable;
        mark(progress, name, "done", detail(result));
        return result;
      } catch (error) {
        // Whatever an interrupted step ends with, it is begun again.
        if (interrupted && !scope.consideredCancelled) {
          mark(progress, name, "running", "interrupted, goes on");
          continue;
        }
        if (isCancellation(error)) throw error;
        // What failed, not who passed it on.
        let cause = error as Error;
        while (
          (cause instanceof ActivityFailure ||
            cause instanceof ChildWorkflowFailure) &&
          cause.cause
        )
          cause = cause.cause;
        mark(progress, name, "failed", cause.message);
        // Nothing has been done yet that would be worth keeping.
        if (name === "plan") throw error;
        await condition(() => retry);
        retry = false;
      } finally {
        running = undefined;
        interrupted = false;
      }
    }
  }

  const active = <T extends { topic: string }>(topics: T[]) =>
    topics.filter((t) => !progress.skipped.includes(t.topic));
  const lossOf = (topic: string) => {
    const planned = progress.plan?.topics.find((t) => t.topic === topic);
    return {
      lostOffsets: planned?.lostOffsets ?? 0,
      ...(planned?.losses ? { losses: planned.losses } : {}),
    };
  };
  const names = (topics: PlannedTopic[]) => topics.map((t) => t.topic);

  async function run(): Promise<BackfillResult> {
    const settings = await control.read.settings();
    maxAgeMinutes = settings.planMaxAgeMinutes;
    const archive = archiveHost(settings.archiveQueue);
    const large = (topics: readonly unknown[]) =>
      settings.shardTopics !== undefined &&
      topics.length > settings.shardTopics &&
      patched("fan-out");
    const sharded = (name: StepName, shards: Unnamed<Shard>[]) => {
      const id = `${workflowInfo().workflowId}/${name.replaceAll(" ", "-")}`;
      return runShards(
        id,
        shards
          .map((shard, i) => ({
            ...shard,
            id: `${id}/${String(i + 1).padStart(4, "0")}`,
          }))
          .filter((shard) => shard.topics.length > 0),
        settings.shardWindow ?? 1,
      );
    };
    let asOf = input.asOf ?? new Date().toISOString();

    let plan = await step(
      "plan",
      () => archive.read.makePlan({ ...input, asOf }),
      (p) =>
        `${p.topicHours} topic-hours, ${p.flags} flags, digest ${p.digest.slice(0, 12)}`,
    );
    takePlan(progress, plan);
    if (plan.topics.length === 0) return { dryRun: false, nothingToDo: true };
    if (input.dryRun) return { dryRun: true, plan };

    await step(
      "approve",
      async () => {
        for (;;) {
          await condition(
            () => input.autoApprove || approved === plan.digest || stale,
          );
          if (input.autoApprove || !patched("fresh-plan")) return;
          // Approved or not, what it was made from may have changed: only what is still true is done.
          if (stale) asOf = input.asOf ?? new Date().toISOString();
          const fresh = await archive.read.makePlan({ ...input, asOf });
          const same = fresh.digest === plan.digest;
          plan = fresh;
          takePlan(progress, plan);
          if (same && !stale) return;
          if (plan.topics.length === 0) return;
          mark(
            progress,
            "approve",
            "running",
            stale
              ? "planned anew"
              : "its inputs have changed: planned anew, to be approved again",
          );
          stale = false;
          approved = undefined;
        }
      },
      () =>
        input.autoApprove ? "approved by the start's own input" : "approved",
    );
    if (plan.topics.length === 0) return { dryRun: false, nothingToDo: true };

    const lossy = (topics: PlannedTopic[]) =>
      topics.filter((t) => t.lostOffsets > 0 || t.missing > 0);
    const broken = () => active(lossy(plan.topics));
    const oldest =
      plan.oldest ?? plan.topics.flatMap((t) => t.hours).sort()[0]!;
    const held = await step(
      "hold retention",
      async () => {
        // Before the step: an abort may come when some topics are held already.
        if (patched("undo-hold-early"))
          saga.push(
            "restore retention",
            async () =>
              `${(await control.mutate.restoreRetention({})) ?? 0} topics`,
          );
        const before = await control.mutate.holdRetention({
          topics: names(broken()),
          oldest,
          asOf,
        });
        saga.push(
          "restore retention",
          async () => (
            await control.mutate.restoreRetention({ before }),
            `${Object.keys(before).length} topics`
          ),
        );
        return before;
      },
      (before) => `${Object.keys(before).length} topics`,
    );

    const reset = await step(
      "reset import",
      async () => {
        const topics = names(active(plan.topics).filter((t) => t.reset));
        if (topics.length === 0) return { runs: 0 };
        saga.push(
          "restore offsets",
          async () =>
            `${(await control.mutate.restoreOffsets({ after: plan.importerRun })).length} importer runs set aside`,
        );
        return bulk.resetImport({ topics });
      },
      (r) => `${r.runs} importer runs`,
    );

    const missing = await step(
      "find missing",
      async () => {
        if (!patched("collected-search"))
          return archive.long.findMissing({
            topics: broken(),
            range: plan.range,
          });
        const topics = lossy(plan.topics).map(
          ({ topic, schema, lostOffsets }) => ({ topic, schema, lostOffsets }),
        );
        const searched = {
          range: plan.range,
          queues: [
            settings.archiveQueue,
            ...(settings.otherArchiveQueues ?? []),
          ],
        };
        if (!large(topics))
          return search({ ...searched, topics: active(topics) });
        const parts = inShards(topics, settings.shardTopics!).map(active);
        const archives = await collectArchives(parts, searched);
        const { missing, files, unreadable } = await sharded(
          "find missing",
          parts.map((part, i) => ({
            step: "find missing",
            ...searched,
            topics: part,
            archives: archives[i]!,
          })),
        );
        return { topics: missing, files, unreadable, unreadableNamed: [] };
      },
      (m) => `${total(m.topics, "events")} events in ${m.files.length} files`,
    );
    progress.eventsMissing = total(missing.topics, "events");

    let starts: Record<string, string> | undefined;
    const replayed = await step(
      "replay",
      async () => {
        const found = missing.topics.filter((t) => t.events > 0);
        // Once only: what lies after them may be ours, also when the step is tried again.
        starts ??= await control.read.replayStarts({
          topics: found.map((t) => t.topic),
        });
        if (!large(found))
          return bulk.replay({ topics: active(found), starts });
        const of = (part: { topic: string }[]) =>
          Object.fromEntries(
            Object.entries(starts!).filter(([place]) =>
              part.some((t) => place.startsWith(`${t.topic}/`)),
            ),
          );
        const { replayed } = await sharded(
          "replay",
          inShards(found, settings.shardTopics!).map((part) => ({
            step: "replay",
            topics: active(part),
            starts: of(part),
            share: 1 / settings.shardWindow!,
          })),
        );
        return replayed ?? { landed: 0, twice: 0, ends: {} };
      },
      (r) => `${r.landed} events, ${r.twice} twice`,
    );
    progress.eventsReplayed = replayed.landed;

    const imported = await step(
      "import",
      async () => {
        const result = await bulk.importReplayed({
          topics: names(broken()),
          ends: replayed.ends,
        });
        // What was held for is on HDFS now.
        await control.mutate.restoreRetention({ before: held });
        saga.drop("restore retention");
        return result;
      },
      (r) => `${r.runs} importer runs`,
    );

    const flagsRemoved = await step(
      "clear flags",
      async () => {
        saga.push(
          "restore flags",
          async () =>
            `${await control.mutate.restoreFlags({ planRef: plan.ref })} flags`,
        );
        return control.mutate.clearFlags({
          planRef: plan.ref,
          skip: progress.skipped,
        });
      },
      (n) => `${n} flags`,
    );

    const refined = await step(
      "refine",
      async () => {
        saga.push(
          "kill the Refine application",
          async () =>
            (await control.mutate.killRefine()).join(", ") ||
            "none was running",
        );
        const app = await bulk.submitRefine({
          job: plan.refine,
          ...(progress.skipped.length > 0
            ? { only: active(plan.topics).map((t) => t.tableDir) }
            : {}),
        });
        const ended = await bulk.awaitRefine({
          applicationId: app.applicationId,
          topics: active(plan.topics),
          planRef: plan.ref,
        });
        saga.drop("kill the Refine application");
        return { ...app, ...ended };
      },
      (r) => `${r.applicationId} in ${r.seconds} s`,
    );

    const logs = await step(
      "scan logs",
      () =>
        bulk.scanLogs({
          applicationId: refined.applicationId,
          topics: active(plan.topics),
          planRef: plan.ref,
        }),
      (l) =>
        `${l.finished} finished, ${l.failed.length} failed, ${l.unexplained.length} unexplained`,
    );

    const verified = await step(
      "verify",
      async () => {
        const topics = active(plan.topics);
        const shard = (part: PlannedTopic[]) => ({
          topics: part.map(({ losses: _, ...t }) => t),
          planRef: plan.ref,
          missing: missing.topics.filter((m) =>
            part.some((t) => t.topic === m.topic),
          ),
          range: plan.range,
          asOf,
        });
        if (!large(topics)) return archive.long.verify(shard(topics));
        const shards = inShards(topics, settings.shardTopics!);
        const { verified } = await sharded(
          "verify",
          shards.map((part) => ({
            step: "verify",
            archiveQueue: settings.archiveQueue,
            ...shard(part),
            share: 1 / shards.length,
          })),
        );
        return verified!;
      },
      (v) =>
        `${v.partitions} partitions, ${v.duplicates} duplicates, ${v.problems.length} problems, ${v.findings.length} topic-hours not whole`,
    );

    return step(
      "report",
      async () => {
        const counted = active(missing.topics);
        const numbers = {
          workflowId: workflowInfo().workflowId,
          asOf,
          skipped: progress.skipped,
          lostOffsets:
            plan.lostOffsets -
            progress.skipped.reduce((sum, t) => sum + lossOf(t).lostOffsets, 0),
          found: {
            events: total(counted, "events"),
            messages: total(counted, "messages"),
            fromArchive: total(counted, "fromArchive"),
            fromMysql: total(counted, "fromMysql"),
            unrecoverable: total(counted, "unrecoverable"),
            unreadableLines: missing.unreadable,
          },
          replayed: {
            // Of a topic that was skipped afterwards, nothing is claimed.
            landed: replayed.topics
              ? counted.reduce(
                  (sum, { topic }) => sum + (replayed.topics![topic] ?? 0),
                  0,
                )
              : replayed.landed,
            twice: replayed.twice,
          },
          importerRuns: { reset: reset.runs, import: imported.runs },
          flagsRemoved,
          refine: {
            ...refined,
            finished: logs.finished,
            failed: logs.failed,
            unexplained: logs.unexplained,
            ...(logs.unread ? { logsUnread: logs.unread } : {}),
            ...(logs.partitionsRef && !logs.unread
              ? {
                  logs: {
                    attempts: logs.attempts ?? 0,
                    containers: logs.containers ?? 0,
                    outcomes: logs.outcomes ?? [],
                    notWhole: logs.notWhole ?? [],
                    besides: logs.besides ?? [],
                    errors: logs.errors ?? [],
                    ref: logs.partitionsRef,
                  },
                }
              : {}),
          },
          verified: {
            ...verified,
            findings: undefined,
            findingsLeft: verified.findings.length,
          },
        };
        const links = await control.read.writeReport({
          report: {
            ...numbers,
            // A large plan's topics are read from where it lies.
            plan: plan.topics.some((t) => t.byReference)
              ? { ...plan, topics: [] }
              : plan,
            steps: progress.steps,
            topics: missing.topics.map(({ topic, ...m }) => ({
              topic,
              ...lossOf(topic),
              events: m.events,
              messages: m.messages,
              fromArchive: m.fromArchive,
              fromMysql: m.fromMysql,
              unrecoverable: m.unrecoverable,
            })),
          },
          findingsLeft: verified.findings.map(({ topic, hour, verdict }) => ({
            topic,
            hour,
            verdict,
          })),
        });
        progress.report = links.link;
        return {
          dryRun: false as const,
          report: links.markdown,
          holds: links.holds,
          numbers,
        };
      },
      (r) => (r.holds ? "the proof holds" : "the proof does NOT hold"),
    );
  }

  try {
    const result = await scope.run(run);
    progress.phase = "ended";
    show(progress);
    await condition(allHandlersFinished);
    return result;
  } catch (error) {
    progress.phase = "aborting";
    progress.undone = await saga.unwind();
    progress.remains = remains(progress);
    progress.phase = "ended";
    CancellationScope.nonCancellable(async () => show(progress)).catch(
      () => undefined,
    );
    if (aborted !== undefined)
      throw ApplicationFailure.nonRetryable(
        `aborted: ${aborted}. Undone: ${progress.undone.join("; ") || "nothing was to undo"}${progress.remains.map((r) => `; ${r}`).join("")}`,
        "Aborted",
      );
    throw error;
  }
}

function total<K extends string>(items: Record<K, number>[], field: K): number {
  return items.reduce((sum, item) => sum + item[field], 0);
}
