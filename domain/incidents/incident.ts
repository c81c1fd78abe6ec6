import type { AlertItem } from "./alert";
import type { TopicHeadroom } from "../audit/headroom";
import { type Hour, hourStart, HOUR_MS } from "../../lib/hour";
import type { Finding } from "../backfill/plan";
import type { Policy } from "../settings/policy";
import {
  type Cause,
  isImportFault,
  type Level,
  type Verdict,
} from "../audit/verdicts";
import { duration } from "../../lib/time";

export type IncidentState = {
  topic: string;
  phase: "open" | "repairing" | "closed";
  openedAt: string;
  findings: Finding[];
  headroom?: TopicHeadroom;
  /** Every hour that was ever broken, as it is now. */
  cells: Record<Hour, Verdict>;
  asOf?: string;
  /** The audit's time when it was first found broken. */
  detectedAsOf?: string;
  backfill?: string;
  /** What the topic's policy says of repairs, as the newest audit told it. */
  repair?: Policy["repair"];
  acknowledged?: { by: string; at: string; note?: string };
  /** No alerts before this time. */
  snoozedUntil?: string;
  /** What people were last told. */
  told?: { level: Level; hours: number; missing: number; causes: string[] };
  story: string[];
};

const missingOf = (findings: Finding[]) =>
  findings.reduce((sum, f) => sum + f.missing, 0);

export const levelOf = (s: IncidentState): Level =>
  s.headroom?.level === "error" ||
  s.findings.some((f) => (f.level ?? "error") === "error")
    ? "error"
    : "warning";

export const causesOf = (s: IncidentState): string[] => [
  ...new Set([
    ...s.findings.flatMap((f) => f.cause ?? []),
    ...(s.headroom ? [s.headroom.cause] : []),
  ]),
];

export const isOver = (s: IncidentState) =>
  s.findings.length === 0 && s.headroom === undefined;

function summary(s: IncidentState): string {
  const hours = s.findings.map((f) => f.hour).sort();
  const missing = missingOf(s.findings);
  return [
    ...(s.findings.length > 0
      ? [
          `${s.findings.length} hours from ${hours[0]} to ${hours.at(-1)} are not whole${missing > 0 ? `, ${missing} events missing` : ""}: ${s.findings[0]!.why}`,
        ]
      : []),
    ...(s.headroom ? [s.headroom.why] : []),
  ].join("; ");
}

/** Causes that a backfill mends; the others pass by themselves, or need another hand first. */
const REPAIRABLE: Cause[] = [
  "premature-deletion",
  "retention-too-short",
  "config-drift",
  "offset-out-of-range",
  "refine-error",
  "outdated-job",
];

/**
 * Whether the incident is to start its own backfill: the topic's policy says so, every finding is one that a backfill mends, there are no
 * more hours and events than the policy trusts it with, and the archive knows the events of every hour that lost some.
 */
export function repairDue(s: IncidentState): boolean {
  const p = s.repair;
  return (
    p !== undefined &&
    p.start &&
    s.phase === "open" &&
    s.backfill === undefined &&
    s.findings.length > 0 &&
    s.findings.length <= p.maxHours &&
    missingOf(s.findings) <= p.maxMissing &&
    s.findings.every(
      (f) =>
        f.cause !== undefined &&
        REPAIRABLE.includes(f.cause) &&
        (!isImportFault(f.verdict) || f.numbers?.archived !== undefined),
    )
  );
}

/**
 * What people are to be told now: nothing while snoozed; the first finding; afterwards only what is worse (another level or cause, twice
 * the hours or events), and nothing but a higher level once somebody has acknowledged it.
 */
export function alertDue(s: IncidentState, now: string): AlertItem | undefined {
  if (isOver(s) || (s.snoozedUntil && now < s.snoozedUntil)) return undefined;
  const level = levelOf(s);
  const causes = causesOf(s);
  const item = (kind: AlertItem["kind"]): AlertItem => ({
    kind,
    subject: s.topic,
    cause: causes[0] ?? "unknown",
    level,
    text: summary(s),
  });
  if (!s.told) return item(s.findings.length > 0 ? "broken" : "headroom");
  const higher = level === "error" && s.told.level === "warning";
  const worse =
    causes.some((c) => !s.told!.causes.includes(c)) ||
    s.findings.length > 2 * Math.max(1, s.told.hours) ||
    missingOf(s.findings) > 2 * Math.max(1, s.told.missing);
  return higher || (worse && !s.acknowledged) ? item("escalated") : undefined;
}

export const toldOf = (
  s: IncidentState,
): NonNullable<IncidentState["told"]> => ({
  level: levelOf(s),
  hours: s.findings.length,
  missing: missingOf(s.findings),
  causes: [...new Set([...(s.told?.causes ?? []), ...causesOf(s)])],
});

/** What happened, and how long each phase took. */
export function closingWords(s: IncidentState, closedAt: string): string {
  const hours = Object.keys(s.cells).sort();
  const first = hours[0];
  const detect =
    first && s.detectedAsOf
      ? `found ${duration(Date.parse(s.detectedAsOf) - hourStart(first) - HOUR_MS)} after the first broken hour's end; `
      : "";
  const repair = duration(Date.parse(closedAt) - Date.parse(s.openedAt));
  return first
    ? `${hours.length} hours from ${first} to ${hours.at(-1)} are whole again; ${detect}whole ${repair} after that${s.backfill ? `, by ${s.backfill}` : ""}`
    : `headroom is sufficient again after ${repair}`;
}
