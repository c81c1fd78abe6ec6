import type { Hour, HourRange } from "../../lib/hour";
import type { Finding } from "../backfill/plan";
import type { Loss } from "./evidence";
import type { Grid } from "./grid";
import type { TopicHeadroom } from "./headroom";
import type { UnsettledVerdict } from "./verdicts";

/** A service that did not answer. */
export type Outage = { service: string; address: string; message: string };

/** What an audit says of one topic. */
export type TopicAudit = {
  topic: string;
  /** Every hour that is not empty, and empty ones of a silence. */
  cells: Grid[number]["cells"];
  findings: Finding[];
  /** Hours that are neither whole nor broken as far as it tells; only in the audit of one topic, and absent in those of 0.2.0 and before. */
  unsettled?: Record<Hour, UnsettledVerdict>;
  /** Offsets that Kafka deleted before they were imported. */
  lostOffsets: number;
  /** The same by partition; absent where there are none, and in audits that 0.1.0 stored. */
  losses?: Loss[];
  /** Whether the importer stands beyond the end of a partition's log, which is another one than it has read; absent where not. */
  beyondEnd?: true;
  /** Offsets in Kafka that the importer has jumped over, so that it does not read them by itself; absent where there are none. */
  jumpedOver?: number;
  /** Offsets in Kafka that the importer has not read, those that it has jumped over among them. */
  unread: number;
  /** Events that are known of in the range. */
  events: number;
  /** Those of them that HDFS lacks. */
  missing: number;
  /** Why hours of it are unknowable: nothing is said of their health. */
  unknowable?: string;
  /** Why it could not be audited rightly: no dataset, or a state of the importer that cannot be read. */
  problem?: string;
};

/** One audit of the fleet, as it is stored. */
export type AuditReport = {
  workflowId: string;
  /** The instant as of which hours were judged, ISO-8601. */
  asOf: string;
  range: HourRange;
  /** When it began by the clock, ISO-8601, whatever instant it was told; absent in those of 0.2.0 and before. */
  startedAt?: string;
  /** Whether it looked at every topic that there is; absent where it did not, or it could not be told, and in those of 0.2.0 and before. */
  listsAll?: true;
  /** How long the audit took. */
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
  /** Where the report and its page are in storage, and the page's address for a browser. */
  report: string;
  html: string;
  link: string;
};

/** How far an audit is. Workers of 0.2.0 and before tell of topics alone. */
export type AuditProgress = {
  audited: number;
  topics: number;
  /** The hours that are audited of each topic. */
  hours?: number;
  /** When it was started, epoch ms. */
  startedAt?: number;
};

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
