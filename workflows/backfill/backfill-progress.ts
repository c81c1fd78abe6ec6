import { setCurrentDetails } from "@temporalio/workflow";
import type { PlanSummary } from "../../domain/backfill/plan";
import { setAttributes } from "../support/attributes";
import {
  STEPS,
  type StepName,
  type StepState,
  type BackfillProgress,
} from "../../domain/backfill/progress";

const MARK: Record<StepState, string> = {
  waiting: " ",
  running: ">",
  done: "+",
  failed: "!",
  skipped: "-",
};

export function newProgress(): BackfillProgress {
  return {
    phase: "plan",
    paused: false,
    steps: STEPS.map((name) => ({ name, state: "waiting", attempts: 0 })),
    skipped: [],
    eventsMissing: 0,
    eventsReplayed: 0,
    undoable: [],
  };
}

/** Marks a step and shows the whole list in the Web UI and in the search attributes. */
export function mark(
  p: BackfillProgress,
  name: StepName,
  state: StepState,
  detail?: string,
): void {
  const step = p.steps.find((s) => s.name === name)!;
  const now = new Date().toISOString();
  if (state === "running") {
    p.phase = name;
    step.attempts++;
    step.startedAt ??= now;
  } else {
    step.endedAt = now;
  }
  step.state = state;
  if (detail === undefined) delete step.detail;
  else step.detail = detail;
  show(p);
}

/** What an abort cannot take back, as far as the steps have come. */
export function remains(p: BackfillProgress): string[] {
  const begun = (name: StepName) =>
    (p.steps.find((s) => s.name === name)?.attempts ?? 0) > 0;
  return [
    ...(begun("replay")
      ? [
          "replayed events stay in Kafka: they are lost ones, and a later backfill finds them there",
        ]
      : []),
    ...(begun("refine")
      ? ["partitions that Refine has finished keep their new rows and flags"]
      : []),
  ];
}

export function takePlan(p: BackfillProgress, plan: PlanSummary): void {
  p.plan = plan;
  p.planAt = new Date().toISOString();
  p.eventsMissing = plan.missing;
  setAttributes({
    topics: plan.topics.map((t) => t.topic),
    range: plan.range,
  });
}

export function show(p: BackfillProgress): void {
  setAttributes({
    phase: p.paused ? "paused" : p.phase,
    missing: p.eventsMissing,
    replayed: p.eventsReplayed,
  });
  setCurrentDetails(
    [
      p.plan
        ? `**${p.plan.topicHours} topic-hours of ${p.plan.topics.length} topics**, ${p.plan.range.since} to ${p.plan.range.until}; about ${p.plan.missing} events missing; plan \`${p.plan.digest.slice(0, 12)}\``
        : "Planning",
      "",
      "| # | | step | |",
      "| --- | --- | --- | --- |",
      ...p.steps.map(
        (s, i) =>
          `| ${i + 1} | \`${MARK[s.state]}\` | ${s.name} | ${s.state === "waiting" ? "" : `${s.state}${s.detail ? `: ${s.detail.replaceAll("|", "\\|")}` : ""}`} |`,
      ),
      "",
      ...(p.paused
        ? [
            `**Paused**: send the update \`resume\`.${p.phase === "refine" ? " A Refine that was submitted runs on." : ""}`,
            "",
          ]
        : []),
      ...(p.phase === "approve" && p.plan
        ? [
            `Waiting for the update \`approve\` with the plan's digest \`${p.plan.digest}\`; ${p.plan.link ? `[the plan](${p.plan.link})` : "the plan"} lies at \`${p.plan.document ?? p.plan.ref}\`.`,
            "",
            ...(p.plan.running ?? []).map(
              (j) =>
                `- Runs now: ${j.name} (\`${j.id}\`)${j.outdated ? `, **outdated**: ${j.outdated}` : ""}; the update \`killJob\` ends it.`,
            ),
            "",
          ]
        : []),
      ...(p.undoable.length > 0
        ? [`An abort would undo: ${p.undoable.join(", ")}.`]
        : []),
      ...(p.undone ? ["Undone:", ...p.undone.map((u) => `- ${u}`)] : []),
      ...(p.remains?.length
        ? ["Not undone:", ...p.remains.map((r) => `- ${r}`)]
        : []),
      ...(p.report ? [`[Report](${p.report})`] : []),
    ].join("\n"),
  );
}
