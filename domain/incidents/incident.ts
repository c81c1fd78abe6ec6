import type { TopicHeadroom } from "../audit/headroom";
import {
  isImportFault,
  isUnsettled,
  type Cause,
  type Level,
  type Verdict,
} from "../audit/verdicts";
import type { Finding } from "../backfill/plan";
import type { Policy } from "../settings/policy";
import {
  addHours,
  type Hour,
  HOUR_MS,
  type HourRange,
  hourStart,
} from "../../lib/hour";
import { duration } from "../../lib/time";

/** One topic's incident. It is carried between the runs of its workflow, and `incident show` prints it: fields keep their names. */
export type IncidentState = {
  topic: string;
  phase: "open" | "repairing" | "closed";
  /** ISO-8601, UTC, as every time here. */
  openedAt: string;
  /** What the newest audit found. */
  findings: Finding[];
  /** Absent while the topic has enough. */
  headroom?: TopicHeadroom;
  /** Every hour that was ever broken, as it is now. */
  cells: Record<Hour, Verdict>;
  /** As of when the newest audit judged. */
  asOf?: string;
  /** As of when the first audit judged that found it broken. */
  detectedAsOf?: string;
  /** The backfill that repairs it, or did: a workflow id. */
  backfill?: string;
  /** The id of that workflow's first run; absent in states of 0.2.0 and before. */
  backfillRun?: string;
  /** What the topic's policy says of repairs, as the newest audit reported it. */
  repair?: Policy["repair"];
  /** Who owns the topic, as the newest audit reported that named somebody. */
  owner?: string;
  acknowledged?: { by: string; at: string; note?: string };
  /** Who has closed it although hours of it are pending or unknowable; absent again once an audit finds a broken one. */
  closedBy?: { by: string; note?: string };
  /** No alerts before this time. */
  snoozedUntil?: string;
  /** What people were last alerted of. */
  told?: {
    level: Level;
    hours: number;
    /** Missing events. */
    missing: number;
    /** Every cause that an alert has named so far. */
    causes: string[];
    /**
     * Whether an alert of low headroom stands: true since it was raised, false since its end was.
     * Absent where there was none, and in states of 0.2.0 and before.
     */
    headroom?: boolean;
  };
  /** What happened, oldest first, each line with its time. */
  story: string[];
};

/** The workflow id of a topic's incident, within its pipeline. */
export const incidentId = (topic: string) => `incident/${topic}`;

/** The topic of an incident, by its workflow id: Kafka's names of topics have no slash. */
export const topicOfIncident = (id: string) =>
  id.slice(id.lastIndexOf("/") + 1);

/** How many events are missing in all hours that its findings are about. */
export const missingEvents = ({ findings }: Pick<IncidentState, "findings">) =>
  findings.reduce((sum, finding) => sum + finding.missing, 0);

/** A finding without a level is of a version that knew errors only. */
export const levelOf = ({ findings, headroom }: IncidentState): Level =>
  headroom?.level === "error" ||
  findings.some((finding) => (finding.level ?? "error") === "error")
    ? "error"
    : "warning";

export const causesOf = ({
  findings,
  headroom,
}: {
  findings: Finding[];
  headroom?: TopicHeadroom;
}): string[] => [
  ...new Set([
    ...findings.flatMap((finding) => finding.cause ?? []),
    ...(headroom ? [headroom.cause] : []),
  ]),
];

/** From its first hour that was ever broken to its last; undefined where there was none. */
export function rangeOf({
  cells,
}: Pick<IncidentState, "cells">): HourRange | undefined {
  const hours = Object.keys(cells).sort();
  return hours.length === 0
    ? undefined
    : { since: hours[0]!, until: addHours(hours.at(-1)!, 1) };
}

/** How many of its hours were broken and are neither whole nor broken as far as the newest audit tells. */
export const undecidedOf = ({ cells }: Pick<IncidentState, "cells">): number =>
  Object.values(cells).filter(isUnsettled).length;

/** How many of its hours are not whole, for people. */
export function notWhole(
  incident: Pick<IncidentState, "findings" | "cells">,
): string {
  const undecided = undecidedOf(incident);
  return `${incident.findings.length} hours are broken${undecided > 0 ? `, and ${undecided} are pending or unknowable` : ""}`;
}

/** Whether every hour that was broken is whole. */
export const isWhole = (
  incident: Pick<IncidentState, "findings" | "cells">,
): boolean => incident.findings.length === 0 && undecidedOf(incident) === 0;

/** Whether nothing is wrong with the topic any more, or nothing more is to be known of what was. */
export const isOver = (incident: IncidentState): boolean =>
  incident.headroom === undefined &&
  (isWhole(incident) ||
    (incident.closedBy !== undefined && incident.findings.length === 0));

/**
 * Causes that a backfill mends. Those that are left out pass by themselves (an importer that is slow), need another
 * hand first (an importer that does not run), or are nothing that a backfill could change (a silent producer).
 */
const REPAIRABLE: readonly Cause[] = [
  "premature-deletion",
  "retention-too-short",
  "config-drift",
  "offset-out-of-range",
  "topic-recreated",
  "log-truncated",
  "refine-error",
  "outdated-job",
];

/**
 * Whether the incident should start its own backfill now. The topic's policy must say so, each finding must be one
 * that a backfill mends, there may be no more hours and events than the policy trusts it with, and the archive must
 * know the events of each hour that lost some.
 */
export function isRepairDue(incident: IncidentState): boolean {
  const { repair, findings } = incident;
  return (
    repair !== undefined &&
    repair.start &&
    incident.phase === "open" &&
    incident.backfill === undefined &&
    findings.length > 0 &&
    findings.length <= repair.maxHours &&
    missingEvents(incident) <= repair.maxMissing &&
    findings.every(
      (finding) =>
        finding.cause !== undefined &&
        REPAIRABLE.includes(finding.cause) &&
        (!isImportFault(finding.verdict) ||
          finding.numbers?.archived !== undefined),
    )
  );
}

/** What an incident says when it closes: what happened, and how long each phase took. @param closedAt ISO-8601, UTC */
export function closingMessage(
  incident: IncidentState,
  closedAt: string,
): string {
  const { openedAt, detectedAsOf, backfill, closedBy } = incident;
  const took = duration(Date.parse(closedAt) - Date.parse(openedAt));
  const hours = Object.keys(incident.cells).sort();
  const first = hours[0];
  if (closedBy && !isWhole(incident))
    return `${undecidedOf(incident)} hours are pending or unknowable; closed by ${closedBy.by} after ${took}${closedBy.note ? `: ${closedBy.note}` : ""}`;
  if (first === undefined) return `headroom is sufficient again after ${took}`;
  const found = detectedAsOf
    ? `found ${duration(Date.parse(detectedAsOf) - hourStart(first) - HOUR_MS)} after the first broken hour's end; `
    : "";
  return `${hours.length} hours from ${first} to ${hours.at(-1)} are whole again; ${found}whole ${took} after that${backfill ? `, by ${backfill}` : ""}`;
}
