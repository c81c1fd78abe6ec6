import { type Hour, HOUR_MS, hourStart, inRange } from "../../lib/hour";
import { duration, instant } from "../../lib/time";
import type { AuditReport, TopicAudit } from "./audit-report";
import { HIDDEN_TOPICS } from "./hidden-topics";
import { unsettledHours } from "./unsettled";
import {
  type Cause,
  isHealthy,
  isUnsettled,
  type Level,
  type Verdict,
} from "./verdicts";

/**
 * What others are told who ask whether an hour may be used. `usable` needs an audit that says so, and whatever is lacking makes it another
 * one. Of several topics that come into a table the first in this order counts.
 */
export const HOUR_STATES = [
  "unknown",
  "stale",
  "broken",
  "uncovered",
  "undecided",
  "usable",
] as const;
export type HourState = (typeof HOUR_STATES)[number];

/** A state, and one sentence that says why it is so. */
export type Said<S extends HourState = HourState> = { state: S; why: string };

/** What is said of one topic's hour. */
export type TopicHour = Said & {
  topic: string;
  /** The audit's own word; absent where it did not look. */
  verdict?: Verdict;
  cause?: Cause;
  level?: Level;
};

/** By which clock it is asked, epoch ms, and how old the newest audit may be, in ms. */
export type Asked = { now: number; maxAge: number };

/** Clocks of two hosts may differ by this. */
const CLOCKS_DIFFER_MS = 600_000;

/** A verdict as a state. Unsettled ones count as healthy elsewhere, as nobody needs to look at them; usable they are not. */
export function stateOfVerdict(
  verdict: Verdict,
): "usable" | "broken" | "undecided" {
  if (isUnsettled(verdict)) return "undecided";
  return isHealthy(verdict) ? "usable" : "broken";
}

/**
 * The instant as of which an audit is right, epoch ms. One that was told an instant which was still to come has seen nothing of the time
 * between.
 */
export const rightAsOf = ({ asOf, startedAt = asOf }: AuditReport): number =>
  Math.min(Date.parse(asOf), Date.parse(startedAt));

/** Why the newest audit answers nothing at all; undefined where it does. */
export function doubtOfAudit(
  report: AuditReport | undefined,
  { now, maxAge }: Asked,
): Said<"uncovered" | "undecided" | "stale"> | undefined {
  if (!report)
    return { state: "uncovered", why: "no audit has stored a report yet" };
  const { workflowId } = report;
  const age = now - rightAsOf(report);
  if (age < -CLOCKS_DIFFER_MS)
    return {
      state: "undecided",
      why: `${workflowId} judged as of an instant that is still to come`,
    };
  return age > maxAge
    ? {
        state: "stale",
        why: `the newest audit, ${workflowId}, is of ${duration(age)} ago`,
      }
    : undefined;
}

/**
 * What the newest audit says of one topic's hour.
 * @param audit what it says of the topic; undefined where it did not look at it
 * @param graceHours how long after its end an hour may still change
 */
export function topicHour(
  topic: string,
  audit: TopicAudit | undefined,
  hour: Hour,
  report: AuditReport,
  graceHours: number,
): TopicHour {
  const uncovered = (why: string): TopicHour => ({
    topic,
    state: "uncovered",
    why,
  });
  if (!audit)
    return uncovered(
      "the newest audit did not look at it, as earlier ones did",
    );
  const { since, until } = report.range;
  if (!inRange(hour, report.range))
    return uncovered(
      `the newest audit looked at ${since} to ${until} only, without the last`,
    );
  const verdict =
    unsettledHours(audit, [hour])[hour] ?? audit.cells[hour] ?? "empty";
  const state = stateOfVerdict(verdict);
  const doubt =
    state === "usable" ? doubtOf(audit, hour, report, graceHours) : undefined;
  const finding = audit.findings.find((one) => one.hour === hour);
  return {
    topic,
    state: doubt === undefined ? state : "undecided",
    verdict,
    ...(finding?.cause ? { cause: finding.cause } : {}),
    ...(finding?.level ? { level: finding.level } : {}),
    why: doubt ?? finding?.why ?? whyOf(verdict, audit),
  };
}

const whyOf = (verdict: Verdict, { unknowable }: TopicAudit): string =>
  verdict === "unknowable" && unknowable !== undefined
    ? `unknowable: ${unknowable}`
    : verdict;

/** Why an hour that an audit found to be healthy is not decided all the same; undefined where nothing is to be said against it. */
function doubtOf(
  { problem }: TopicAudit,
  hour: Hour,
  report: AuditReport,
  graceHours: number,
): string | undefined {
  // Without a dataset no hour has a cell, and each would pass for an empty one.
  if (problem !== undefined) return `it was not audited rightly: ${problem}`;
  // Of topics that brokers hide their own audits say so.
  const outage = report.outages.find((one) => one.service !== HIDDEN_TOPICS);
  if (outage) return `a service did not answer the audit: ${outage.message}`;
  const decided = hourStart(hour) + HOUR_MS + graceHours * HOUR_MS;
  return rightAsOf(report) < decided
    ? `events may still come until ${instant(decided)}, and no audit is of then or later`
    : undefined;
}

/** What counts of several topics: a table is as usable as the least of them. Undefined of none. */
export function worstOf(topics: TopicHour[]): TopicHour | undefined {
  const rank = ({ state }: TopicHour) => HOUR_STATES.indexOf(state);
  return [...topics].sort((a, b) => rank(a) - rank(b))[0];
}
