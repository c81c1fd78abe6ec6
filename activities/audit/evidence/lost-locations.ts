import type { HourEvidence } from "../../../domain/audit/evidence";
import type { Dataset } from "../../../domain/settings/dataset";
import { partitionPath } from "../../../lib/hour";
import { mapPool } from "../../../lib/map-pool";
import type { TopicClients } from "./clients";

/** Requests to HDFS at the same time. */
const WIDTH = 8;

/**
 * Hours with the location of their Hive partition added where nothing is there. Asked are only partitions that the metastore has and whose
 * directory is not at its usual place.
 */
export async function withLostLocations(
  { hdfs, hive }: Pick<TopicClients, "hdfs" | "hive">,
  dataset: Dataset,
  hours: HourEvidence[],
): Promise<HourEvidence[]> {
  const isSuspect = (e: HourEvidence) => e.queryable === true && !e.refined;
  const suspects = hours.filter(isSuspect);
  if (suspects.length === 0) return hours;
  const locations = await hive.locations(
    dataset.database,
    dataset.table,
    suspects.map((e) => partitionPath(e.hour)),
  );
  return mapPool(hours, WIDTH, async (evidence) => {
    if (!isSuspect(evidence)) return evidence;
    const location = locations.get(partitionPath(evidence.hour)) ?? "";
    const path = location.replace(/^hdfs:\/\/[^/]*/, "");
    const isThere = path !== "" && (await hdfs.stat(path));
    return isThere ? evidence : { ...evidence, lostLocation: location };
  });
}
