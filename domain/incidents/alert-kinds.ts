import { DAY_MS, HOUR_MS } from "../../lib/hour";
import type { Severity } from "../settings/severity";

/** Kinds that say that trouble began. The names stand in workflow state and in the webhook's JSON: they never change. */
type BeginningKind = "broken" | "escalated" | "headroom" | "outage" | "canary";
/** Kinds that say that trouble is over. */
type EndingKind = "whole" | "sufficient" | "back";
export type AlertKind = BeginningKind | EndingKind;

/** The label `alertname` under which Alertmanager knows an alert. */
type AlertName =
  | "SisyphusTopicBroken"
  | "SisyphusLowHeadroom"
  | "SisyphusServiceDown"
  | "SisyphusCanaryLost";

type Wording = {
  /** Follows "is" or "are" in a title. */
  words: string;
  /** Whether a title ends with the cause. */
  titleNamesCause: boolean;
} & Subject;
/** What an alert is of. How urgent it is, a topic's policy says; a service has none, and its kind says so. */
type Subject =
  { subject: "topic" } | { subject: "service"; severity: Severity };
type Beginning = Wording & {
  role: "begins";
  alertName: AlertName;
  /** The kinds that end it. Without any, only time does. */
  endedBy: readonly EndingKind[];
  /** After how long (ms) Alertmanager ends it by itself. */
  lapsesAfterMs: number;
};
/** It ends every kind whose row names it in `endedBy`. */
type Ending = Wording & { role: "ends" };

/**
 * All that there is to know of each kind of alert. An ending carries no name of its own: it ends exactly the names
 * of the kinds that name it, so what begins under one name always ends under the same.
 */
export const ALERT_KINDS: Record<BeginningKind, Beginning> &
  Record<EndingKind, Ending> = {
  broken: {
    role: "begins",
    words: "broken",
    subject: "topic",
    titleNamesCause: true,
    alertName: "SisyphusTopicBroken",
    endedBy: ["whole"],
    lapsesAfterMs: 7 * DAY_MS,
  },
  escalated: {
    role: "begins",
    words: "worse than before",
    subject: "topic",
    titleNamesCause: true,
    alertName: "SisyphusTopicBroken",
    endedBy: ["whole"],
    lapsesAfterMs: 7 * DAY_MS,
  },
  headroom: {
    role: "begins",
    words: "about to lose data",
    subject: "topic",
    titleNamesCause: true,
    alertName: "SisyphusLowHeadroom",
    // `whole` ends it, too, as an incident closes only once its headroom is sufficient.
    endedBy: ["whole", "sufficient"],
    lapsesAfterMs: 7 * DAY_MS,
  },
  outage: {
    role: "begins",
    words: "not answering",
    subject: "service",
    // Audits see nothing while it lasts, but what they would see waits in Kafka: nothing is lost by the outage itself.
    severity: "error",
    titleNamesCause: false,
    alertName: "SisyphusServiceDown",
    endedBy: ["back"],
    lapsesAfterMs: 7 * DAY_MS,
  },
  canary: {
    role: "begins",
    words: "not passing canaries on",
    subject: "topic",
    titleNamesCause: true,
    alertName: "SisyphusCanaryLost",
    // The alert is about one hour's canary, which is not followed any longer. Each further lost canary renews it.
    endedBy: [],
    lapsesAfterMs: 24 * HOUR_MS,
  },
  whole: {
    role: "ends",
    words: "whole again",
    subject: "topic",
    titleNamesCause: false,
  },
  sufficient: {
    role: "ends",
    words: "no longer about to lose data",
    subject: "topic",
    titleNamesCause: false,
  },
  back: {
    role: "ends",
    words: "answering again",
    subject: "service",
    severity: "warning",
    titleNamesCause: false,
  },
};

/** The names in Alertmanager that an alert of a kind ends; none for a kind that begins something. */
export function endedAlertNames(kind: AlertKind): AlertName[] {
  const ended = Object.values<Beginning | Ending>(ALERT_KINDS).flatMap((row) =>
    row.role === "begins" && row.endedBy.some((ending) => ending === kind)
      ? [row.alertName]
      : [],
  );
  return [...new Set(ended)];
}
