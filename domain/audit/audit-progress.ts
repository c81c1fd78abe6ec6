import { inWords, type Pace, paceOf } from "../../lib/pace";
import type { AuditProgress } from "./audit-report";

/** How far the audit of some topics is: a batch of them, or all. */
export type Progress = {
  topics: number;
  ofTopics: number;
  /** Topic-hours. */
  hours: number;
  ofHours: number;
};

/** How fast topic-hours are audited of which some were done in so many seconds. */
export const paceOfAudit = (
  { hours, ofHours }: Progress,
  seconds: number,
): Pace => paceOf(hours, ofHours - hours, seconds);

/** How far and how fast it goes, in words. */
function progressText(
  progress: Progress,
  { perSecond, secondsLeft }: Pace,
): string {
  const { topics, ofTopics, hours, ofHours } = progress;
  return [
    `${topics} of ${ofTopics} topics and ${hours} of ${ofHours} topic-hours audited`,
    ...(perSecond === undefined ? [] : [`${perSecond} topic-hours a second`]),
    ...(secondsLeft === undefined
      ? []
      : [`about ${inWords(secondsLeft)} left`]),
  ].join(", ");
}

/**
 * An audit's progress with that of its batches that still run.
 * @param running what they said last; of one that has just ended it may be counted twice, but never beyond the end
 */
function withRunning(whole: Progress, running: Progress[]): Progress {
  const sum = (of: (progress: Progress) => number, most: number) =>
    Math.min(
      most,
      running.reduce((total, batch) => total + of(batch), of(whole)),
    );
  return {
    ...whole,
    topics: sum((p) => p.topics, whole.ofTopics),
    hours: sum((p) => p.hours, whole.ofHours),
  };
}

/** How far an audit is, in words. @param running what its batches that still run said last */
export function auditProgressText(
  { audited, topics, hours = 0, startedAt }: AuditProgress,
  running: Progress[],
  now: number,
): string {
  const whole = withRunning(
    {
      topics: audited,
      ofTopics: topics,
      hours: audited * hours,
      ofHours: topics * hours,
    },
    running,
  );
  const seconds = startedAt === undefined ? 0 : (now - startedAt) / 1000;
  return progressText(whole, paceOfAudit(whole, seconds));
}
