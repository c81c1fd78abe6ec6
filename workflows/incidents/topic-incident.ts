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
import type { AlertItem } from "../../domain/incidents/alert";
import {
  type IncidentState,
  isOver,
  isRepairDue,
  isWhole,
  missingEvents,
  rangeOf,
  undecidedOf,
} from "../../domain/incidents/incident";
import {
  afterAlert,
  alertDue,
  headroomEndDue,
  wholeItem,
} from "../../domain/incidents/incident-alerts";
import {
  closed,
  type FindingsMessage,
  type HeadroomMessage,
  newIncident,
  repairInput,
  withAcknowledgement,
  withClosing,
  withFailedRepair,
  withRepairOver,
  withFindings,
  withHeadroom,
  withRepair,
  withSnooze,
} from "../../domain/incidents/incident-changes";
import type { HourRange } from "../../lib/hour";
import { instant } from "../../lib/time";
import { incidentMarkdown } from "../../reports/incident";
import { backfill } from "../backfill/backfill";
import { archiveHost, control } from "../support/activities";
import { setAttributes } from "../support/attributes";
import { changedBy } from "../support/patches";
import { scoped } from "../support/scope";

export type IncidentInput = {
  topic: string;
  /** From the run before. */
  state?: IncidentState;
};
type AcceptOptions = { name?: string; autoApprove?: boolean };

// Signals: audits report and go on, whatever the incident makes of it.
export const findings = defineSignal<[FindingsMessage]>("findings");
export const headroom = defineSignal<[HeadroomMessage]>("headroom");
// Updates: the operator wants to hear what came of it.
/** Starts the backfill. @returns its workflow id */
export const accept = defineUpdate<string, [AcceptOptions?]>("accept");
export const acknowledge = defineUpdate<void, [{ by: string; note?: string }]>(
  "acknowledge",
);
/** Closes an incident of which nothing more can be known. */
export const close = defineUpdate<void, [{ by: string; note?: string }]>(
  "close",
);
/** @returns until when (ISO-8601, UTC) nobody is alerted of it */
export const snooze = defineUpdate<string, [{ hours: number }]>("snooze");
export const incidentProgress = defineQuery<IncidentState>("progress");

/** An incident that hears nothing for this long, or that is being repaired, audits its hours itself. */
const RE_AUDIT = "10 minutes";
/** The id of every backfill that a policy of a pipeline starts. Ids are unique, so there is one at a time: what one repairs, the next does not find broken. */
const BY_POLICY = "backfill/by-policy";
const MAX_SNOOZE_HOURS = 24 * 14;

/**
 * One broken topic's durable story. It takes in what audits find, alerts people once, offers or starts the repair,
 * audits its hours again, and closes itself when they are whole.
 */
export async function topicIncident(
  input: IncidentInput,
): Promise<IncidentState> {
  let state = input.state ?? newIncident(input.topic, now());
  /** Grows with everything that the main loop must look at. */
  let events = 0;
  /** The repair that this run of the incident has started and hears of. */
  let watched: { runId: string; isOver: boolean } | undefined;

  setHandler(incidentProgress, () => state);
  setHandler(findings, (message) => {
    state = withFindings(state, message, now());
    events++;
  });
  setHandler(headroom, (message) => {
    state = withHeadroom(state, message, now());
    events++;
  });
  setHandler(
    acknowledge,
    (given) => {
      state = withAcknowledgement(state, given, now());
      show(state);
    },
    { validator: refuseNobody },
  );
  setHandler(
    close,
    (given) => {
      state = withClosing(state, given, now());
      events++;
    },
    {
      validator: (given) => {
        refuseNobody(given);
        refuseToClose(state);
      },
    },
  );
  setHandler(
    snooze,
    ({ hours }) => {
      const snoozed = withSnooze(state, hours, now());
      state = snoozed;
      events++;
      return snoozed.snoozedUntil;
    },
    { validator: refuseWrongHours },
  );
  setHandler(
    accept,
    async (options) => {
      const name = options?.name ?? scoped(`backfill/${state.topic}`);
      await repair(name, options?.autoApprove ?? false, "an operator");
      return name;
    },
    { validator: (_options?: AcceptOptions) => refuseWithoutNeed(state) },
  );

  async function repair(name: string, autoApprove: boolean, who: string) {
    const child = await startChild(backfill, {
      workflowId: name,
      args: [repairInput(state, autoApprove)],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `Repairs ${state.topic}`,
    });
    const runId = child.firstExecutionRunId;
    state = withRepair(state, name, runId, who, now());
    watched = { runId, isOver: false };
    void child.result().then(
      () => {
        if (watched?.runId === runId) watched.isOver = true;
        events++;
      },
      () => {
        state = withFailedRepair(state, name, now());
        events++;
      },
    );
  }

  async function repairByPolicy() {
    await repair(
      scoped(BY_POLICY),
      state.repair?.autoApprove ?? false,
      "the topic's policy",
    ).catch((error: Error) => {
      // Another topic's repair runs. This incident asks again when the next audit has reported.
      if (error.name !== "WorkflowExecutionAlreadyStartedError") throw error;
    });
  }

  async function raise(item: AlertItem) {
    // Before the alert is raised: what comes in meanwhile is compared with what this alert says.
    state = afterAlert(state, item);
    await control.read.raise([item]);
  }

  async function auditAgain() {
    const range = rangeOf(state);
    if (!range || isWhole(state)) return;
    const asOf = state.asOf ?? now();
    const found = await findingsOf(state.topic, range, asOf);
    state = withFindings(state, { ...found, range, asOf }, now());
  }

  /** Whether the repair has ended though hours are broken still. One that an earlier run of the incident has started is asked for. */
  async function isRepairOver(): Promise<boolean> {
    const { phase, backfill: workflowId, backfillRun: firstRunId } = state;
    if (phase !== "repairing" || isWhole(state)) return false;
    if (!workflowId || !firstRunId) return false;
    const saga = { id: workflowId, workflowId, firstRunId };
    const isOver =
      watched?.runId === firstRunId
        ? watched.isOver
        : (await control.read.endedSagas({ sagas: [saga] })).length > 0;
    return isOver && changedBy("repair-over");
  }

  await condition(() => events > 0);
  while (!isOver(state)) {
    show(state);
    const shown = events;
    const alert = alertDue(state, now());
    if (alert) await raise(alert);
    const headroomEnd = headroomEndDue(state, now());
    if (headroomEnd && changedBy("headroom-sufficient"))
      await raise(headroomEnd);
    if (isRepairDue(state)) await repairByPolicy();
    // What came while an alert was told is looked at as well.
    const seen = changedBy("incident-wakes") ? shown : events;
    const somethingCame = await condition(() => events > seen, RE_AUDIT);
    if (!somethingCame || state.phase === "repairing") await auditAgain();
    if (await isRepairOver()) state = withRepairOver(state, now());
    if (workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      await continueAsNew<typeof topicIncident>({ ...input, state });
    }
  }

  const end = closed(state, now());
  state = end.incident;
  show(state);
  const whole = wholeItem(state, end.message);
  if (whole) await control.read.raise([whole]);
  await condition(allHandlersFinished);
  return state;
}

/** Workflow time: ISO-8601, UTC. */
const now = () => instant(Date.now());

async function findingsOf(
  topic: string,
  range: HourRange,
  asOf: string,
): Promise<Pick<FindingsMessage, "findings" | "unsettled">> {
  const { archiveQueue } = await control.read.settings();
  const audit = await archiveHost(archiveQueue).read.auditTopic({
    topic,
    range,
    asOf,
  });
  const { findings: found, unsettled } = audit;
  return { findings: found, ...(unsettled ? { unsettled } : {}) };
}

function show(state: IncidentState): void {
  const range = rangeOf(state);
  setAttributes({
    topics: [state.topic],
    ...(range ? { range } : {}),
    verdicts: [...new Set(state.findings.map((finding) => finding.verdict))],
    phase: state.phase,
    missing: missingEvents(state),
  });
  setCurrentDetails(incidentMarkdown(state));
}

// Updates come from people, by hand: what is wrong with one is refused before it stands in the history.

const refuse = (why: string) => {
  throw ApplicationFailure.nonRetryable(why, "NotAllowed");
};

function refuseNobody(given: { by: string } | undefined): void {
  if (!given?.by) refuse("by: given nothing, wanted is who does so");
}

function refuseToClose(state: IncidentState): void {
  const broken = state.findings.length;
  if (broken > 0)
    refuse(
      `${broken} hours are broken: the update accept repairs them, acknowledge and snooze keep it quiet`,
    );
  if (undecidedOf(state) === 0) refuse("every hour is whole: it closes itself");
}

function refuseWrongHours(given: { hours: number } | undefined): void {
  const hours = given?.hours ?? 0;
  if (!(hours > 0 && hours <= MAX_SNOOZE_HOURS))
    refuse(
      `hours: given ${given?.hours}, allowed are more than 0 to ${MAX_SNOOZE_HOURS}`,
    );
}

function refuseWithoutNeed({ phase, backfill, findings }: IncidentState): void {
  if (phase !== "open")
    refuse(`the incident is ${phase}${backfill ? ` by ${backfill}` : ""}`);
  if (findings.length === 0) refuse("nothing is known to be broken");
}
