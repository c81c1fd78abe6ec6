import { counting, type Requests } from "../../lib/request-count";
import { readRefined } from "../../activities/audit/evidence/refined-hours";
import {
  type HourRange,
  hoursIn,
  hourStart,
  partitionPath,
  HOUR_MS,
} from "../../lib/hour";
import { hourPath } from "../../importers/camus";
import type { createDependencies } from "../../workers/dependencies";
import { schemaOf, topicOf } from "./size";

/**
 * An audit that asks each service about each topic-hour, one after the other, through the same clients: two offsets by time, the raw
 * directory, the partition's directory, flag and footer, and whether the metastore knows it.
 */
export async function naive(
  deps: ReturnType<typeof createDependencies>,
  topics: number[],
  range: HourRange,
): Promise<{ seconds: number; requests: Requests; whole: number }> {
  const from = performance.now();
  const { result: whole, requests } = await counting(async () => {
    let n = 0;
    for (const i of topics)
      for (const hour of hoursIn(range)) {
        const start = await deps.kafka.offsetsAt(topicOf(i), hourStart(hour));
        const end = await deps.kafka.offsetsAt(
          topicOf(i),
          hourStart(hour) + HOUR_MS,
        );
        const produced = Number(end.get(0)! - start.get(0)!);
        const raw = await deps.hdfs.list(
          `/wmf/data/raw/eventlogging/${topicOf(i)}/hourly/${hourPath(hour)}`,
        );
        const { refined } = await readRefined(
          deps.hdfs,
          `/wmf/data/event/${schemaOf(i)}/${partitionPath(hour)}`,
        );
        const known = await deps.hive.partitionHours(
          "event",
          schemaOf(i).toLowerCase(),
        );
        if (
          produced > 0 &&
          raw?.length === 1 &&
          typeof refined.doneFlag === "number" &&
          known.has(hour)
        )
          n++;
      }
    return n;
  });
  return { seconds: (performance.now() - from) / 1000, requests, whole };
}
