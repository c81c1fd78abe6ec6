import { z } from "zod";
import type { Level } from "../audit/verdicts";

/** How urgent an alert is for people, the least first. PagerDuty has the same words; they stand in workflow state and never change. */
const SEVERITIES = ["info", "warning", "error", "critical"] as const;
export const severity = z.enum(SEVERITIES);
export type Severity = z.infer<typeof severity>;

const rank = (of: Severity) => SEVERITIES.indexOf(of);

/** Whether something is as urgent as a bound, or more. */
export const isAtLeast = (given: Severity, bound: Severity): boolean =>
  rank(given) >= rank(bound);

/** The more urgent of two. */
export const moreUrgent = (a: Severity, b: Severity): Severity =>
  isAtLeast(a, b) ? a : b;

/**
 * How urgent something of a topic is: an error as the topic's policy says, a warning a warning at most, so that nobody is woken by what is
 * only worth a look.
 * @param error what the policy calls an error of the topic
 */
export const severityOf = (level: Level, error: Severity): Severity =>
  level === "error" || !isAtLeast(error, "warning") ? error : "warning";
