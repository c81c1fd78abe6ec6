import type { ReplacedLog } from "../../../domain/audit/incarnation";
import type { Storage } from "../../../clients/storage";
import { logPastPlaces } from "../../../clients/storage-layout";
import { canonicalJson } from "../../../lib/canonical-json";

/** What is known of a topic's log that Kafka itself does not tell any more: see {@link TopicMemory}. */
export type LogPast = {
  replaced?: ReplacedLog;
  misdated?: Record<string, string>;
};

/**
 * The pasts of topics' logs, for all audits alike. An hourly audit finds out that a log was replaced; the audit of one topic, by which an
 * incident closes, and the one that a plan is made from remember nothing of their own, and must not call healthy what that one called lost.
 */
export type LogPasts = {
  read: () => Promise<Map<string, LogPast>>;
  /** Keeps a topic's past, where it is another one than is kept already. */
  keep: (topic: string, past: LogPast) => Promise<void>;
};

export function logPasts(storage: Storage): LogPasts {
  const known = new Map<string, { mtime: number; past: LogPast }>();
  return {
    async read() {
      const found = new Map<string, LogPast>();
      for (const { name, mtime } of await storage.list(logPastPlaces.folder)) {
        const topic = logPastPlaces.topicOf(name);
        if (topic === undefined) continue;
        if (known.get(topic)?.mtime !== mtime) {
          const past = await storage.read(logPastPlaces.ofTopic(topic));
          known.set(topic, { mtime, past: past ?? {} });
        }
        found.set(topic, known.get(topic)!.past);
      }
      return found;
    },
    async keep(topic, past) {
      const before = known.get(topic)?.past ?? {};
      if (canonicalJson(before) === canonicalJson(past)) return;
      await storage.write(logPastPlaces.ofTopic(topic), past);
    },
  };
}
