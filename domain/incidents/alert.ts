import { grouped } from "../../lib/grouped";
import type { Level } from "../audit/verdicts";
import { moreUrgent, type Severity, severityOf } from "../settings/severity";
import { ALERT_KINDS, type AlertKind } from "./alert-kinds";

/** What one topic or service has to report. The alert desk puts those of one kind and cause together. */
export type AlertItem = {
  kind: AlertKind;
  /** A topic's or a service's name, as the kind says. */
  subject: string;
  cause: string;
  level: Level;
  text: string;
  /** How urgent an error of the topic is, as its policy says. Absent in items of services, and of 0.2.0 and before. */
  severity?: Severity;
  /** Who owns the topic, where somebody does. */
  owner?: string;
};

/** One message to people. Its JSON is the webhook's body (docs/alerts.md). */
export type Alert = AlertGroup & {
  /** Unique. A receiver that gets an alert twice sees the same id. */
  id: string;
  /** ISO-8601, UTC. */
  at: string;
  link?: string;
};

/** What several items have in common, in one message. */
type AlertGroup = {
  kind: AlertKind;
  cause: string;
  level: Level;
  /** How urgent it is. Absent in alerts of 0.2.0 and before, which may wait in an outbox still. */
  severity?: Severity;
  /** Who owns the topics, where somebody does. */
  owner?: string;
  /** The subjects, sorted: topics, or services where the kind speaks of those. */
  topics: string[];
  /** One line. */
  title: string;
  /** A line for each subject, up to {@link MAX_LINES}. */
  text: string;
};

const MAX_LINES = 50;
/** What policies say where nothing is configured: an item of an earlier version is as urgent. */
const DEFAULT_SEVERITY: Severity = "error";

/** How urgent an item is. */
export function urgencyOf({ kind, level, severity }: AlertItem): Severity {
  const row = ALERT_KINDS[kind];
  return row.subject === "service"
    ? row.severity
    : severityOf(level, severity ?? DEFAULT_SEVERITY);
}

/** How urgent an alert is, also where an earlier version has made it. */
export const severityOfAlert = ({
  severity,
  level,
}: Pick<Alert, "severity" | "level">): Severity => severity ?? level;

/**
 * One group for each kind and cause, in the order in which they first come up. Topics whose policies differ in how urgent they are stand apart,
 * as what may wait is not told in the middle of what must not, and so do topics of other owners.
 */
export function groupAlerts(items: AlertItem[]): AlertGroup[] {
  const groups = grouped(items, ({ kind, cause, severity, owner }) =>
    [kind, cause, severity ?? DEFAULT_SEVERITY, owner ?? ""].join(" "),
  );
  return [...groups.values()].map(groupOf);
}

/** @param items at least one, all of one kind, cause, policy's severity and owner; of several with one subject the newest counts */
function groupOf(items: AlertItem[]): AlertGroup {
  const { kind, cause, owner } = items[0]!;
  const newest = new Map(items.map((item) => [item.subject, item]));
  const subjects = [...newest.keys()].sort();
  return {
    kind,
    cause,
    level: items.some((item) => item.level === "error") ? "error" : "warning",
    severity: items.map(urgencyOf).reduce(moreUrgent),
    topics: subjects,
    title: titleOf(kind, cause, subjects),
    text: [
      ...subjects
        .slice(0, MAX_LINES)
        .map((subject) => `${subject}: ${newest.get(subject)!.text}`),
      ...(owner === undefined ? [] : [`Owner: ${owner}`]),
    ].join("\n"),
    ...(owner === undefined ? {} : { owner }),
  };
}

/** One line that says what is so. */
export function titleOf(
  kind: AlertKind,
  cause: string,
  subjects: string[],
): string {
  const { words, subject, titleNamesCause } = ALERT_KINDS[kind];
  const what =
    subjects.length === 1
      ? `${subjects[0]} is ${words}`
      : `${subjects.length} ${subject}s are ${words}`;
  return titleNamesCause ? `${what}: ${cause}` : what;
}
