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
import { gridMarkdown } from "../../reports/grid";
import type { TopicHeadroom } from "../../domain/audit/headroom";
import { addHours, type HourRange, HOUR_MS } from "../../lib/hour";
import {
  alertDue,
  causesOf,
  closingWords,
  type IncidentState,
  isOver,
  levelOf,
  repairDue,
  toldOf,
} from "../../domain/incidents/incident";
import type { BackfillInput } from "../../domain/settings/inputs";
import type { Policy } from "../../domain/settings/policy";
import type { Finding } from "../../domain/backfill/plan";
import { archiveHost, control } from "../support/activities";
import { setAttributes } from "../support/attributes";
import { backfill } from "../backfill/backfill";

type FindingsMessage = {
  findings: Finding[];
  asOf: string;
  /** What the topic's policy says of repairs; absent where it starts none. */
  repair?: Policy["repair"];
};
export type IncidentInput = {
  topic: string;
  range: HourRange;
  state?: IncidentState;
};

// Signals: audits report and go on, whatever the incident makes of it.
export const findings = defineSignal<[FindingsMessage]>("findings");
export const headroom =
  defineSignal<[{ headroom?: TopicHeadroom; asOf: string }]>("headroom");
// Updates: the operator wants to hear what came of it.
export const accept = defineUpdate<
  string,
  [{ name?: string; autoApprove?: boolean }?]
>("accept");
export const acknowledge = defineUpdate<void, [{ by: string; note?: string }]>(
  "acknowledge",
);
/** Until when (UTC) nothing is to be told of it. */
export const snooze = defineUpdate<string, [{ hours: number }]>("snooze");
export const incidentProgress = defineQuery<IncidentState>("progress");

const RE_AUDIT = "10 minutes";
const BY_POLICY = "backfill/by-policy";
const MAX_SNOOZE_HOURS = 24 * 14;

const refuse = (why: string) => {
  throw ApplicationFailure.nonRetryable(why, "NotAllowed");
};

/** One broken topic's durable story: gathers findings, tells people once, offers the repair, re-audits its hours, closes itself when they are whole. */
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
  setHandler(headroom, (message) => {
    takeHeadroom(state, message);
    heard++;
  });
  setHandler(
    acknowledge,
    ({ by, note }) => {
      const at = new Date().toISOString();
      state.acknowledged = { by, at, ...(note ? { note } : {}) };
      tell(state, `acknowledged by ${by}${note ? `: ${note}` : ""}`);
      show(state);
    },
    {
      validator: (given) =>
        void (given?.by || refuse("by: who acknowledges it?")),
    },
  );
  setHandler(
    snooze,
    ({ hours }) => {
      state.snoozedUntil = new Date(Date.now() + hours * HOUR_MS).toISOString();
      tell(state, `snoozed until ${state.snoozedUntil}`);
      heard++;
      return state.snoozedUntil;
    },
    {
      validator: (given) =>
        void (
          (given?.hours > 0 && given.hours <= MAX_SNOOZE_HOURS) ||
          refuse(
            `hours: given ${given?.hours}, allowed are more than 0 to ${MAX_SNOOZE_HOURS}`,
          )
        ),
    },
  );
  setHandler(
    accept,
    async (options) => {
      const name = options?.name ?? `backfill/${state.topic}`;
      await repair(name, options?.autoApprove ?? false, "an operator");
      return name;
    },
    {
      validator: (_options?: { name?: string; autoApprove?: boolean }) => {
        if (state.phase !== "open")
          refuse(
            `the incident is ${state.phase}${state.backfill ? ` by ${state.backfill}` : ""}`,
          );
        if (state.findings.length === 0)
          refuse("nothing is known to be broken");
      },
    },
  );

  async function repair(name: string, autoApprove: boolean, who: string) {
    const handle = await startChild(backfill, {
      workflowId: name,
      args: [backfillInputOf(state, autoApprove)],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `Repairs ${state.topic}`,
    });
    state.phase = "repairing";
    state.backfill = name;
    tell(state, `${who} started ${name}`);
    void handle.result().then(
      () => heard++,
      () => {
        state.phase = "open";
        tell(state, `${name} did not succeed`);
        heard++;
      },
    );
  }

  await condition(() => heard > 0);
  while (!isOver(state)) {
    show(state);
    const due = alertDue(state, new Date().toISOString());
    if (due) {
      state.told = toldOf(state);
      await control.read.raise([due]);
    }
    if (repairDue(state))
      // One at a time: the id is the lock, and sagas share the importer. Who comes too late asks again after the next audit.
      await repair(
        BY_POLICY,
        state.repair!.autoApprove,
        "the topic's policy",
      ).catch((error: Error) => {
        if (error.name !== "WorkflowExecutionAlreadyStartedError") throw error;
      });
    const seen = heard;
    const woken = await condition(() => heard > seen, RE_AUDIT);
    if (!woken || state.phase === "repairing")
      await reAudit(state, input.range);
    if (workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof topicIncident>({ ...input, state });
    }
  }
  state.phase = "closed";
  const words = closingWords(state, new Date().toISOString());
  tell(state, `closed: ${words}`);
  show(state);
  // Whoever was told of the trouble is told of its end.
  if (state.told)
    await control.read.raise([
      {
        kind: "whole",
        subject: state.topic,
        cause: state.told.causes[0] ?? "unknown",
        level: "warning",
        text: words,
      },
    ]);
  await condition(allHandlersFinished);
  return state;
}

async function reAudit(state: IncidentState, range: HourRange): Promise<void> {
  if (state.findings.length === 0) return;
  const { archiveQueue } = await control.read.settings();
  const asOf = state.asOf ?? new Date().toISOString();
  const audit = await archiveHost(archiveQueue).read.auditTopic({
    topic: state.topic,
    range,
    asOf,
  });
  take(state, { findings: audit.findings, asOf });
}

function take(state: IncidentState, message: FindingsMessage): void {
  const before = state.findings.length;
  if (message.repair) state.repair = message.repair;
  state.findings = message.findings;
  state.asOf = message.asOf;
  if (message.findings.length > 0) state.detectedAsOf ??= message.asOf;
  for (const hour of Object.keys(state.cells)) state.cells[hour] = "complete";
  for (const f of message.findings) state.cells[f.hour] = f.verdict;
  if (before !== message.findings.length)
    tell(state, `${message.findings.length} hours are not whole`);
}

function takeHeadroom(
  state: IncidentState,
  message: { headroom?: TopicHeadroom; asOf: string },
): void {
  if (message.headroom?.level !== state.headroom?.level)
    tell(state, message.headroom?.why ?? "headroom is sufficient again");
  if (message.headroom) state.headroom = message.headroom;
  else delete state.headroom;
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
      `**${state.topic}**: ${state.phase}, ${state.findings.length} hours are not whole (${levelOf(state)}).`,
      "",
      ...(state.headroom ? [`Headroom: ${state.headroom.why}`, ""] : []),
      gridMarkdown([{ topic: state.topic, cells: state.cells }]),
      "",
      ...causesOf(state).flatMap((cause) => {
        const f = state.findings.find((x) => x.cause === cause);
        return f ? [`- \`${cause}\`: ${f.why}`] : [];
      }),
      "",
      ...(state.acknowledged
        ? [`Acknowledged by ${state.acknowledged.by}.`]
        : []),
      ...(state.snoozedUntil ? [`Snoozed until ${state.snoozedUntil}.`] : []),
      ...(state.backfill
        ? [`Repair: \`${state.backfill}\``]
        : ["Send the update `accept` to start a backfill of these hours."]),
      "",
      ...state.story.slice(-10).map((s) => `- ${s}`),
    ].join("\n"),
  );
}
