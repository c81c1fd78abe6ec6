import type { TopicAudit } from "../audit/audit-report";
import { unsettledHours } from "../audit/unsettled";
import type { UnsettledVerdict } from "../audit/verdicts";
import type { Finding, PlannedTopic } from "./plan";
import type { Hour } from "../../lib/hour";

/**
 * Whether nothing was in an hour at any stage, because its topic fell silent. Such an hour is worth a look, and nothing about it is
 * unrepaired. Where a count is unknowable, or anything is missing, it is more than silence.
 */
const isSilence = ({ verdict, cause, numbers, missing }: Finding): boolean =>
  verdict === "empty" &&
  cause === "producer-silent" &&
  missing === 0 &&
  numbers?.produced === 0 &&
  (numbers.raw ?? 0) === 0 &&
  (numbers.archived ?? 0) === 0 &&
  (numbers.lostOffsets ?? 0) === 0;

/** Whether every stage has the hour, and only some of its records were imported twice: of runs that overlapped, or an importer that was moved back. */
export const isWholeAndTwice = ({ verdict, cause }: Finding): boolean =>
  verdict === "complete" && cause === "imported-twice";

/** Whether the plan knew of events of the topic that might not come back. */
const hadLosses = ({ lostOffsets, missing, reset }: PlannedTopic): boolean =>
  lostOffsets > 0 || missing > 0 || reset;

/** What an audit after a repair says of a topic. */
type AuditAfter = Pick<
  TopicAudit,
  "topic" | "findings" | "cells" | "unknowable"
>;

/**
 * What audits after a repair still find against it. An hour of a topic that merely fell silent is not among it. A planned hour of a topic
 * that had losses always is: once its log is gone and its positions are moved, an hour whose events did not come back looks like a silent one.
 * A planned hour that is still pending, or of which nothing can be said, is not proven to be whole.
 * @param planned the planned topics, with their hours
 */
export function findingsLeft(
  audits: AuditAfter[],
  planned: PlannedTopic[],
): Finding[] {
  const plans = new Map(planned.map((topic) => [topic.topic, topic]));
  const mayBeLost = ({ topic, hour }: Finding) => {
    const plan = plans.get(topic);
    return plan !== undefined && hadLosses(plan) && plan.hours.includes(hour);
  };
  const found = audits
    .flatMap(({ findings }) => findings)
    .filter((finding) => !isWholeAndTwice(finding))
    .filter((finding) => !isSilence(finding) || mayBeLost(finding));
  const unproven = audits.flatMap((audit) =>
    unprovenHours(audit, plans.get(audit.topic)?.hours ?? []),
  );
  return [...found, ...unproven];
}

const WHY: Record<UnsettledVerdict, string> = {
  pending: "it was planned, and is not whole yet",
  unknowable: "it was planned, and nothing can be said of it",
};

/** Planned hours of which an audit tells neither that they are whole nor that they are broken, as findings. */
const unprovenHours = (audit: AuditAfter, hours: Hour[]): Finding[] =>
  Object.entries(unsettledHours(audit, hours)).map(([hour, verdict]) => ({
    topic: audit.topic,
    hour,
    verdict,
    missing: 0,
    why: WHY[verdict],
  }));
