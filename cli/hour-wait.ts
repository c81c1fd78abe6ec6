import type { HourAnswer } from "../domain/audit/usable-hours";
import type { HourState } from "../domain/audit/hour-state";
import { type Hour, hourOf } from "../lib/hour";

/**
 * The exit code of each state. 3 says that something is not whole, as with other commands; 1 is left to errors and 2 to steps that failed.
 */
export const EXIT_CODES: Readonly<Record<HourState, number>> = {
  usable: 0,
  broken: 3,
  undecided: 4,
  uncovered: 5,
  stale: 6,
  unknown: 7,
};

/** As `timeout` of coreutils has it. */
export const TIMED_OUT = 124;

type Waiting = {
  ask: () => Promise<HourAnswer>;
  /** Whether no answer to come would be another one. */
  isOver: (answer: HourAnswer) => boolean;
  /** Whether a fault of asking may be gone the next time. */
  isPassing: (error: Error) => boolean;
  /** Called where the answer is another one than before, and for a fault that may pass. */
  tell: (text: string) => void;
  sleep: (ms: number) => Promise<unknown>;
  /** A clock that nobody sets back, in ms. */
  clock: () => number;
  every: number;
  /** In ms; undefined where it is waited for as long as it takes. */
  timeout: number | undefined;
};

/** The last answer, and whether the time was over before it was one that ends the waiting. Without an answer storage has never answered. */
export type Waited = { answer?: HourAnswer; timedOut: boolean };

/** Asks again and again until the answer ends the waiting, or the time is over. @throws a fault of asking that will not pass */
export async function waitForHour(waiting: Waiting): Promise<Waited> {
  const { ask, isOver, isPassing, tell, sleep, clock, every } = waiting;
  const end = clock() + (waiting.timeout ?? Infinity);
  let answer: HourAnswer | undefined;
  let told = "";
  for (;;) {
    let text: string;
    try {
      answer = await ask();
      if (isOver(answer)) return { answer, timedOut: false };
      text = `${answer.state}: ${answer.why}`;
    } catch (error) {
      if (!isPassing(error as Error)) throw error;
      text = (error as Error).message;
    }
    if (text !== told) tell(text);
    told = text;
    const left = end - clock();
    if (left <= 0) return { ...(answer ? { answer } : {}), timedOut: true };
    await sleep(Math.min(every, left));
  }
}

/**
 * Whether nothing that is still to come makes another answer: not usable or broken, not of a name that nobody knows, and not of an hour that
 * audits no longer look back to.
 * @param untilMended whether a broken hour is waited for, as a backfill may mend it
 * @param now epoch ms
 */
export function isFinal(
  { state, hour }: { state: HourState; hour: Hour },
  untilMended: boolean,
  now: number,
  lookbackMs: number,
): boolean {
  switch (state) {
    case "usable":
    case "unknown":
      return true;
    case "broken":
      return !untilMended;
    case "uncovered":
      return hour < hourOf(now - lookbackMs);
    case "undecided":
    case "stale":
      return false;
  }
}
