import { type BackfillProgress, STEP_SIGN } from "../domain/backfill/progress";
import type { PlanSummary } from "../domain/backfill/plan";

type Lines = string[];

/** The page of a saga in the Web UI, in Markdown: its plan, its steps, what it waits for, what an abort would undo or has undone. */
export function sagaPage(progress: BackfillProgress): string {
  const { phase, plan } = progress;
  return [
    plan ? planLine(plan) : "Planning",
    "",
    ...stepTable(progress),
    "",
    ...pauseLines(progress),
    ...(progress.putBack ?? []).map((line) => `Skipped and put back: ${line}`),
    ...(phase === "approve" && plan ? approvalLines(plan) : []),
    ...abortLines(progress),
    ...(progress.report ? [`[Report](${progress.report})`] : []),
  ].join("\n");
}

const planLine = ({
  topicHours,
  topics,
  range,
  missing,
  digest,
}: PlanSummary) =>
  `**${topicHours} topic-hours of ${topics.length} topics**, ${range.since} to ${range.until}; about ${missing} events missing; plan \`${digest.slice(0, 12)}\``;

function stepTable({ steps }: BackfillProgress): Lines {
  return [
    "| # | | step | |",
    "| --- | --- | --- | --- |",
    ...steps.map(
      (step, i) =>
        `| ${i + 1} | \`${STEP_SIGN[step.state]}\` | ${step.name} | ${stateText(step)} |`,
    ),
  ];
}

function stateText({ state, detail }: BackfillProgress["steps"][number]) {
  if (state === "waiting") return "";
  return detail ? `${state}: ${detail.replaceAll("|", "\\|")}` : state;
}

function pauseLines({ paused, phase }: BackfillProgress): Lines {
  if (!paused) return [];
  const runsOn =
    phase === "refine" ? " A Refine that was submitted runs on." : "";
  return [`**Paused**: send the update \`resume\`.${runsOn}`, ""];
}

function approvalLines(plan: PlanSummary): Lines {
  const document = plan.link ? `[the plan](${plan.link})` : "the plan";
  return [
    `Waiting for the update \`approve\` with the plan's digest \`${plan.digest}\`; ${document} lies at \`${plan.document ?? plan.ref}\`.`,
    "",
    ...(plan.running ?? []).map(
      ({ name, id, outdated }) =>
        `- Runs now: ${name} (\`${id}\`)${outdated ? `, **outdated**: ${outdated}` : ""}; the update \`killJob\` ends it.`,
    ),
    "",
  ];
}

function abortLines({ undoable, undone, remains }: BackfillProgress): Lines {
  return [
    ...(undoable.length > 0
      ? [`An abort would undo: ${undoable.join(", ")}.`]
      : []),
    ...(undone ? ["Undone:", ...undone.map((line) => `- ${line}`)] : []),
    ...(remains?.length
      ? ["Not undone:", ...remains.map((line) => `- ${line}`)]
      : []),
  ];
}
