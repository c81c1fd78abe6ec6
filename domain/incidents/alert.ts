import { grouped } from "../../lib/grouped";
import type { Level } from "../audit/verdicts";
import { ALERT_KINDS, type AlertKind } from "./alert-kinds";

/** What one topic or service has to report. The alert desk puts those of one kind and cause together. */
export type AlertItem = {
  kind: AlertKind;
  /** A topic's or a service's name, as the kind says. */
  subject: string;
  cause: string;
  level: Level;
  text: string;
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
  /** The subjects, sorted: topics, or services where the kind speaks of those. */
  topics: string[];
  /** One line. */
  title: string;
  /** A line for each subject, up to {@link MAX_LINES}. */
  text: string;
};

const MAX_LINES = 50;

/** One group for each kind and cause, in the order in which they first come up. */
export function groupAlerts(items: AlertItem[]): AlertGroup[] {
  const groups = grouped(items, ({ kind, cause }) => `${kind} ${cause}`);
  return [...groups.values()].map(groupOf);
}

/** @param items at least one, all of one kind and cause; of several with one subject the newest counts */
function groupOf(items: AlertItem[]): AlertGroup {
  const { kind, cause } = items[0]!;
  const newest = new Map(items.map((item) => [item.subject, item]));
  const subjects = [...newest.keys()].sort();
  return {
    kind,
    cause,
    level: items.some((item) => item.level === "error") ? "error" : "warning",
    topics: subjects,
    title: titleOf(kind, cause, subjects),
    text: subjects
      .slice(0, MAX_LINES)
      .map((subject) => `${subject}: ${newest.get(subject)!.text}`)
      .join("\n"),
  };
}

function titleOf(kind: AlertKind, cause: string, subjects: string[]): string {
  const { words, subject, titleNamesCause } = ALERT_KINDS[kind];
  const what =
    subjects.length === 1
      ? `${subjects[0]} is ${words}`
      : `${subjects.length} ${subject}s are ${words}`;
  return titleNamesCause ? `${what}: ${cause}` : what;
}
