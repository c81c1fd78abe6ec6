import type { AuditProgress } from "./audit-report";

/** How far the audit of some topics is: a batch of them, or all. */
export type Progress = {
  topics: number;
  ofTopics: number;
  /** Topic-hours. */
  hours: number;
  ofHours: number;
};

/** How fast it goes, as far as anything is done. */
export type Pace = {
  /** Topic-hours a second. */
  hoursPerSecond?: number;
  secondsLeft?: number;
};

/** How fast work goes that has taken so many seconds, and how long the rest will take at that pace. */
export function paceOf({ hours, ofHours }: Progress, seconds: number): Pace {
  if (hours === 0 || seconds <= 0) return {};
  const hoursPerSecond = hours / seconds;
  return {
    hoursPerSecond: Math.round(hoursPerSecond * 10) / 10,
    secondsLeft: Math.ceil((ofHours - hours) / hoursPerSecond),
  };
}

/** How far and how fast it goes, in words. */
function progressText(
  progress: Progress,
  { hoursPerSecond, secondsLeft }: Pace,
): string {
  const { topics, ofTopics, hours, ofHours } = progress;
  return [
    `${topics} of ${ofTopics} topics and ${hours} of ${ofHours} topic-hours audited`,
    ...(hoursPerSecond === undefined
      ? []
      : [`${hoursPerSecond} topic-hours a second`]),
    ...(secondsLeft === undefined
      ? []
      : [`about ${inWords(secondsLeft)} left`]),
  ].join(", ");
}

const inWords = (seconds: number): string =>
  seconds < 60
    ? `${seconds} s`
    : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;

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
  return progressText(whole, paceOf(whole, seconds));
}
