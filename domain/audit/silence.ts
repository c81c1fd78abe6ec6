import type { Hour } from "../../lib/hour";
import type { Policy } from "../settings/policy";
import { type HourEvidence, withoutRepeated } from "./evidence";

/**
 * The hours at the end of a window in which a topic that used to have events has none: it owes at least `minExpected` events by its own
 * rate, and has been quiet for more than twice as long as ever before. A rare or irregular topic is never called silent.
 * @param hours in order; counts without canaries, undefined where they are unknowable
 * @returns the silent hours, none where the topic is not silent, and one sentence that says why
 */
export function silentHours(
  hours: { hour: Hour; count: number | undefined }[],
  { minExpected, minHours }: Policy["silence"],
): { hours: Set<Hour>; why: string } {
  const none = { hours: new Set<Hour>(), why: "" };
  const first = hours.findIndex((h) => (h.count ?? 0) > 0);
  const last = hours.findLastIndex((h) => (h.count ?? 0) > 0);
  const spoke = hours.slice(first, last + 1);
  const quiet = hours.slice(last + 1);
  // Too little is known of the topic, it is not quiet, or an hour of which nothing is known breaks the silence.
  if (
    first === -1 ||
    spoke.length < minHours ||
    quiet.length === 0 ||
    quiet.some((h) => h.count === undefined)
  )
    return none;
  let longest = 0;
  let run = 0;
  let events = 0;
  for (const { count } of spoke) {
    events += count ?? 0;
    // An hour whose count is unknowable may have been quiet as well, and counts as such.
    run = (count ?? 0) === 0 ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  const expected = (events / spoke.length) * quiet.length;
  if (expected < minExpected || quiet.length <= 2 * longest) return none;
  return {
    hours: new Set(quiet.map((h) => h.hour)),
    why: `nothing since ${spoke.at(-1)!.hour}; by its rate about ${Math.round(expected)} events were due`,
  };
}

/** Hours, those of a silence marked with why it is believed. */
export function withSilence(
  hours: HourEvidence[],
  policy: Policy["silence"],
): HourEvidence[] {
  const { hours: silent, why } = silentHours(
    hours.map((evidence) => ({
      hour: evidence.hour,
      count: eventsOf(evidence),
    })),
    policy,
  );
  return hours.map((evidence) =>
    silent.has(evidence.hour) ? { ...evidence, silent: why } : evidence,
  );
}

/** An hour's events without canaries: what was imported, or what Kafka has where nothing was; undefined where neither is known. */
export function eventsOf({
  raw,
  produced,
  canaries,
}: HourEvidence): number | undefined {
  const count =
    raw && raw.count > 0
      ? withoutRepeated(raw)
      : produced.known
        ? produced.count
        : undefined;
  return count === undefined ? undefined : Math.max(0, count - (canaries ?? 0));
}
