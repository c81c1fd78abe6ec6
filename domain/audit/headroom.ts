import { type Drift, driftText, type Policy } from "../settings/policy";
import type { Level } from "./verdicts";

export type HeadroomEvidence = {
  topic: string;
  retentionHours: number;
  unread: boolean;
  /** For how long unread data is safe, in hours, as far as was asked. */
  hours?: number;
  /** For how long data that arrives now would be. */
  nextHours?: number;
  drift: Drift[];
};

/** A topic that is about to lose data. */
export type TopicHeadroom = {
  topic: string;
  hours: number;
  level: Level;
  cause: "retention-too-short" | "config-drift" | "premature-deletion";
  why: string;
};

/** Whether a topic has too little headroom: a warning before any loss. */
export function judgeHeadroom(
  e: HeadroomEvidence,
  policy: Policy,
): TopicHeadroom | undefined {
  const { warnHours, errorHours } = policy.headroom;
  // A retention that is shorter than the threshold gives no more than itself.
  const warn = Math.min(warnHours, e.retentionHours / 2);
  const error = Math.min(errorHours, warn / 2);
  const hours = Math.min(e.hours ?? Infinity, e.nextHours ?? Infinity);
  if (hours >= warn) return undefined;
  const drift = driftText(e.drift);
  const foreseen = (e.nextHours ?? Infinity) < warn;
  const what =
    e.unread && (e.hours ?? Infinity) < warn
      ? `unread messages may be deleted in ${e.hours} h`
      : `messages that arrive now may be deleted in ${e.nextHours} h`;
  const why = foreseen
    ? `${what}: the newest message is dated ${Math.round(e.retentionHours - e.nextHours!)} h ago or more, retention is ${Math.round(e.retentionHours)} h`
    : `${what}: the importer is that close to the end of retention (${Math.round(e.retentionHours)} h)`;
  return {
    topic: e.topic,
    hours,
    level: hours < error ? "error" : "warning",
    cause: foreseen
      ? drift
        ? "config-drift"
        : "premature-deletion"
      : "retention-too-short",
    why: drift ? `${why}; ${drift}` : why,
  };
}
