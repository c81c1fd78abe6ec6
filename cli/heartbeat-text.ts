import { hasNumbers } from "../lib/json";
import { inWords, type Pace } from "../lib/pace";

/** What a running activity last said of itself. */
export type Heartbeat = {
  /** Whatever the activity reports: mostly counts, in an object. */
  progress?: unknown;
  /** Which attempt runs, from 1. */
  attempt?: number | null;
  /** Why the attempt before it failed. */
  lastFailure?: string;
};

/** A heartbeat: what is done, at which rate, and the time left in words where it tells them, then all that it says. */
export function heartbeatText(heartbeat: Heartbeat): string {
  const { progress } = heartbeat;
  const words = FORMS.map((wordsOf) => wordsOf(progress)).find(Boolean) ?? [];
  return [...words, JSON.stringify(heartbeat)].join(", ");
}

const MB = 2 ** 20;

/**
 * Words for a progress that has some numbers; undefined for every other one.
 * @param always the numbers that it has in any case, and `perhaps` those that it has as soon as they are known
 */
const form =
  <A extends string, P extends string>(
    always: A[],
    perhaps: P[],
    wordsOf: (told: Record<A, number> & Partial<Record<P, number>>) => string[],
  ) =>
  (progress: unknown): string[] | undefined => {
    if (!hasNumbers(progress, always)) return undefined;
    const told = progress as Parameters<typeof wordsOf>[0];
    const isNumberOrNothing = (name: P) =>
      ["number", "undefined"].includes(typeof told[name]);
    return perhaps.every(isNumberOrNothing) ? wordsOf(told) : undefined;
  };

const left = ({ secondsLeft }: Pace): string[] =>
  secondsLeft === undefined ? [] : [`about ${inWords(secondsLeft)} left`];

const aSecond = (...rates: (string | undefined)[]): string[] => {
  const known = rates.filter((rate) => rate !== undefined);
  return known.length === 0 ? [] : [`${known.join(" and ")} a second`];
};

/** What activities count, the most telling first. */
const FORMS = [
  // Of events that are replayed, bytes are in millions, as the configuration's bounds are.
  form(
    ["replayed", "total", "bytes"],
    ["perSecond", "bytesPerSecond", "secondsLeft"],
    (p) => [
      `${p.replayed} of ${p.total} events`,
      `${(p.bytes / 1e6).toFixed(0)} MB by this attempt`,
      ...aSecond(
        p.perSecond === undefined
          ? undefined
          : `${p.perSecond.toFixed(0)} events`,
        p.bytesPerSecond === undefined
          ? undefined
          : `${(p.bytesPerSecond / 1e6).toFixed(1)} MB`,
      ),
      ...left(p),
    ],
  ),
  form(["hours", "ofHours", "bytes"], ["perSecond", "secondsLeft"], (p) => [
    `${p.hours} of ${p.ofHours} topic-hours`,
    `${(p.bytes / MB).toFixed(0)} MB by this attempt`,
    ...aSecond(p.perSecond === undefined ? undefined : p.perSecond.toFixed(1)),
    ...left(p),
  ]),
  form(["bytes", "ofBytes"], ["perSecond", "secondsLeft"], (p) => [
    `${(p.bytes / MB).toFixed(0)} of ${(p.ofBytes / MB).toFixed(0)} MB`,
    ...aSecond(
      p.perSecond === undefined
        ? undefined
        : `${(p.perSecond / MB).toFixed(0)} MB`,
    ),
    ...left(p),
  ]),
  form(["listed", "ofListed"], ["written"], (p) => [
    `${p.listed} of ${p.ofListed} topic-hours listed`,
    ...(p.written === undefined ? [] : [`${p.written} written for Spark`]),
  ]),
  form(["flags", "ofFlags"], [], (p) => [`${p.flags} of ${p.ofFlags} flags`]),
];
