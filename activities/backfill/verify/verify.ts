import {
  type Dataset,
  datasetOf,
  refinedHourDir,
} from "../../../domain/settings/dataset";
import { type Hour, type HourRange } from "../../../lib/hour";
import type { Finding, PlannedTopic } from "../../../domain/backfill/plan";
import { findingsLeft } from "../../../domain/backfill/findings-left";
import { sample } from "../../../domain/backfill/row-compare";
import { auditTopics } from "../../audit/judge-topics";
import { beat } from "../../beat";
import type { Config } from "../../../domain/settings/config";
import type { EvidenceClients } from "../../audit/evidence/clients";
import { refreshHours } from "../../audit/evidence/refresh-hours";
import { emptyMemory } from "../../audit/evidence/evidence-cache";
import { partitionPlaces } from "../../audit/evidence/partition-places";
import { readRefined } from "../../audit/evidence/refined-hours";
import { ReplayedEventMatcher } from "./replayed-event-matcher";
import { readMissing } from "../search/read-missing";
import { withHours } from "../planned-hours";
import type { Storage } from "../../../clients/storage";
import { checkHour, type HourCheck, refinedUuids } from "./verify-hour";
import type { MissingTopic } from "../../../domain/backfill/missing";
import { topicHourKey } from "../../../lib/keys";

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

/** Where readers find an hour's rows. */
type RefinedRows = {
  /** A directory of HDFS; the usual one where the metastore names none that can be read. */
  dir: string;
  /** Whether they have the columns that geocoding adds. */
  geocoded: boolean;
  /** Why it is not known what readers get; absent where it is. */
  unread?: string;
};

const MAX_PROBLEMS = 50;
/** Hours of a topic whose rows are in memory at the same time. */
const HOURS_AT_ONCE = 4;

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
  if (to.problems.length < MAX_PROBLEMS) to.problems.push(problem);
}

function addHour(to: Verification, check: HourCheck, isDeep: boolean): void {
  to.rows += check.rows;
  to.distinct += check.distinct;
  to.duplicates += check.duplicates;
  to.withIp += check.withIp;
  to.geocoded += check.geocoded;
  if (check.partition) to.partitions++;
  if (check.partition && isDeep) to.deep.partitions++;
  to.deep.rows += check.compared;
  to.deep.different += check.different;
  for (const problem of check.problems) addProblem(to, problem);
}

/** Verifying a repair by reading the partitions themselves. */
export function createVerifyActivities(deps: VerifyDeps) {
  const { config, hdfs, storage } = deps;

  /** Names of the topic-hours that are to be compared field by field: the same ones for every attempt. */
  function deepSample(topics: PlannedTopic[], fraction: number): Set<string> {
    const topicHours = topics.flatMap(({ topic, hours }) =>
      hours.map((hour) => topicHourKey(topic, hour)),
    );
    const size = Math.ceil(config.verify.deepPartitions * fraction);
    return new Set(sample(topicHours, (name) => name, size));
  }

  /**
   * Where readers find each hour's rows, and whether they have the columns that geocoding adds. That is where the metastore says: Refine
   * leaves the location of a partition that it finds there as it is.
   */
  async function refinedHours(
    dataset: Dataset,
    hours: Hour[],
    range: HourRange,
  ): Promise<(hour: Hour) => Promise<RefinedRows>> {
    const memory = emptyMemory();
    await refreshHours(deps, dataset, range, memory);
    const places = await partitionPlaces(deps, dataset, hours);
    return async (hour) => {
      const usual = refinedHourDir(dataset, hour);
      const place = places.get(hour);
      const dir = place?.kind === "here" ? place.dir : usual;
      const refined =
        dir === usual
          ? memory.refined[hour]?.refined
          : (await readRefined(hdfs, dir)).refined;
      return {
        dir,
        geocoded: refined?.geocoded ?? false,
        ...(place?.kind === "elsewhere" ? { unread: place.why } : {}),
        ...(place?.kind === "nowhere"
          ? {
              unread: `the metastore's partition lies at ${place.location || "(no location)"}, which does not exist`,
            }
          : {}),
      };
    };
  }

  /** How many of a topic's events, which could not be matched in the order of time, have a row in their planned hour. */
  async function countUnorderedFound(
    dataset: Dataset,
    plannedHours: Hour[],
    unmatched: Map<Hour, string[]>,
    refined: (hour: Hour) => Promise<RefinedRows>,
  ): Promise<number> {
    let found = 0;
    for (const [hour, uuids] of unmatched) {
      if (!plannedHours.includes(hour)) continue;
      beat(topicHourKey(dataset.topic, hour));
      const inRows = await refinedUuids(hdfs, (await refined(hour)).dir);
      found += uuids.filter((uuid) => inRows.has(uuid)).length;
    }
    return found;
  }

  /** Adds a topic's planned hours to the result, and whether its replayed events have a row in them. */
  async function verifyTopic(
    to: Verification,
    { topic, hours }: PlannedTopic,
    missing: MissingTopic | undefined,
    range: HourRange,
    deep: ReadonlySet<string>,
  ): Promise<void> {
    const dataset = datasetOf(topic, config.naming)!;
    const refined = await refinedHours(dataset, hours, range);
    const matcher = new ReplayedEventMatcher(
      missing ? readMissing(storage, missing) : [],
    );
    const verifyHour = async (hour: Hour) => {
      const name = topicHourKey(topic, hour);
      beat(name);
      const isDeep = deep.has(name);
      const { dir, geocoded, unread } = await refined(hour);
      if (unread)
        addProblem(to, `${name}: it is not known what readers get: ${unread}`);
      const check = await checkHour(hdfs, dataset, hour, {
        rawDir: deps.source.hourDir(dataset, hour),
        refinedDir: dir,
        deep: isDeep,
        geocoded,
      });
      addHour(to, check, isDeep);
      return [hour, check.uuids] as const;
    };
    const inOrder = [...hours].sort();
    for (let i = 0; i < inOrder.length; i += HOURS_AT_ONCE) {
      const some = inOrder.slice(i, i + HOURS_AT_ONCE);
      await matcher.match(new Map(await Promise.all(some.map(verifyHour))));
    }
    const { found, unmatched } = await matcher.finish();
    const foundLater = await countUnorderedFound(
      dataset,
      hours,
      unmatched,
      refined,
    );
    if (!missing) return;
    to.expected += missing.events;
    to.found += found + foundLater;
    const lacking = missing.events - found - foundLater;
    if (lacking > 0)
      addProblem(
        to,
        `${topic}: ${lacking} replayed events have no row in their hour`,
      );
  }

  return {
    /** Reads the planned hours row by row, looks for every replayed event among them, and audits the topics once more. */
    async verify(input: VerifyInput): Promise<Verification> {
      const topics = await withHours(storage, input.topics, input.planRef);
      const result = nothingVerified();
      const deep = deepSample(topics, input.share ?? 1);
      for (const topic of topics) {
        beat(topic.topic);
        const missing = input.missing.find((m) => m.topic === topic.topic);
        await verifyTopic(result, topic, missing, input.range, deep);
      }
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
