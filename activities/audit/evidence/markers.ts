import type { Markers } from "../../../domain/audit/ledger";
import type { Storage } from "../../../clients/storage";
import { markerPlaces } from "../../../clients/storage-layout";

/** What replays left word of: offsets without a record, by topic. A replay's file does not change once its saga has gone on. */
export function readMarkers(
  storage: Storage,
): () => Promise<Map<string, Markers[]>> {
  const known = new Map<string, Record<string, Markers[]>>();
  return async () => {
    const found = new Map<string, Markers[]>();
    for (const file of await storage.list(markerPlaces.folder)) {
      const key = `${file.name} ${file.mtime}`;
      let markers = known.get(key);
      if (!markers) {
        markers = (await storage.read(markerPlaces.named(file.name))) ?? {};
        known.set(key, markers);
      }
      for (const [topic, list] of Object.entries(markers))
        found.set(topic, [...(found.get(topic) ?? []), ...list]);
    }
    return found;
  };
}
