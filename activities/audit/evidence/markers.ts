import type { Markers } from "../../../domain/audit/ledger";
import type { Storage } from "../../../clients/storage";
import { markerPlaces } from "../../../clients/storage-layout";
import { folderReader } from "./read-folder";

/** Offsets without a record, by topic. */
export type MarkersByTopic = Map<string, Markers[]>;

/** Reads where replays left offsets without a record. A file does not change any more when its saga has gone on to the next step. */
export function readMarkers(storage: Storage): () => Promise<MarkersByTopic> {
  const readAll = folderReader(
    storage,
    markerPlaces.folder,
    async (name) => (await storage.read(markerPlaces.named(name))) ?? {},
  );
  return async () => {
    const found: MarkersByTopic = new Map();
    for (const markers of (await readAll()).values())
      for (const [topic, list] of Object.entries(markers))
        found.set(topic, [...(found.get(topic) ?? []), ...list]);
    return found;
  };
}
