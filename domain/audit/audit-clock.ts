import { HOUR_MS } from "../../lib/hour";

/**
 * By which clock a topic's audits go. An audit may be told an instant of the past as of which it judges, and what it reads is of the present
 * all the same. Where the whole world stands in the past, as a sandbox's does, all its audits are told such instants, and its present is
 * as far behind the clock as the one of them that was least so.
 */
export type AuditClock = {
  /** The newest instant as of which an audit that remembers has judged, epoch ms. */
  asOf: number;
  /** By how many ms their instants were behind the clock at the least. */
  behind: number;
};

/** An audit that waited for a service that was down, or for a worker, may be so late and is of the present still. */
const MAY_BE_LATE_MS = 2 * HOUR_MS;

/** The clock by which audits go after one that judges as of an instant, at a time of the worker's clock (both epoch ms). */
export const clockAfter = (
  before: AuditClock | undefined,
  asOf: number,
  now: number,
): AuditClock => ({
  // An instant that is still to come would make all audits until then ones of the past.
  asOf: Math.max(before?.asOf ?? 0, Math.min(asOf, now)),
  behind: Math.min(before?.behind ?? Infinity, Math.max(0, now - asOf)),
});

/** Whether an audit judges as of an earlier instant than one that remembers has: it remembers nothing, as it looked at other hours. */
export const isOfThePast = (
  asOf: number,
  before: AuditClock | undefined,
): boolean => before !== undefined && asOf < before.asOf;

/**
 * What time it is in the world that an audit looks at, epoch ms: never before the instant that it was told, and rather too late than too early, as
 * what it finds may have happened until then.
 */
export function presentOf(
  before: AuditClock | undefined,
  asOf: number,
  now: number,
): number {
  const { behind } = clockAfter(before, asOf, now);
  return Math.max(asOf, behind < MAY_BE_LATE_MS ? now : now - behind);
}

/**
 * Whether it is hours later in the world than audits have thought, as all before were told instants of the past: what they have found may have
 * happened after the instants that they took for the present.
 */
export const wasThoughtEarlier = (
  before: AuditClock | undefined,
  asOf: number,
  now: number,
): boolean =>
  before !== undefined &&
  before.behind - Math.max(0, now - asOf) > MAY_BE_LATE_MS;
