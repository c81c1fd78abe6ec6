import type { Level } from "../audit/verdicts";

export type AlertKind =
  "broken" | "escalated" | "headroom" | "whole" | "outage" | "back" | "canary";

/** What one topic (or service) has to say; the desk puts together what has one cause. */
export type AlertItem = {
  kind: AlertKind;
  /** A topic, or a service's name. */
  subject: string;
  cause: string;
  level: Level;
  text: string;
};

/** One message to people. Its JSON is the webhook's body (docs/alerts.md). */
export type Alert = AlertItemGroup & {
  /** Unique; a receiver that hears an alert twice can tell. */
  id: string;
  title: string;
  at: string;
  link?: string;
};
type AlertItemGroup = {
  kind: AlertKind;
  cause: string;
  level: Level;
  topics: string[];
  text: string;
};

const VERB: Record<AlertKind, string> = {
  broken: "broken",
  escalated: "worse than before",
  headroom: "about to lose data",
  whole: "whole again",
  outage: "not answering",
  back: "answering again",
  canary: "not passing canaries on",
};

const MAX_LINES = 50;

/** Items of one kind and cause are one alert that names them all. */
export function groupAlerts(
  items: AlertItem[],
): (AlertItemGroup & { title: string })[] {
  const groups = new Map<string, AlertItem[]>();
  for (const item of items) {
    const key = `${item.kind} ${item.cause}`;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()].map((group) => {
    const { kind, cause } = group[0]!;
    const bySubject = new Map(group.map((i) => [i.subject, i]));
    const topics = [...bySubject.keys()].sort();
    const service = kind === "outage" || kind === "back";
    const what =
      topics.length === 1
        ? `${topics[0]} is ${VERB[kind]}`
        : `${topics.length} ${service ? "services" : "topics"} are ${VERB[kind]}`;
    return {
      kind,
      cause,
      level: group.some((i) => i.level === "error") ? "error" : "warning",
      topics,
      title: kind === "whole" || service ? what : `${what}: ${cause}`,
      text: topics
        .slice(0, MAX_LINES)
        .map((t) => `${t}: ${bySubject.get(t)!.text}`)
        .join("\n"),
    };
  });
}
