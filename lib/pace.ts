/** How fast work goes, and how long the rest will take at that pace; neither as long as nothing is done. */
export type Pace = {
  /** Units a second. */
  perSecond?: number;
  secondsLeft?: number;
};

/** @param done units that were done in so many seconds; `left` are still to be done */
export function paceOf(done: number, left: number, seconds: number): Pace {
  if (done <= 0 || seconds <= 0) return {};
  const perSecond = done / seconds;
  return {
    perSecond: Math.round(perSecond * 10) / 10,
    secondsLeft: Math.ceil(left / perSecond),
  };
}

/** A time that people wait for, in words: `45 s`, `5 min 24 s`. */
export const inWords = (seconds: number): string =>
  seconds < 60
    ? `${seconds} s`
    : `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
