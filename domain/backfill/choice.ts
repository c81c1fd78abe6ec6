import type { TopicAudit } from "../audit/audit-report";
import { type Cause, isImportFault } from "../audit/verdicts";
import type { Untouchable } from "../settings/sections/repair";
import { addHours, type Hour, type HourRange, inRange } from "../../lib/hour";
import { topicHourKey } from "../../lib/keys";
import {
  hoursInWords,
  untouchableHour,
  untouchableIn,
  untouchableSome,
} from "./never-touch";
import { isMoved } from "./planned-topic";
import type { LeftOut, Plan } from "./plan";

/** What somebody has chosen to have repaired; what is absent chooses everything. */
export type Choice = {
  topics?: string[];
  /** Hours, or ranges of them as `2018-07-05T03..2018-07-05T06`, whose end is not part of them. */
  hours?: string[];
  causes?: Cause[];
  /** What an earlier saga's report names as not whole. */
  earlier?: { ref: string; topicHours: ReadonlySet<string> };
};

/** What separates the ends of a range of hours. */
const TO = "..";

/** The range that a chosen hour or range of hours stands for. */
export function chosenRange(text: string): HourRange {
  const [since = "", until] = text.split(TO);
  return { since, until: until ?? addHours(since, 1) };
}

/**
 * Whether a plan repairs a topic-hour. Where something was chosen it repairs the planned hours and no other: one that was whole when the plan
 * was made was not chosen either. Else it repairs all but what must never be touched.
 */
export function repairedBy({
  topics,
  chosen,
  leftOut = [],
}: Pick<Plan, "topics" | "chosen" | "leftOut">): (
  topic: string,
  hour: Hour,
) => boolean {
  const named = new Set(
    chosen
      ? topics.flatMap(({ topic, hours }) =>
          hours.map((hour) => topicHourKey(topic, hour)),
        )
      : leftOut.map(({ topic, hour }) => topicHourKey(topic, hour)),
  );
  return (topic, hour) =>
    named.has(topicHourKey(topic, hour)) === (chosen !== undefined);
}

/** A choice in sentences, for the plan and the report; none where at most topics were chosen, as plans of other topics know nothing. */
export function choiceInWords(choice: Choice): string[] {
  const { topics, hours, causes, earlier } = choice;
  if (!hours && !causes && !earlier) return [];
  return [
    ...(topics ? [`only the topics ${topics.join(", ")}`] : []),
    ...(hours ? [`only the hours ${hours.join(", ")}`] : []),
    ...(causes ? [`only what is caused by ${causes.join(", ")}`] : []),
    ...(earlier
      ? [
          `only the ${earlier.topicHours.size} topic-hours that ${earlier.ref} names as not whole`,
        ]
      : []),
  ];
}

/** Why a finding is not chosen; undefined where it is. */
function notChosen(
  { topic, hour, cause = "unknown" }: Omit<LeftOut, "why">,
  { hours, causes, earlier }: Choice,
): string | undefined {
  if (hours && !hours.some((text) => inRange(hour, chosenRange(text))))
    return "its hour was not chosen";
  if (causes && !causes.includes(cause))
    return `its cause, ${cause}, was not chosen`;
  if (earlier && !earlier.topicHours.has(topicHourKey(topic, hour)))
    return "the earlier report does not name it as not whole";
  return undefined;
}

/** The shortest range that has all of these hours. */
function hull(hours: Hour[], otherwise: HourRange): HourRange {
  const sorted = [...hours].sort();
  const [first, last] = [sorted[0], sorted.at(-1)];
  return first === undefined || last === undefined
    ? otherwise
    : { since: first, until: addHours(last, 1) };
}

/** A topic's audit with fewer findings. Where no event is to be found any more, its losses are none of the plan's. */
function withFindings(
  audit: TopicAudit,
  findings: TopicAudit["findings"],
): TopicAudit {
  if (findings.length === audit.findings.length) return audit;
  if (findings.some(({ verdict }) => isImportFault(verdict)))
    return { ...audit, findings };
  const { losses: _, beyondEnd: __, ...rest } = audit;
  return { ...rest, findings, lostOffsets: 0 };
}

/**
 * What of audited topics a plan repairs: what was chosen, without what must never be touched. The range becomes as short as the hours that
 * are left allow: Refine takes every hour of a table in it that has no flag. Where an hour that must not be touched lies between hours that
 * are to be repaired, the topic is left out as a whole for the same reason. So it is where the importer's positions would have to be moved
 * and any hour of the topic must not be touched: the importer takes all that Kafka holds of a topic, whatever the hour.
 */
export function selectRepairs(
  audits: TopicAudit[],
  range: HourRange,
  choice: Choice,
  neverTouch: readonly Untouchable[],
): { audits: TopicAudit[]; range: HourRange; leftOut: LeftOut[] } {
  const leftOut: LeftOut[] = [];
  const keep = (
    audit: TopicAudit,
    reasonOf: (finding: TopicAudit["findings"][number]) => string | undefined,
  ) =>
    withFindings(
      audit,
      audit.findings.filter((finding) => {
        const why = reasonOf(finding);
        const { topic, hour, verdict, cause } = finding;
        if (why !== undefined)
          leftOut.push({ topic, hour, verdict, ...(cause && { cause }), why });
        return why === undefined;
      }),
    );
  const chosen = audits.map((audit) =>
    keep(audit, (finding) => {
      const rule = untouchableHour(neverTouch, finding.topic, finding.hour);
      return rule
        ? `never touched: ${rule.reason}`
        : notChosen(finding, choice);
    }),
  );
  const rangeOf = (some: TopicAudit[]) =>
    leftOut.length === 0 && neverTouch.length === 0
      ? range
      : hull(
          some.flatMap(({ findings }) => findings.map(({ hour }) => hour)),
          range,
        );
  const notMoved = chosen.map((audit) => {
    const rule =
      audit.findings.length > 0 &&
      isMoved(audit) &&
      untouchableSome(neverTouch, audit.topic);
    return rule
      ? keep(
          audit,
          () =>
            `the importer would be moved and take all that Kafka holds of the topic, and ${hoursInWords(rule)} are never touched: ${rule.reason}`,
        )
      : audit;
  });
  const wide = rangeOf(notMoved);
  const apart = notMoved.map((audit) => {
    const rule = untouchableIn(neverTouch, audit.topic, wide);
    return rule
      ? keep(
          audit,
          () =>
            `Refine takes whole ranges of a table, and ${hoursInWords(rule)} between ${wide.since} and ${wide.until} are never touched (${rule.reason}): plan the hours before and after them apart`,
        )
      : audit;
  });
  return {
    audits: apart.filter(({ findings }) => findings.length > 0),
    range: rangeOf(apart),
    leftOut: leftOut.sort(
      (a, b) => compare(a.topic, b.topic) || compare(a.hour, b.hour),
    ),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What was left out in rows of topic, hours and reason, so that many hours of one reason are one row. */
export function leftOutRows(leftOut: LeftOut[]): string[][] {
  const groups = new Map<string, LeftOut[]>();
  for (const each of leftOut) {
    const key = `${each.topic} ${each.verdict} ${each.why}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].map((group) => {
    const [{ topic, verdict, why }] = group as [LeftOut];
    return [topic, group.map(({ hour }) => hour).join(", "), verdict, why];
  });
}
