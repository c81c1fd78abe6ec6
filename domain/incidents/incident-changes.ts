import type { TopicHeadroom } from "../audit/headroom";
import type { UnsettledVerdict } from "../audit/verdicts";
import type { Finding } from "../backfill/plan";
import type { BackfillInput } from "../settings/inputs";
import type { Policy } from "../settings/policy";
import {
  addHours,
  type Hour,
  HOUR_MS,
  type HourRange,
  inRange,
} from "../../lib/hour";
import { instant } from "../../lib/time";
import { closingMessage, type IncidentState, notWhole } from "./incident";

// Each function here is one thing that happens to an incident: it takes the state before and returns the state after.
// Times (`at`, `now`) are ISO-8601, UTC.

/** What an audit reports of one topic. */
export type FindingsMessage = {
  findings: Finding[];
  /** Hours of which the audit tells neither that they are whole nor that they are broken; absent in messages of 0.2.0 and before. */
  unsettled?: Record<Hour, UnsettledVerdict>;
  /** The hours that were audited; absent in messages of 0.2.0 and before, which are about all that an incident knows. */
  range?: HourRange;
  /** As of when the audit judged. */
  asOf: string;
  /** What the topic's policy says of repairs. Absent where it starts none. */
  repair?: Policy["repair"];
  /** Who owns the topic. Absent where nobody does, and where an incident audits its hours itself. */
  owner?: string;
};

/** What a headroom audit reports of one topic. */
export type HeadroomMessage = {
  /** Absent where the topic has enough. */
  headroom?: TopicHeadroom;
  asOf: string;
};

export const newIncident = (topic: string, at: string): IncidentState => ({
  topic,
  phase: "open",
  openedAt: at,
  findings: [],
  cells: {},
  story: [],
});

/** A story may go on for years, and the state must stay small: only the newest lines are kept. */
const MAX_STORY = 100;

/** Adds a line to the incident's story. */
export const withStory = (
  incident: IncidentState,
  what: string,
  at: string,
): IncidentState => ({
  ...incident,
  story: [...incident.story, `${at} ${what}`].slice(-MAX_STORY),
});

/**
 * Takes in what an audit found. Hours of its range that were broken before and are not among its findings are complete now, but for those of which
 * it says nothing good either. Of other hours it says nothing: they stay as they were.
 */
export function withFindings(
  incident: IncidentState,
  message: FindingsMessage,
  at: string,
): IncidentState {
  const { unsettled, range, asOf, repair, owner } = message;
  const isAudited = (hour: Hour) => range === undefined || inRange(hour, range);
  const findings = [
    ...incident.findings.filter(({ hour }) => !isAudited(hour)),
    ...message.findings,
  ];
  const detectedAsOf =
    incident.detectedAsOf ?? (findings.length > 0 ? asOf : undefined);
  const { closedBy, ...before } = incident;
  const after: IncidentState = {
    ...before,
    ...(closedBy && findings.length === 0 ? { closedBy } : {}),
    findings,
    asOf,
    cells: {
      ...Object.fromEntries(
        Object.entries(incident.cells).map(([hour, verdict]) => [
          hour,
          isAudited(hour) ? (unsettled?.[hour] ?? "complete") : verdict,
        ]),
      ),
      ...Object.fromEntries(
        findings.map((finding) => [finding.hour, finding.verdict]),
      ),
    },
    ...(detectedAsOf === undefined ? {} : { detectedAsOf }),
    ...(repair ? { repair } : {}),
    ...(owner === undefined ? {} : { owner }),
  };
  return findings.length === incident.findings.length
    ? after
    : withStory(after, notWhole(after), at);
}

/** Takes in what a headroom audit found. */
export function withHeadroom(
  incident: IncidentState,
  { headroom }: HeadroomMessage,
  at: string,
): IncidentState {
  const { headroom: before, ...rest } = incident;
  const after: IncidentState = headroom ? { ...rest, headroom } : rest;
  return headroom?.level === before?.level
    ? after
    : withStory(after, headroom?.why ?? "headroom is sufficient again", at);
}

/** Somebody looks after it. */
export function withAcknowledgement(
  incident: IncidentState,
  { by, note }: { by: string; note?: string },
  at: string,
): IncidentState {
  return withStory(
    { ...incident, acknowledged: { by, at, ...(note ? { note } : {}) } },
    `acknowledged by ${by}${note ? `: ${note}` : ""}`,
    at,
  );
}

/** Somebody closes it, as nothing more can be known of its hours. */
export const withClosing = (
  incident: IncidentState,
  { by, note }: { by: string; note?: string },
  at: string,
): IncidentState =>
  withStory(
    { ...incident, closedBy: { by, ...(note ? { note } : {}) } },
    `closed by ${by}${note ? `: ${note}` : ""}`,
    at,
  );

/** Nobody wants to be alerted of it for some hours from now on. */
export function withSnooze(
  incident: IncidentState,
  hours: number,
  now: string,
): IncidentState & { snoozedUntil: string } {
  const snoozedUntil = instant(Date.parse(now) + hours * HOUR_MS);
  return {
    ...withStory(incident, `snoozed until ${snoozedUntil}`, now),
    snoozedUntil,
  };
}

/** A backfill of its hours began. @param backfill its workflow id @param who started it, for people */
export const withRepair = (
  incident: IncidentState,
  backfill: string,
  backfillRun: string,
  who: string,
  at: string,
): IncidentState =>
  withStory(
    { ...incident, phase: "repairing", backfill, backfillRun },
    `${who} started ${backfill}`,
    at,
  );

/** Its backfill ended without success: it waits for another. */
export const withFailedRepair = (
  incident: IncidentState,
  backfill: string,
  at: string,
): IncidentState =>
  withStory({ ...incident, phase: "open" }, `${backfill} did not succeed`, at);

/** Its backfill has ended, and hours are broken still: it waits for another. */
export const withRepairOver = (
  incident: IncidentState,
  at: string,
): IncidentState =>
  withStory(
    { ...incident, phase: "open" },
    `${incident.backfill} has ended, and not every hour is whole`,
    at,
  );

/** Nothing is wrong any more. @returns the closed incident, and what people should hear of it */
export function closed(
  incident: IncidentState,
  at: string,
): { incident: IncidentState; message: string } {
  const message = closingMessage(incident, at);
  return {
    incident: withStory(
      { ...incident, phase: "closed" },
      `closed: ${message}`,
      at,
    ),
    message,
  };
}

/** The input of a backfill of all its broken hours. @throws TypeError where none is known to be broken */
export function repairInput(
  { topic, findings, asOf }: IncidentState,
  autoApprove: boolean,
): BackfillInput {
  const hours = findings.map((finding) => finding.hour).sort();
  return {
    since: hours[0]!,
    until: addHours(hours.at(-1)!, 1),
    topics: [topic],
    ...(asOf ? { asOf } : {}),
    dryRun: false,
    autoApprove,
  };
}
