import { type Hour, hourOf, hourStart, HOUR_MS, inRange } from "../../lib/hour";
import type { Policy } from "../settings/policy";
import type { HourEvidence } from "./evidence";
import { percent } from "./judgement";
import { eventsOf } from "./silence";

/** Events by hour, without canaries, over the weeks that audits remember. */
export type Traffic = Record<Hour, number>;

/** How many weeks back the same hour of the week is compared with. */
export const WEEKS_COMPARED = 5;
const WEEK_MS = 7 * 24 * HOUR_MS;

/** Remembers the events of hours, and forgets what no hour of the window is compared with any more. */
export function rememberTraffic(traffic: Traffic, hours: HourEvidence[]): void {
  for (const evidence of hours) {
    const events = eventsOf(evidence);
    // What is not known now may have been known before.
    if (events !== undefined) traffic[evidence.hour] = events;
  }
  const first = hours[0]?.hour;
  if (first === undefined) return;
  const oldest = hourOf(hourStart(first) - WEEKS_COMPARED * WEEK_MS);
  for (const hour of Object.keys(traffic))
    if (hour < oldest) delete traffic[hour];
}

/**
 * Why an hour is called low: it has less than the policy's share of what is usual for this hour of the week, and less than in any week
 * that is remembered. Undefined where it is not, where too few weeks are known, and in hours that the policy excepts.
 * @param events the hour's own
 */
export function lowTraffic(
  hour: Hour,
  events: number,
  traffic: Traffic,
  { minPercent, minWeeks, minUsual, except }: Policy["volume"],
): string | undefined {
  const isExcepted = (at: Hour) => except.some((range) => inRange(at, range));
  if (isExcepted(hour)) return undefined;
  const known = Array.from({ length: WEEKS_COMPARED }, (_, i) =>
    hourOf(hourStart(hour) - (i + 1) * WEEK_MS),
  )
    .filter((at) => !isExcepted(at))
    .flatMap((at) => traffic[at] ?? [])
    .sort((a, b) => a - b);
  if (known.length < minWeeks) return undefined;
  // The lower one of two in the middle: the more careful baseline.
  const usual = known[(known.length - 1) >> 1]!;
  if (
    usual < minUsual ||
    events >= known[0]! ||
    percent(events, usual) >= minPercent
  )
    return undefined;
  return `${events} events, where ${usual} are usual at this hour of the week (${known.length} weeks, ${known[0]} to ${known.at(-1)})`;
}

/** Hours, those of low traffic marked with the baseline that they fall short of. */
export const withLowTraffic = (
  hours: HourEvidence[],
  traffic: Traffic,
  policy: Policy["volume"],
): HourEvidence[] =>
  hours.map((evidence) => {
    const events = eventsOf(evidence);
    const low =
      events === undefined
        ? undefined
        : lowTraffic(evidence.hour, events, traffic, policy);
    return low === undefined ? evidence : { ...evidence, low };
  });
