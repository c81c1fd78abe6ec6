import type { Dataset } from "../../../domain/settings/dataset";
import {
  type HourEvidence,
  type RawEvidence,
  type TopicEvidence,
  withoutRepeated,
} from "../../../domain/audit/evidence";
import { withLedger } from "../../../domain/audit/attribution";
import { withSilence } from "../../../domain/audit/silence";
import { rememberTraffic, withLowTraffic } from "../../../domain/audit/traffic";
import { type Hour, type HourRange, inRange } from "../../../lib/hour";
import { archivedCounts } from "./archived-counts";
import { assembleHours } from "./assemble-hours";
import type { TopicClients } from "./clients";
import type { TopicMemory } from "./evidence-cache";
import { verifiedGaps } from "./ledger-gaps";
import { withLostLocations } from "./lost-locations";
import { rawEvidence } from "./raw-evidence";
import { producedByHour } from "./produced-by-hour";
import type { RefinedHour } from "./refined-hours";
import { refreshHours } from "./refresh-hours";
import type { SharedEvidence } from "./shared-evidence";
import { readStage } from "./stage";
import { topicFacts } from "./topic-facts";

/** A topic's evidence: of the topic as a whole, and of each hour of a range. */
export type TopicAndHours = { topic: TopicEvidence; hours: HourEvidence[] };

/**
 * Reads every stage's evidence of a topic, by sums, listings, offsets and footers; messages and the archive are read only
 * where something may be missing. First each stage is read, then what
 * they say is put together by hour, then the hours get what only shows across them: gaps of the ledger, silence, lost locations.
 * @param memory what is remembered of the topic; brought up to date
 * @param beat called while messages are read
 */
export async function readTopicEvidence(
  clients: TopicClients,
  shared: SharedEvidence,
  dataset: Dataset,
  range: HourRange,
  memory: TopicMemory,
  beat?: () => void,
): Promise<TopicAndHours> {
  const policy = clients.policyOf(dataset.topic);
  const { kafka, files, partitions } = await readStages(
    clients,
    shared,
    dataset,
    range,
    memory,
  );
  const { topic: name, schema } = dataset;
  const rawInRange = Object.fromEntries(
    Object.entries(memory.raw).filter(([hour]) => inRange(hour, range)),
  );
  const topic = topicFacts(
    clients.source,
    policy,
    shared,
    name,
    kafka,
    rawInRange,
  );
  const gaps =
    kafka.read && files.read
      ? await verifiedGaps(
          clients,
          shared,
          dataset,
          memory.raw,
          kafka.value.offsets,
          beat,
        )
      : [];
  const raw = rawEvidence(shared, name, rawInRange);
  const isSuspect =
    gaps.length > 0 ||
    rowsAreFew(raw, memory.refined, policy.maxDuplicatePercent);
  const hours = assembleHours(range, {
    topic,
    produced: kafka.read ? { ...kafka, value: kafka.value.ofHour } : kafka,
    archived: await archivedCounts(shared, schema, topic, isSuspect),
    files,
    raw,
    refined: memory.refined,
    partitions,
    canaries: shared.canaries.get(name),
  });
  rememberTraffic(memory.traffic, hours);
  const judgeable = withLowTraffic(
    withSilence(
      withLedger(hours, gaps, shared.advances(name), range),
      policy.silence,
    ),
    memory.traffic,
    policy.volume,
  );
  return {
    topic,
    hours:
      files.read && partitions.read
        ? await withLostLocations(clients, dataset, judgeable)
        : judgeable,
  };
}

/** Reads Kafka, the raw and refined hours (into memory) and the metastore, at the same time. */
async function readStages(
  clients: TopicClients,
  shared: SharedEvidence,
  dataset: Dataset,
  range: HourRange,
  memory: TopicMemory,
) {
  const { kafka, hive } = clients;
  const { topic, database, table } = dataset;
  const [ofKafka, files, partitions] = await Promise.all([
    readStage(shared, async () => {
      const offsets = await kafka.offsets(topic);
      return {
        offsets,
        ofHour: await producedByHour(
          (ms) => kafka.offsetsAt(topic, ms),
          range,
          offsets,
          memory.edges,
        ),
      };
    }),
    readStage(shared, () => refreshHours(clients, dataset, range, memory)),
    readStage(shared, () => hive.partitionHours(database, table)),
  ]);
  return { kafka: ofKafka, files, partitions };
}

/**
 * Whether any hour has fewer rows than deduplication usually leaves of its raw records: the archive's distinct events tell then whether it
 * was deduplication. Where the raw records are only bounded, any row less than the bound is a reason to ask.
 */
const rowsAreFew = (
  raw: Map<Hour, RawEvidence>,
  refined: Record<Hour, RefinedHour>,
  maxDuplicatePercent: number,
): boolean =>
  [...raw].some(([hour, found]) => {
    const rows = refined[hour]?.refined.rows;
    const tolerated = found.atMost ? 0 : maxDuplicatePercent;
    return (
      rows?.known && rows.count < withoutRepeated(found) * (1 - tolerated / 100)
    );
  });
