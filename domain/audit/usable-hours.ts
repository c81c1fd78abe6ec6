import { type Hour, HOUR_MS, type HourRange, hoursIn } from "../../lib/hour";
import { instant } from "../../lib/time";
import type { Config } from "../settings/config";
import { type NamingRules, datasetOf } from "../settings/dataset";
import { nearNames } from "../settings/near-names";
import { policyOf } from "../settings/policy";
import type { AuditReport } from "./audit-report";
import {
  type Asked,
  doubtOfAudit,
  type HourState,
  rightAsOf,
  type Said,
  type TopicHour,
  topicHour,
  worstOf,
} from "./hour-state";

/** How old the newest audit may be where nobody says otherwise: audits run every hour, and one may be late. */
export const MAX_AGE_MS = 3 * HOUR_MS;

/** What of the configuration decides whether an hour may be used. */
export type HourRules = {
  naming: NamingRules;
  graceHoursOf: (topic: string) => number;
};

export const hourRulesOf = (
  config: Pick<Config, "naming" | "policy" | "policies">,
): HourRules => ({
  naming: config.naming,
  graceHoursOf: (topic) =>
    policyOf(topic, config.policy, config.policies).graceHours,
});

/** What audits have stored: the newest one, if any, and the topics that it or earlier ones have looked at. */
export type Audited = { report?: AuditReport | undefined; topics: string[] };

/** Of which audit, and as of when, something is told; absent where no audit has stored a report. */
type Source = { audit?: string; asOf?: string; range?: HourRange };

/** What is said of an hour of a topic, or of a table and all topics that come into it. */
export type HourAnswer = Said &
  Source & { name: string; hour: Hour; usable: boolean; topics: TopicHour[] };

type Untold = Exclude<HourState, "usable" | "broken">;

/** Up to which hour everything of a table is usable, without a gap, within what the newest audit looked at. */
export type Watermark = Source & {
  table: string;
  topics: string[];
  /** `told` where there is one, `none` where the first hour that was looked at is not usable already; else why nothing is told. */
  state: "told" | "none" | Untold;
  watermark: Hour | null;
  why: string;
};

/** Whether an hour may be used, by what audits have stored. */
export function hourAnswer(
  name: string,
  hour: Hour,
  audited: Audited,
  rules: HourRules,
  asked: Asked,
): HourAnswer {
  const { report } = audited;
  const meant = topicsNamed(name, audited, rules.naming);
  const topics = report ? hoursOf(meant, report, rules)(hour) : [];
  const { state, why } = doubtOfAudit(report, asked) ??
    toldOf(worstOf(topics)) ?? {
      state: "unknown" as const,
      why: unknownText(name, audited, rules.naming),
    };
  const usable = state === "usable";
  return { name, hour, state, usable, why, ...sourceOf(report), topics };
}

const toldOf = (worst: TopicHour | undefined): Said | undefined =>
  worst && { state: worst.state, why: `${worst.topic}: ${worst.why}` };

/** An audit's topics by name: it has thousands, and each of as many tables asks for its own. */
const byTopic = ({ audits }: AuditReport) =>
  new Map(audits.map((audit) => [audit.topic, audit]));

/** What is said of any hour of some topics. */
function hoursOf(
  topics: string[],
  report: AuditReport,
  { graceHoursOf }: HourRules,
  audits = byTopic(report),
): (hour: Hour) => TopicHour[] {
  // A range has hundreds of hours.
  const found = topics.map((topic) => ({
    topic,
    audit: audits.get(topic),
    graceHours: graceHoursOf(topic),
  }));
  return (hour) =>
    found.map(({ topic, audit, graceHours }) =>
      topicHour(topic, audit, hour, report, graceHours),
    );
}

const sourceOf = (report: AuditReport | undefined): Source =>
  report
    ? {
        audit: report.workflowId,
        asOf: instant(rightAsOf(report)),
        range: report.range,
      }
    : {};

/** The watermark of a table, or of a topic alone. */
export function watermarkOf(
  table: string,
  audited: Audited,
  rules: HourRules,
  asked: Asked,
): Watermark {
  const { report } = audited;
  const topics = topicsNamed(table, audited, rules.naming);
  const about = { table, topics, ...sourceOf(report) };
  const doubt = doubtOfAudit(report, asked);
  if (doubt) return { ...about, ...doubt, watermark: null };
  if (topics.length === 0)
    return {
      ...about,
      state: "unknown",
      watermark: null,
      why: unknownText(table, audited, rules.naming),
    };
  return { ...about, ...reached(topics, report!, rules) };
}

/** How far topics are usable together from the first hour on that an audit looked at. */
function reached(
  topics: string[],
  report: AuditReport,
  rules: HourRules,
  audits = byTopic(report),
): Pick<Watermark, "state" | "watermark" | "why"> {
  const state = (watermark: Hour | null, stopped?: HourState) =>
    watermark !== null ? "told" : stopped === "uncovered" ? stopped : "none";
  const saidOf = hoursOf(topics, report, rules, audits);
  let watermark: Hour | null = null;
  for (const hour of hoursIn(report.range)) {
    const worst = worstOf(saidOf(hour))!;
    if (worst.state !== "usable") {
      const why = `${hour} is ${worst.state}: ${worst.topic}: ${worst.why}`;
      return { state: state(watermark, worst.state), watermark, why };
    }
    watermark = hour;
  }
  const why = "every hour that the newest audit looked at is usable";
  return { state: state(watermark), watermark, why };
}

/** The watermarks of all tables that the newest audit looked at, whatever its age: who shows them tells as of when they are. */
export function watermarksOf(audited: Audited, rules: HourRules): Watermark[] {
  const { report } = audited;
  if (!report) return [];
  const looked = byTopic(report);
  const byTable = new Map<string, string[]>();
  for (const topic of topicsOf(audited)) {
    const table = datasetOf(topic, rules.naming)?.table;
    if (table === undefined) continue;
    byTable.set(table, [...(byTable.get(table) ?? []), topic]);
  }
  return [...byTable]
    .filter(([, topics]) => topics.some((topic) => looked.has(topic)))
    .map(([table, topics]) => ({
      table,
      topics,
      ...sourceOf(report),
      ...reached(topics, report, rules, looked),
    }));
}

/**
 * The topics that count. What an audit of all topics has left out is no more; one of a chosen few says nothing of the others that come
 * into the same table.
 */
const topicsOf = ({ report, topics }: Audited): string[] => {
  const looked = (report?.audits ?? []).map(({ topic }) => topic);
  return report?.listsAll === true
    ? looked
    : [...new Set([...looked, ...topics])].sort();
};

/** Topics that somebody may mean: the one of this name, and all that come into the table of this name. */
function topicsNamed(
  name: string,
  audited: Audited,
  naming: NamingRules,
): string[] {
  const table = tableNamed(name, naming);
  const isMeant = (topic: string) =>
    topic === name || datasetOf(topic, naming)?.table === table;
  const counting = topicsOf(audited).filter(isMeant);
  // Of one that is no more it is said that no audit covers it, and not that nobody knows it.
  return counting.length > 0 ? counting : audited.topics.filter(isMeant);
}

/** A table's name as Hive knows it, without its database. */
function tableNamed(name: string, { database }: NamingRules): string {
  const lower = name.toLowerCase();
  const prefix = `${database.toLowerCase()}.`;
  return lower.startsWith(prefix) ? lower.slice(prefix.length) : lower;
}

function unknownText(
  name: string,
  { report, topics }: Audited,
  naming: NamingRules,
): string {
  const known = [
    ...(report?.audits ?? []).map(({ topic }) => topic),
    ...topics,
  ].flatMap((topic) => [topic, datasetOf(topic, naming)?.table ?? topic]);
  const near = nearNames(name, new Set(known));
  const hint = near.length > 0 ? `; ${near.join(", ")}?` : "";
  return `no audit knows of a topic or a table of this name${hint}`;
}
