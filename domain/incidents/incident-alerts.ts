import type { AlertItem } from "./alert";
import {
  causesOf,
  type IncidentState,
  isOver,
  isWhole,
  levelOf,
  missingEvents,
} from "./incident";

/**
 * What people should be alerted of now, if anything. Nothing while the incident is snoozed. At first, whatever is
 * wrong. After that only what is worse: a higher level, another cause, more than twice the hours or events, or
 * headroom that is low again after its end was reported. Once somebody has acknowledged it, only a
 * higher level, and headroom that is low again.
 * @param now ISO-8601, UTC
 */
export function alertDue(
  incident: IncidentState,
  now: string,
): AlertItem | undefined {
  const { findings, headroom, told, acknowledged } = incident;
  if (isOver(incident) || isSnoozed(incident, now)) return undefined;
  if (!told)
    return findings.length > 0
      ? brokenItem(incident, "broken")
      : headroomItem(incident);
  if (levelOf(incident) === "error" && told.level === "warning")
    return brokenItem(incident, "escalated");
  // Once its end was reported, headroom that is low again is an alert of its own, not one of a topic that got worse. Nobody has
  // acknowledged that one.
  const isLowAgain = headroom !== undefined && told.headroom === false;
  if (acknowledged) return isLowAgain ? headroomItem(incident) : undefined;
  const causes = isLowAgain
    ? causesOf({ findings })
    : causesOf({ findings, headroom });
  const isWorse =
    causes.some((cause) => !told.causes.includes(cause)) ||
    findings.length > 2 * Math.max(1, told.hours) ||
    missingEvents(incident) > 2 * Math.max(1, told.missing);
  if (isWorse) return brokenItem(incident, "escalated");
  return isLowAgain ? headroomItem(incident) : undefined;
}

/**
 * The end of an alert of low headroom, where headroom is sufficient again while hours are not whole yet.
 * Once they are, the incident closes, and its last alert ends this one, too.
 * @param now ISO-8601, UTC
 */
export function headroomEndDue(
  incident: IncidentState,
  now: string,
): AlertItem | undefined {
  const { topic, headroom, told } = incident;
  return told?.headroom &&
    !headroom &&
    !isWhole(incident) &&
    !isSnoozed(incident, now)
    ? {
        kind: "sufficient",
        subject: topic,
        cause: "headroom",
        level: "warning",
        text: "headroom is sufficient again",
      }
    : undefined;
}

/** The end of all that people were alerted of; undefined where they were not. @param text what happened, for people */
export const wholeItem = (
  { topic, told }: IncidentState,
  text: string,
): AlertItem | undefined =>
  told && {
    kind: "whole",
    subject: topic,
    cause: told.causes[0] ?? "unknown",
    level: "warning",
    text,
  };

/** The incident after an alert of it was raised. */
export function afterAlert(
  incident: IncidentState,
  { kind }: Pick<AlertItem, "kind">,
): IncidentState {
  const { findings, told } = incident;
  if (told && kind === "sufficient")
    return { ...incident, told: { ...told, headroom: false } };
  const headroom = kind === "headroom" ? true : told?.headroom;
  return {
    ...incident,
    told: {
      level: levelOf(incident),
      hours: findings.length,
      missing: missingEvents(incident),
      causes: [...new Set([...(told?.causes ?? []), ...causesOf(incident)])],
      ...(headroom === undefined ? {} : { headroom }),
    },
  };
}

const isSnoozed = ({ snoozedUntil }: IncidentState, now: string) =>
  snoozedUntil !== undefined && now < snoozedUntil;

const brokenItem = (
  incident: IncidentState,
  kind: "broken" | "escalated",
): AlertItem => ({
  kind,
  subject: incident.topic,
  cause: causesOf(incident)[0] ?? "unknown",
  level: levelOf(incident),
  text: summaryOf(incident),
});

const headroomItem = ({
  topic,
  headroom,
}: IncidentState): AlertItem | undefined =>
  headroom && {
    kind: "headroom",
    subject: topic,
    cause: headroom.cause,
    level: headroom.level,
    text: headroom.why,
  };

function summaryOf(incident: IncidentState): string {
  const { findings, headroom } = incident;
  const hours = findings.map((finding) => finding.hour).sort();
  const missing = missingEvents(incident);
  return [
    ...(findings.length > 0
      ? [
          `${hours.length} hours from ${hours[0]} to ${hours.at(-1)} are not whole${missing > 0 ? `, ${missing} events missing` : ""}: ${findings[0]!.why}`,
        ]
      : []),
    ...(headroom ? [headroom.why] : []),
  ].join("; ");
}
