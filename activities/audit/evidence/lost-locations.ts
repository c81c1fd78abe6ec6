import type { HourEvidence } from "../../../domain/audit/evidence";
import type { Dataset } from "../../../domain/settings/dataset";
import { partitionPath } from "../../../lib/hour";
import { mapPool } from "../../../lib/map-pool";
import type { TopicClients } from "./clients";
import { readStage, type Tolerance } from "./stage";

/** Requests to HDFS at the same time. */
const WIDTH = 8;

/**
 * Hours with the location of their Hive partition added where nothing is there. Asked are only partitions that the metastore has and whose
 * directory is not at its usual place.
 */
export async function withLostLocations(
  { hdfs, hive }: Pick<TopicClients, "hdfs" | "hive">,
  tolerance: Tolerance,
  dataset: Dataset,
  hours: HourEvidence[],
): Promise<HourEvidence[]> {
  const isSuspect = (e: HourEvidence) => e.queryable === true && !e.refined;
  const suspects = hours.filter(isSuspect);
  if (suspects.length === 0) return hours;
  const found = await readStage(tolerance, async () => {
    const locations = await hive.locations(
      dataset.database,
      dataset.table,
      suspects.map((e) => partitionPath(e.hour)),
    );
    return new Map(
      await mapPool(suspects, WIDTH, async ({ hour }) => {
        const location = locations.get(partitionPath(hour)) ?? "";
        const path = location.replace(/^hdfs:\/\/[^/]*/, "");
        const isThere = path !== "" && (await hdfs.stat(path));
        return [hour, isThere ? undefined : location] as const;
      }),
    );
  });
  return hours.map((evidence) => {
    if (!isSuspect(evidence)) return evidence;
    if (!found.read)
      return {
        ...evidence,
        unread: { ...evidence.unread, queryable: found.why },
      };
    const lostLocation = found.value.get(evidence.hour);
    return lostLocation === undefined
      ? evidence
      : { ...evidence, lostLocation };
  });
}
