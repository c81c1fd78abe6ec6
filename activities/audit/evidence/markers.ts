import type { Markers } from "../../../domain/audit/ledger";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import { MARKERS } from "../../backfill/replay";
import type { Storage } from "../../../clients/storage";

/** What replays left word of: offsets without a record, by topic. A replay's file does not change once its saga has gone on. */
export function readMarkers(
  hdfs: Hdfs,
  storage: Storage,
): () => Promise<Map<string, Markers[]>> {
  const known = new Map<string, Record<string, Markers[]>>();
  return async () => {
    const found = new Map<string, Markers[]>();
    for (const file of (await hdfs.list(storage.path(MARKERS, ""))) ?? []) {
      const key = `${file.name} ${file.mtime}`;
      let markers = known.get(key);
      if (!markers) {
        markers = JSON.parse(
          (await storage.get(MARKERS, file.name)) ?? "{}",
        ) as Record<string, Markers[]>;
        known.set(key, markers);
      }
      for (const [topic, list] of Object.entries(markers))
        found.set(topic, [...(found.get(topic) ?? []), ...list]);
    }
    return found;
  };
}
