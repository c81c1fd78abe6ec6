import type { Canary } from "../../../domain/audit/canary";
import { type Hour, type HourRange, inRange } from "../../../lib/hour";
import type { Storage } from "../../../clients/storage";
import { canaryPlaces } from "../../../clients/storage-layout";

/** Counts the canaries of a range by topic and hour, as far as they were produced. An hour's file does not change: each is read once. */
export function canaryCounts(
  storage: Storage,
): (range: HourRange) => Promise<Map<string, Map<Hour, number>>> {
  const known = new Map<string, Canary[]>();
  return async (range) => {
    const counts = new Map<string, Map<Hour, number>>();
    for (const file of await storage.list(canaryPlaces.folder)) {
      const hour = canaryPlaces.hourOf(file.name);
      if (hour === undefined || !inRange(hour, range)) continue;
      let canaries = known.get(hour);
      if (!canaries) {
        canaries = (await storage.read(canaryPlaces.ofHour(hour))) ?? [];
        known.set(hour, canaries);
      }
      for (const { topic } of canaries) {
        const hours = counts.get(topic) ?? new Map<Hour, number>();
        counts.set(topic, hours.set(hour, (hours.get(hour) ?? 0) + 1));
      }
    }
    return counts;
  };
}
