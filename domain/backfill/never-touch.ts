import { type Hour, type HourRange, inRange } from "../../lib/hour";
import { wholeMatch } from "../settings/regex-text";
import type { Untouchable } from "../settings/sections/repair";

/** Sorts behind every hour, as an open end does. */
const NO_END = "~";

const rangeOf = ({ since = "", until = NO_END }: Untouchable): HourRange => ({
  since,
  until,
});

const isFor = (rule: Untouchable, topic: string): boolean =>
  wholeMatch(rule.topics).test(topic);

/** The first rule that keeps a topic-hour from being touched. */
export const untouchableHour = (
  rules: readonly Untouchable[],
  topic: string,
  hour: Hour,
): Untouchable | undefined =>
  rules.find((rule) => isFor(rule, topic) && inRange(hour, rangeOf(rule)));

/** The first rule that keeps some hour of a topic in a range from being touched. */
export const untouchableIn = (
  rules: readonly Untouchable[],
  topic: string,
  range: HourRange,
): Untouchable | undefined =>
  rules.find(
    (rule) =>
      isFor(rule, topic) &&
      rangeOf(rule).since < range.until &&
      range.since < rangeOf(rule).until,
  );

/** The first rule that keeps any hour of a topic from being touched. */
export const untouchableSome = (
  rules: readonly Untouchable[],
  topic: string,
): Untouchable | undefined => rules.find((rule) => isFor(rule, topic));

/** The first rule that keeps every hour of a topic from being touched. */
export const untouchableTopic = (
  rules: readonly Untouchable[],
  topic: string,
): Untouchable | undefined =>
  rules.find(
    (rule) =>
      rule.since === undefined &&
      rule.until === undefined &&
      isFor(rule, topic),
  );

/** A rule's hours in words. */
export const hoursInWords = ({ since, until }: Untouchable): string => {
  if (since === undefined && until === undefined) return "any hour";
  if (until === undefined) return `hours from ${since}`;
  return since === undefined
    ? `hours before ${until}`
    : `hours from ${since} to before ${until}`;
};
