import { type Drift, type Policy, withDrift } from "../settings/policy";
import type { Level } from "./verdicts";

/** How close a topic is to losing data. */
export type HeadroomEvidence = {
  topic: string;
  /** How long Kafka keeps messages; infinite where their age does not matter. */
  retentionHours: number;
  /** Whether Kafka has offsets that the importer has not read yet. */
  unread: boolean;
  /** For how many hours unread data is safe, as far as was asked; absent where there is none. */
  hours?: number;
  /** For how many hours data that arrives now would be safe; absent where none arrives. */
  nextHours?: number;
  /** Where Kafka bounds the log by its size: for how many hours unread data is safe, and how long messages lie there at all. */
  bySize?: { hours: number; retentionHours: number; retentionBytes: number };
  drift: Drift[];
};

/** A topic that is about to lose data. */
export type TopicHeadroom = {
  topic: string;
  /** Until the first loss. */
  hours: number;
  level: Level;
  cause: "retention-too-short" | "config-drift" | "premature-deletion";
  /** One sentence for a person. */
  why: string;
};

/** Says whether a topic has too little headroom: a warning before any loss. @returns undefined where it has enough */
export function judgeHeadroom(
  evidence: HeadroomEvidence,
  policy: Policy,
): TopicHeadroom | undefined {
  const { topic, bySize } = evidence;
  const unreadHours = evidence.hours ?? Infinity;
  const nextHours = evidence.nextHours ?? Infinity;
  const sizeHours = bySize?.hours ?? Infinity;
  const hours = Math.min(unreadHours, nextHours, sizeHours);
  const isBySize = sizeHours < Math.min(unreadHours, nextHours);
  const retentionHours = isBySize
    ? bySize!.retentionHours
    : evidence.retentionHours;
  // A retention that is shorter than the threshold gives no more headroom than itself.
  const warnHours = Math.min(policy.headroom.warnHours, retentionHours / 2);
  const errorHours = Math.min(policy.headroom.errorHours, warnHours / 2);
  if (hours >= warnHours) return undefined;
  // Even what arrives now is in danger: it is dated wrongly, and deleted before its time.
  const isDatedWrongly = !isBySize && nextHours < warnHours;
  return {
    topic,
    hours,
    level: hours < errorHours ? "error" : "warning",
    cause: causeOf(isDatedWrongly, evidence.drift.length > 0),
    why: withDrift(
      isBySize
        ? sizeText(bySize!)
        : ageText(evidence, warnHours, isDatedWrongly),
      evidence.drift,
    ),
  };
}

const sizeText = ({
  hours,
  retentionHours,
  retentionBytes,
}: NonNullable<HeadroomEvidence["bySize"]>): string =>
  `unread messages may be deleted in ${hours} h: Kafka keeps ${retentionBytes} bytes of each partition, which fill in ${Math.round(retentionHours)} h`;

function ageText(
  { unread, hours, nextHours, retentionHours }: HeadroomEvidence,
  warnHours: number,
  isDatedWrongly: boolean,
): string {
  const what =
    unread && (hours ?? Infinity) < warnHours
      ? `unread messages may be deleted in ${hours} h`
      : `messages that arrive now may be deleted in ${nextHours} h`;
  return isDatedWrongly
    ? `${what}: the newest message is dated ${Math.round(retentionHours - nextHours!)} h ago or more, retention is ${Math.round(retentionHours)} h`
    : `${what}: the importer is that close to the end of retention (${Math.round(retentionHours)} h)`;
}

const causeOf = (
  isDatedWrongly: boolean,
  hasDrifted: boolean,
): TopicHeadroom["cause"] =>
  !isDatedWrongly
    ? "retention-too-short"
    : hasDrifted
      ? "config-drift"
      : "premature-deletion";
