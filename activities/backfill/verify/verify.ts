import { cancellationSignal, heartbeat } from "@temporalio/activity";
import { datasetOf } from "../../../domain/settings/dataset";
import type { HourRange } from "../../../lib/hour";
import type { Finding, PlannedTopic } from "../../../domain/backfill/plan";
import { sample } from "../../../domain/backfill/row-compare";
import { auditTopics } from "../../audit/audit";
import type { Systems } from "../../audit/evidence/evidence";
import { refreshHours } from "../../audit/evidence/evidence";
import { emptyMemory } from "../../audit/evidence/evidence-cache";
import { LostOfHours } from "./lost-of-hours";
import { readMissing } from "../search/missing";
import { withHours } from "../plan-store";
import type { Storage } from "../../../clients/storage";
import { checkHour, uuidsOf } from "./verify-hour";
import type { MissingTopic } from "../../../domain/backfill/missing";
import { topicHourKey } from "../../../lib/keys";

export type Verification = {
  partitions: number;
  rows: number;
  /** Distinct events in the raw hours. */
  distinct: number;
  duplicates: number;
  /** Missing events that now have a row. */
  found: number;
  expected: number;
  withIp: number;
  geocoded: number;
  /** A sample of partitions, each row compared field by field with the event it came from. */
  deep: { partitions: number; rows: number; different: number };
  problems: string[];
  findings: Finding[];
};

const MAX_PROBLEMS = 50;
/** Hours of a topic whose rows are in memory at the same time. */
const HOURS_AT_ONCE = 4;

/** Verification reads the partitions themselves. */
export function createVerifyActivities(deps: Systems & { storage: Storage }) {
  const { config, hdfs } = deps;
  return {
    async verify(input: {
      topics: PlannedTopic[];
      missing: MissingTopic[];
      range: HourRange;
      asOf: string;
      planRef?: string;
      /** Of the deep sample, where several verify side by side. */
      share?: number;
    }): Promise<Verification> {
      const topics = await withHours(deps.storage, input.topics, input.planRef);
      const result: Verification = {
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
      };
      const deep = new Set(
        sample(
          topics.flatMap((t) => t.hours.map((h) => topicHourKey(t.topic, h))),
          (place) => place,
          Math.ceil(config.verify.deepPartitions * (input.share ?? 1)),
        ),
      );
      const problem = (text: string) => {
        if (result.problems.length < MAX_PROBLEMS) result.problems.push(text);
      };
      for (const topic of topics) {
        heartbeat(topic.topic);
        cancellationSignal().throwIfAborted();
        const dataset = datasetOf(topic.topic, config.naming)!;
        const memory = emptyMemory();
        await refreshHours(deps, dataset, input.range, memory);
        const missing = input.missing.find((m) => m.topic === topic.topic);
        const lost = new LostOfHours(missing ? readMissing(hdfs, missing) : []);
        const hours = [...topic.hours].sort();
        const look = async (hour: string) => {
          const where = topicHourKey(topic.topic, hour);
          heartbeat(where);
          cancellationSignal().throwIfAborted();
          const isDeep = deep.has(where);
          const check = await checkHour(hdfs, dataset, hour, {
            rawDir: deps.source.hourDir(dataset, hour),
            deep: isDeep,
            geocoded: memory.refined[hour]?.refined.geocoded ?? false,
          });
          result.rows += check.rows;
          result.distinct += check.distinct;
          result.duplicates += check.duplicates;
          result.withIp += check.withIp;
          result.geocoded += check.geocoded;
          if (check.partition) result.partitions++;
          if (check.partition && isDeep) result.deep.partitions++;
          result.deep.rows += check.compared;
          result.deep.different += check.different;
          check.problems.forEach(problem);
          return [hour, check.uuids] as const;
        };
        for (let i = 0; i < hours.length; i += HOURS_AT_ONCE)
          await lost.match(
            new Map(
              await Promise.all(hours.slice(i, i + HOURS_AT_ONCE).map(look)),
            ),
          );
        // What was not in the order of time, or lies in no planned hour.
        const { found, left } = await lost.rest();
        const again = [...left].filter(([hour]) => topic.hours.includes(hour));
        let late = 0;
        for (const [hour, uuids] of again) {
          heartbeat(topicHourKey(topic.topic, hour));
          const have = await uuidsOf(hdfs, dataset, hour);
          late += uuids.filter((uuid) => have.has(uuid)).length;
        }
        if (missing) {
          result.expected += missing.events;
          result.found += found + late;
          if (found + late < missing.events)
            problem(
              `${topic.topic}: ${missing.events - found - late} replayed events have no row in their hour`,
            );
        }
      }
      if (result.geocoded < result.withIp)
        problem(
          `${result.withIp - result.geocoded} rows with an ip are not geocoded`,
        );
      const audits = await auditTopics(
        deps,
        topics.map((t) => t.topic),
        input.range,
        input.asOf,
        { beat: () => heartbeat() },
      );
      result.findings = audits.flatMap((a) => a.findings);
      return result;
    },
  };
}
