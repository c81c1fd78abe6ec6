import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  ParentClosePolicy,
  setCurrentDetails,
  setHandler,
  startChild,
  workflowInfo,
} from "@temporalio/workflow";
import { gridMarkdown } from "../domain/grid";
import { addHours, type Hour, type HourRange } from "../domain/hour";
import type { BackfillInput } from "../domain/inputs";
import type { Finding } from "../domain/plan";
import type { Verdict } from "../domain/verdict";
import { archiveHost, control } from "./activities";
import { setAttributes } from "./attributes";
import { backfill } from "./backfill";

export type IncidentState = {
  topic: string;
  phase: "open" | "repairing" | "closed";
  openedAt: string;
  findings: Finding[];
  /** Every hour that was ever broken, as it is now. */
  cells: Record<Hour, Verdict>;
  asOf?: string;
  backfill?: string;
  story: string[];
};
export type IncidentInput = {
  topic: string;
  range: HourRange;
  state?: IncidentState;
};

// A signal: audits report and go on, whatever the incident makes of it.
export const findings =
  defineSignal<[{ findings: Finding[]; asOf: string }]>("findings");
// An update: the operator wants to hear which backfill was started, or why none was.
export const accept = defineUpdate<
  string,
  [{ name?: string; autoApprove?: boolean }?]
>("accept");
export const incidentProgress = defineQuery<IncidentState>("progress");

const RE_AUDIT = "10 minutes";

/** One broken topic's durable story: gathers findings, offers the repair, re-audits its hours, closes itself when they are whole. */
export async function topicIncident(
  input: IncidentInput,
): Promise<IncidentState> {
  const state: IncidentState = input.state ?? {
    topic: input.topic,
    phase: "open",
    openedAt: new Date().toISOString(),
    findings: [],
    cells: {},
    story: [],
  };
  let heard = 0;

  setHandler(incidentProgress, () => state);
  setHandler(findings, (message) => {
    take(state, message);
    heard++;
  });
  setHandler(
    accept,
    async (options) => {
      const name = options?.name ?? `backfill/${state.topic}`;
      const handle = await startChild(backfill, {
        workflowId: name,
        args: [backfillInputOf(state, options?.autoApprove ?? false)],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: `Repairs ${state.topic}`,
      });
      state.phase = "repairing";
      state.backfill = name;
      tell(state, `an operator started ${name}`);
      void handle.result().then(
        () => heard++,
        () => {
          state.phase = "open";
          tell(state, `${name} did not succeed`);
          heard++;
        },
      );
      return name;
    },
    {
      validator: (_options?: { name?: string; autoApprove?: boolean }) => {
        if (state.phase !== "open")
          throw ApplicationFailure.nonRetryable(
            `the incident is ${state.phase}${state.backfill ? ` by ${state.backfill}` : ""}`,
          );
        if (state.findings.length === 0)
          throw ApplicationFailure.nonRetryable(
            "nothing is known to be broken",
          );
      },
    },
  );

  await condition(() => heard > 0);
  if (!input.state)
    await control.read.alert({
      kind: "incident-opened",
      title: `${state.topic}: ${state.findings.length} hours are not whole`,
      text: state.findings[0]?.why ?? "",
      topics: [state.topic],
    });
  while (state.findings.length > 0) {
    show(state);
    const seen = heard;
    await condition(() => heard > seen, RE_AUDIT);
    if (state.findings.length > 0) await reAudit(state, input.range);
    if (workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof topicIncident>({ ...input, state });
    }
  }
  state.phase = "closed";
  tell(state, "every hour is whole; closed");
  show(state);
  await control.read.alert({
    kind: "incident-closed",
    title: `${state.topic} is whole again`,
    text: state.story.join("\n"),
    topics: [state.topic],
  });
  await condition(allHandlersFinished);
  return state;
}

async function reAudit(state: IncidentState, range: HourRange): Promise<void> {
  const { archiveQueue } = await control.read.settings();
  const asOf = state.asOf ?? new Date().toISOString();
  const [audit] = await archiveHost(archiveQueue).read.auditBatch({
    topics: [state.topic],
    range,
    asOf,
  });
  if (audit) take(state, { findings: audit.findings, asOf });
}

function take(
  state: IncidentState,
  message: { findings: Finding[]; asOf: string },
): void {
  const before = state.findings.length;
  state.findings = message.findings;
  state.asOf = message.asOf;
  for (const hour of Object.keys(state.cells)) state.cells[hour] = "complete";
  for (const f of message.findings) state.cells[f.hour] = f.verdict;
  if (before !== message.findings.length)
    tell(state, `${message.findings.length} hours are not whole`);
}

/** Old chapters are left out: a story of years must stay a small payload. */
function tell(state: IncidentState, what: string): void {
  state.story = [...state.story, `${new Date().toISOString()} ${what}`].slice(
    -100,
  );
}

function backfillInputOf(
  state: IncidentState,
  autoApprove: boolean,
): BackfillInput {
  const hours = state.findings.map((f) => f.hour).sort();
  return {
    since: hours[0]!,
    until: addHours(hours.at(-1)!, 1),
    topics: [state.topic],
    ...(state.asOf ? { asOf: state.asOf } : {}),
    dryRun: false,
    autoApprove,
  };
}

function show(state: IncidentState): void {
  const hours = Object.keys(state.cells).sort();
  setAttributes({
    topics: [state.topic],
    ...(hours.length > 0
      ? { range: { since: hours[0]!, until: addHours(hours.at(-1)!, 1) } }
      : {}),
    verdicts: [...new Set(state.findings.map((f) => f.verdict))],
    phase: state.phase,
    missing: state.findings.reduce((sum, f) => sum + f.missing, 0),
  });
  setCurrentDetails(
    [
      `**${state.topic}**: ${state.phase}, ${state.findings.length} hours are not whole.`,
      "",
      gridMarkdown([{ topic: state.topic, cells: state.cells }]),
      "",
      ...[...new Set(state.findings.map((f) => f.cause))].map(
        (cause) =>
          `- \`${cause}\`: ${state.findings.find((f) => f.cause === cause)?.why}`,
      ),
      "",
      ...(state.backfill
        ? [`Repair: \`${state.backfill}\``]
        : ["Send the update `accept` to start a backfill of these hours."]),
      "",
      ...state.story.slice(-10).map((s) => `- ${s}`),
    ].join("\n"),
  );
}
