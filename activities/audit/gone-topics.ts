import type { Config } from "../../domain/settings/config";
import type { Storage } from "../../clients/storage";
import { latest } from "../../clients/storage-layout";
import type { AuditReport } from "../../domain/audit/audit-report";
import type { Importer } from "../../importers/importer";
import { HOUR_MS } from "../../lib/hour";
import { parsePartitionKey } from "../../lib/keys";

type Clients = {
  source: Pick<Importer, "state">;
  storage: Pick<Storage, "read" | "readRef">;
  config: { audit: Pick<Config["audit"], "lookbackHours"> };
};

/**
 * Topics that Kafka no longer has and that an audit must not forget: the importer stood in them within the look-back, or the newest audit
 * knew of unread or lost offsets of them. What was deleted long ago, and had been read, is of no interest any more.
 * Where they cannot be told there are none: an outage of HDFS must not keep the others from being audited.
 * @param inKafka those that Kafka has
 */
export const goneTopics = (
  clients: Clients,
  inKafka: string[],
): Promise<string[]> =>
  knownTopics(clients).then(
    (known) => {
      const there = new Set(inKafka);
      return [...known].filter((topic) => !there.has(topic));
    },
    () => [],
  );

async function knownTopics({
  source,
  storage,
  config,
}: Clients): Promise<Set<string>> {
  const [state, pointer] = await Promise.all([
    source.state(),
    storage.read(latest.audit),
  ]);
  const since =
    (state.lastRun ?? Infinity) - config.audit.lookbackHours * HOUR_MS;
  const imported = [...state.positions].flatMap(([key, { time }]) =>
    time !== undefined && time >= since ? [parsePartitionKey(key).topic] : [],
  );
  const report = pointer && (await storage.readRef<AuditReport>(pointer.ref));
  const known = (report?.audits ?? []).flatMap(
    ({ topic, unread, lostOffsets, findings }) =>
      unread > 0 ||
      lostOffsets > 0 ||
      findings.some(({ cause }) => cause === "topic-deleted")
        ? [topic]
        : [],
  );
  return new Set([...imported, ...known]);
}
