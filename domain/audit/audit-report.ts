import type { HourRange } from "../../lib/hour";
import type { Finding } from "../backfill/plan";
import type { Loss } from "./evidence";
import type { Grid } from "./grid";
import type { TopicHeadroom } from "./headroom";

/** A service that did not answer. */
export type Outage = { service: string; address: string; message: string };

export type TopicAudit = {
  topic: string;
  /** Every hour that is not empty, and empty ones of a silence. */
  cells: Grid[number]["cells"];
  findings: Finding[];
  lostOffsets: number;
  /** The same by partition; absent in audits that were stored before. */
  losses?: Loss[];
  /** Offsets in Kafka that the importer has not read. */
  unread: number;
  /** Events known of in the range, and those of them that HDFS lacks. */
  events: number;
  missing: number;
  /** Why stages of it are unknowable; nothing is then said of its health. */
  unknowable?: string;
  problem?: string;
};

/** One audit of the fleet, as it is stored. */
export type AuditReport = {
  workflowId: string;
  asOf: string;
  range: HourRange;
  seconds: number;
  /** Requests made, by service. */
  requests: Record<string, number>;
  outages: Outage[];
  audits: TopicAudit[];
};

/** What an hourly audit returns: short enough for a payload, the whole lies in storage. */
export type AuditSummary = {
  asOf: string;
  range: HourRange;
  topics: number;
  verdicts: Record<string, number>;
  causes: Record<string, number>;
  broken: string[];
  incidents: string[];
  unknowable: string[];
  outages: Outage[];
  problems: string[];
  requests: Record<string, number>;
  report: string;
  html: string;
  link: string;
};
export type AuditProgress = { audited: number; topics: number };

/** What a headroom audit returns. */
export type HeadroomSummary = {
  asOf: string;
  topics: number;
  low: TopicHeadroom[];
};

/** How often each name occurs. */
export function tally(names: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
