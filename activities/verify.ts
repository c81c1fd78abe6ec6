import { cancellationSignal, heartbeat } from "@temporalio/activity";
import { datasetOf } from "../domain/dataset";
import { type HourRange, hourPath, partitionPath } from "../domain/hour";
import type { Finding, PlannedTopic } from "../domain/plan";
import { rowDifferences, sample } from "../domain/row-compare";
import { type EventCapsule, parseCapsuleLine } from "../formats/event-capsule";
import { auditTopics } from "./audit";
import type { Systems } from "./evidence";
import { refreshHours } from "./evidence";
import { emptyMemory } from "./evidence-cache";
import { type MissingTopic, readMissing } from "./missing";
import { rows } from "./parquet";
import { mapPool } from "./pool";
import type { Storage } from "./storage";
import { withHours } from "./plan-store";
import { rawLines } from "./raw-lines";

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
      const placeOf = (topic: string, hour: string) => `${topic} ${hour}`;
      const deep = new Set(
        sample(
          topics.flatMap((t) => t.hours.map((h) => placeOf(t.topic, h))),
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
        const seen = new Set<string>();
        await mapPool(topic.hours, 4, async (hour) => {
          const where = placeOf(topic.topic, hour);
          const events = new Map<string, EventCapsule>();
          for await (const line of rawLines(
            hdfs,
            `${dataset.rawDir}/${hourPath(hour)}`,
          )) {
            const parsed = parseCapsuleLine(line);
            if ("event" in parsed) events.set(parsed.event.uuid, parsed.event);
          }
          result.distinct += events.size;
          const dir = `${dataset.refinedDir}/${partitionPath(hour)}`;
          const files = ((await hdfs.list(dir)) ?? []).filter(
            (f) => !f.name.startsWith("_") && !f.name.startsWith("."),
          );
          const whole = deep.has(where) && files.length > 0;
          if (whole) result.deep.partitions++;
          const columns = whole
            ? undefined
            : [
                "uuid",
                ...(memory.refined[hour]?.refined.geocoded
                  ? ["ip", "geocoded_data"]
                  : []),
              ];
          const uuids = new Map<string, number>();
          for (const file of files) {
            for (const row of await rows(
              hdfs,
              `${dir}/${file.name}`,
              columns,
            )) {
              const uuid = String(row["uuid"]);
              uuids.set(uuid, (uuids.get(uuid) ?? 0) + 1);
              seen.add(uuid);
              result.rows++;
              const event = whole ? events.get(uuid) : undefined;
              if (event) {
                result.deep.rows++;
                const differences = rowDifferences(event, row);
                if (differences.length > 0) {
                  result.deep.different++;
                  problem(`${where} ${uuid}: ${differences.join(", ")}`);
                }
              }
              if (row["ip"] != null) {
                result.withIp++;
                if (row["geocoded_data"] != null) result.geocoded++;
              }
            }
          }
          const twice = [...uuids.values()].filter((n) => n > 1).length;
          result.duplicates += twice;
          if (twice > 0)
            problem(`${where}: ${twice} events have more than one row`);
          const absent = [...events.keys()].filter((u) => !uuids.has(u)).length;
          if (absent > 0) problem(`${where}: ${absent} raw events have no row`);
          if (files.length > 0) result.partitions++;
        });
        const missing = input.missing.find((m) => m.topic === topic.topic);
        if (missing) {
          let found = 0;
          for await (const events of readMissing(hdfs, missing))
            found += events.filter((e) => seen.has(e.uuid)).length;
          result.expected += missing.events;
          result.found += found;
          if (found < missing.events)
            problem(
              `${topic.topic}: ${missing.events - found} replayed events have no row`,
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
