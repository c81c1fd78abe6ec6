import type { HourRange } from "../../../lib/hour";
import type { Finding, PlannedTopic } from "../../../domain/backfill/plan";
import { findingsLeft } from "../../../domain/backfill/findings-left";
import type { MissingTopic } from "../../../domain/backfill/missing";
import { sample } from "../../../domain/backfill/row-compare";
import { auditTopics } from "../../audit/judge-topics";
import { beat } from "../../beat";
import type { Config } from "../../../domain/settings/config";
import type { EvidenceClients } from "../../audit/evidence/clients";
import { heartbeatWhile } from "../../heartbeat-while";
import { withHours } from "../planned-hours";
import type { Storage } from "../../../clients/storage";
import { topicHourKey } from "../../../lib/keys";
import { RowReading, type VerifiedHour } from "./row-reading";
import { topicHoursOf } from "./topic-hours";

/** What the planned hours hold after a repair. Its fields are serialized, and keep their names. */
export type Verification = {
  /** Planned topic-hours whose partition of the table has data. */
  partitions: number;
  /** Rows of these partitions. */
  rows: number;
  /** Distinct events in the raw hours. */
  distinct: number;
  /** Distinct events with more than one row in an hour. */
  duplicates: number;
  /** Replayed events that have a row in their hour. */
  found: number;
  /** Replayed events that should have one. */
  expected: number;
  /** Rows that have an ip. */
  withIp: number;
  /** How many of these are geocoded. */
  geocoded: number;
  /** A sample of partitions, of which each row was compared field by field with its event. */
  deep: { partitions: number; rows: number; different: number };
  /** What is wrong, a sentence each; of many, the first 50. */
  problems: string[];
  /**
   * What an audit of the topics still finds in the range, and planned hours that it does not call whole; hours of topics that merely fell
   * silent are left out.
   */
  findings: Finding[];
};

const MAX_PROBLEMS = 50;

/** Verification ends with an audit, and so needs what an audit needs. */
type VerifyDeps = EvidenceClients & {
  storage: Storage;
  config: Pick<Config, "verify">;
};

type VerifyInput = {
  topics: PlannedTopic[];
  missing: MissingTopic[];
  range: HourRange;
  /** ISO-8601: the instant as of which hours are judged. */
  asOf: string;
  /** Where the plan lies, which names the hours of topics that do not name them themselves. */
  planRef?: string;
  /** The fraction (0 to 1) of `verify.deepPartitions` that this verification takes, where several run side by side; default 1. */
  share?: number;
};

const nothingVerified = (): Verification => ({
  partitions: 0,
  rows: 0,
  distinct: 0,
  duplicates: 0,
  found: 0,
  expected: 0,
  withIp: 0,
  geocoded: 0,
  deep: { partitions: 0, rows: 0, different: 0 },
  problems: [],
  findings: [],
});

function addProblem(to: Verification, problem: string): void {
  if (to.problems.length < MAX_PROBLEMS && !to.problems.includes(problem))
    to.problems.push(problem);
}

function addHour(
  to: Verification,
  { of, partition, problems, counts, unread, comparison }: VerifiedHour,
): void {
  to.rows += counts.rows;
  to.distinct += counts.distinct;
  to.duplicates += counts.duplicates;
  to.withIp += counts.withIp;
  to.geocoded += counts.geocoded;
  if (partition) to.partitions++;
  if (comparison) {
    if (partition) to.deep.partitions++;
    to.deep.rows += comparison.compared;
    to.deep.different += comparison.different;
  }
  if (unread)
    addProblem(to, `${of.name}: it is not known what readers get: ${unread}`);
  for (const problem of [...problems, ...(comparison?.problems ?? [])])
    addProblem(to, problem);
  if (counts.duplicates > 0)
    addProblem(
      to,
      `${of.name}: ${counts.duplicates} events have more than one row`,
    );
  if (counts.lacking > 0)
    addProblem(to, `${of.name}: ${counts.lacking} raw events have no row`);
}

/** Adds how many of a topic's replayed events have a row. */
function addReplayed(
  to: Verification,
  { topic, events }: MissingTopic,
  found: number,
): void {
  to.expected += events;
  to.found += found;
  if (found < events)
    addProblem(
      to,
      `${topic}: ${events - found} replayed events have no row in their hour`,
    );
}

/** Verifying a repair by reading the partitions themselves. */
export function createVerifyActivities(deps: VerifyDeps) {
  const { config, storage } = deps;

  /** Names of the topic-hours that are to be compared field by field: the same ones for every attempt. */
  function deepSample(topics: PlannedTopic[], fraction: number): Set<string> {
    const topicHours = topics.flatMap(({ topic, hours }) =>
      hours.map((hour) => topicHourKey(topic, hour)),
    );
    const size = Math.ceil(config.verify.deepPartitions * fraction);
    return new Set(sample(topicHours, (name) => name, size));
  }

  return {
    /** Reads the planned hours row by row, looks for every replayed event among them, and audits the topics once more. */
    async verify(input: VerifyInput): Promise<Verification> {
      const topics = await withHours(storage, input.topics, input.planRef);
      const names = new Set(topics.map(({ topic }) => topic));
      const missing = input.missing.filter(({ topic }) => names.has(topic));
      const result = nothingVerified();
      const found = new Map<string, number>();
      const reading = new RowReading(deps, {
        topicHours: topicHoursOf(topics, config.naming),
        missing,
        deep: deepSample(topics, input.share ?? 1),
      });
      await heartbeatWhile(
        () =>
          reading.run((hour) => {
            addHour(result, hour);
            const { topic } = hour.of;
            found.set(topic, (found.get(topic) ?? 0) + hour.counts.found);
          }),
        () => reading.progress,
      );
      for (const each of missing)
        addReplayed(result, each, found.get(each.topic) ?? 0);
      if (result.geocoded < result.withIp)
        addProblem(
          result,
          `${result.withIp - result.geocoded} rows with an ip are not geocoded`,
        );
      const audits = await auditTopics(
        deps,
        topics.map((t) => t.topic),
        input.range,
        input.asOf,
        { beat },
      );
      result.findings = findingsLeft(audits, topics);
      return result;
    },
  };
}
