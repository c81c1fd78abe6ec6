import type { Markers } from "../../../domain/audit/ledger";
import type { Storage } from "../../../clients/storage";
import { markerPlaces } from "../../../clients/storage-layout";

/** Offsets without a record, by topic. */
export type MarkersByTopic = Map<string, Markers[]>;

/**
 * Reads where replays left offsets without a record. Each file is read once: it does not change any more when its saga has gone on to the
 * next step.
 */
export function readMarkers(storage: Storage): () => Promise<MarkersByTopic> {
  const known = new Map<string, Record<string, Markers[]>>();
  return async () => {
    const found: MarkersByTopic = new Map();
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
