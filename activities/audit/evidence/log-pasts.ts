import type { LogPast } from "../../../domain/audit/incarnation";
import type { Storage } from "../../../clients/storage";
import { logPastPlaces } from "../../../clients/storage-layout";
import { canonicalJson } from "../../../lib/canonical-json";
import { folderReader } from "./read-folder";

/**
 * The pasts of topics' logs, for all audits alike. An hourly audit finds out that a log was replaced; the audit of one topic, by which an
 * incident closes, and the one that a plan is made from remember nothing of their own, and must not call healthy what that one called lost.
 */
export type LogPasts = {
  /** By topic. */
  read: () => Promise<Map<string, LogPast>>;
  /** Keeps a topic's past, where it is another one than was read last. */
  keep: (topic: string, past: LogPast) => Promise<void>;
};

export function logPasts(storage: Storage): LogPasts {
  const readAll = folderReader(
    storage,
    logPastPlaces.folder,
    async (name) => (await storage.read(logPastPlaces.named(name))) ?? {},
  );
  let known = new Map<string, LogPast>();
  return {
    async read() {
      known = new Map(
        [...(await readAll())].map(([name, past]) => [
          logPastPlaces.topicOf(name),
          past,
        ]),
      );
      return known;
    },
    async keep(topic, past) {
      const before = known.get(topic) ?? {};
      if (canonicalJson(before) === canonicalJson(past)) return;
      await storage.write(logPastPlaces.ofTopic(topic), past);
    },
  };
}
