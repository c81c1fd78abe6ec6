import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  patched,
  workflowInfo,
} from "@temporalio/workflow";
import { backfillInput } from "../../domain/settings/inputs";
import type { PlannedTopic } from "../../domain/backfill/plan";
import { archiveHost, bulk, control } from "../support/activities";
import { BulkSteps, lean, lossy } from "./backfill-bulk";
import { Steering } from "./backfill-control";
import { numbersOf, reportInput, total } from "./backfill-numbers";
import { mark, remains, show, takePlan } from "./backfill-progress";
import { parseInput } from "../support/parse";
import type { BackfillResult } from "../../domain/backfill/report";

/** Repairs a range of hours: plan, approve, then ten steps, each idempotent, the destructive ones undone by an abort. */
export async function backfill(raw: unknown): Promise<BackfillResult> {
  const input = parseInput(backfillInput, raw);
  const steering = new Steering();
  const { progress, saga, scope, active } = steering;
  const step = steering.step.bind(steering);
  const names = (topics: PlannedTopic[]) => topics.map((t) => t.topic);

  async function run(): Promise<BackfillResult> {
    const settings = await control.read.settings();
    steering.maxAgeMinutes = settings.planMaxAgeMinutes;
    const archive = archiveHost(settings.archiveQueue);
    let asOf = input.asOf ?? new Date().toISOString();

    let plan = await step(
      "plan",
      () => archive.plan.makePlan({ ...input, asOf }),
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
            () =>
              input.autoApprove ||
              steering.approved === plan.digest ||
              steering.stale,
          );
          if (input.autoApprove || !patched("fresh-plan")) return;
          // Approved or not, what it was made from may have changed: only what is still true is done.
          const { stale } = steering;
          if (stale) asOf = input.asOf ?? new Date().toISOString();
          const fresh = await archive.plan.makePlan({ ...input, asOf });
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
          steering.stale = false;
          steering.approved = undefined;
        }
      },
      () =>
        input.autoApprove ? "approved by the start's own input" : "approved",
    );
    if (plan.topics.length === 0) return { dryRun: false, nothingToDo: true };

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

    const inBulk = new BulkSteps(steering, settings, plan);
    const missing = await step(
      "find missing",
      () => inBulk.findMissing(),
      (m) => `${total(m.topics, "events")} events in ${m.files.length} files`,
    );
    progress.eventsMissing = total(missing.topics, "events");

    const replayed = await step(
      "replay",
      () => inBulk.replay(missing.topics),
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
          topics: active(lean(plan.topics)),
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
          topics: active(lean(plan.topics)),
          planRef: plan.ref,
        }),
      (l) =>
        `${l.finished} finished, ${l.failed.length} failed, ${l.unexplained.length} unexplained`,
    );

    const verified = await step(
      "verify",
      () => inBulk.verify(missing.topics, asOf),
      (v) =>
        `${v.partitions} partitions, ${v.duplicates} duplicates, ${v.problems.length} problems, ${v.findings.length} topic-hours not whole`,
    );

    return step(
      "report",
      async () => {
        const outcome = {
          workflowId: workflowInfo().workflowId,
          asOf,
          progress,
          plan,
          missing,
          replayed,
          importerRuns: { reset: reset.runs, import: imported.runs },
          flagsRemoved,
          refined,
          logs,
          verified,
        };
        const numbers = numbersOf(outcome);
        const links = await control.read.writeReport(
          reportInput(outcome, numbers),
        );
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
    const { aborted } = steering;
    if (aborted !== undefined)
      throw ApplicationFailure.nonRetryable(
        `aborted: ${aborted}. Undone: ${progress.undone.join("; ") || "nothing was to undo"}${progress.remains.map((r) => `; ${r}`).join("")}`,
        "Aborted",
      );
    throw error;
  }
}
