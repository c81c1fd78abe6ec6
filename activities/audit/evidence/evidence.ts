import type { Dataset } from "../../../domain/settings/dataset";
import { isRefined } from "../../../domain/settings/stages";
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
import { noLog, readKafkaLog, withLogsPast } from "./kafka-log";
import { verifiedGaps } from "./ledger-gaps";
import { withPlaces } from "./partition-places";
import { positionsIn } from "./positions";
import { rawEvidence } from "./raw-evidence";
import type { RefinedHour } from "./refined-hours";
import { refreshHours } from "./refresh-hours";
import type { SharedEvidence } from "./shared-evidence";
import { readStage, valueOr } from "./stage";
import { withoutSuperseded } from "./superseded-files";
import { topicFacts } from "./topic-facts";

/** A topic's evidence: of the topic as a whole, and of each hour of a range. */
export type TopicAndHours = {
  topic: TopicEvidence;
  hours: HourEvidence[];
  /** What of the topic could not be read, a sentence each; services that did not answer are not among it. */
  problems: string[];
};

/**
 * Reads every stage's evidence of a topic, by sums, listings, offsets and footers; messages and the archive are read only
 * where something may be missing. First each stage is read, then what
 * they say is put together by hour, then the hours get what only shows across them: gaps of the ledger, silence, where partitions lie.
 * @param asOf the instant as of which hours are judged, epoch ms
 * @param memory what is remembered of the topic; brought up to date
 * @param beat called while messages are read
 */
export async function readTopicEvidence(
  clients: TopicClients,
  shared: SharedEvidence,
  dataset: Dataset,
  range: HourRange,
  asOf: number,
  memory: TopicMemory,
  beat?: () => void,
): Promise<TopicAndHours> {
  const policy = clients.policyOf(dataset.topic);
  const past = shared.pasts.get(dataset.topic);
  if (past?.replaced) memory.replaced ??= past.replaced;
  if (past?.misdated) memory.misdated ??= past.misdated;
  const problems: string[] = [];
  const { kafka, files, partitions } = await readStages(
    clients,
    shared,
    dataset,
    range,
    asOf,
    memory,
  );
  const { topic: name, schema } = dataset;
  const everyRaw = withoutSuperseded(memory.raw, name, shared.runs);
  const rawInRange = Object.fromEntries(
    Object.entries(everyRaw).filter(([hour]) => inRange(hour, range)),
  );
  const stands = await readStage(shared, () =>
    positionsIn(
      clients,
      shared,
      dataset,
      rawInRange,
      kafka.read ? kafka.value.offsets : [],
      memory,
    ),
  );
  const facts = {
    ...topicFacts(policy, shared, name, kafka, stands, rawInRange),
    ...(isRefined(clients.config) ? {} : { unrefined: true as const }),
  };
  const topic = kafka.read
    ? withLogsPast(
        facts,
        kafka.value,
        valueOr(stands, new Map()),
        memory,
        range,
        asOf,
      )
    : facts;
  await readStage(shared, () => keepPast(clients, name, memory));
  const gaps =
    kafka.read && files.read
      ? await verifiedGaps(
          clients,
          shared,
          dataset,
          everyRaw,
          topic,
          problems,
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
    archived: await archivedCounts(shared, schema, topic, isSuspect, problems),
    files,
    raw,
    refined: memory.refined,
    partitions,
    canaries: shared.canaries.get(name),
    markers: shared.markers.get(name) ?? [],
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
  const placed =
    files.read && partitions.read
      ? await withPlaces(clients, shared, dataset, judgeable, memory)
      : judgeable;
  const elsewhere = placed.filter((e) => e.elsewhere !== undefined);
  // Such hours are unknowable, which is no finding: a person is to look at them all the same.
  if (elsewhere.length > 0)
    problems.push(
      `${elsewhere.length} Hive partitions cannot be looked at: ${elsewhere[0]!.elsewhere}`,
    );
  return { topic, hours: placed, problems };
}

/** Keeps what there is to tell of a topic's log, for audits that remember nothing of their own. */
const keepPast = (
  { pasts }: Pick<TopicClients, "pasts">,
  topic: string,
  { replaced, misdated }: TopicMemory,
): Promise<void> =>
  replaced || Object.keys(misdated ?? {}).length > 0
    ? pasts.keep(topic, {
        ...(replaced ? { replaced } : {}),
        ...(misdated ? { misdated } : {}),
      })
    : Promise.resolve();

/** Reads Kafka, the raw and refined hours (into memory) and the metastore, at the same time. */
async function readStages(
  clients: TopicClients,
  shared: SharedEvidence,
  dataset: Dataset,
  range: HourRange,
  asOf: number,
  memory: TopicMemory,
) {
  const { kafka, hive, config } = clients;
  const { topic, database, table } = dataset;
  const [ofKafka, files, partitions] = await Promise.all([
    readStage(shared, async () =>
      shared.isGone(topic)
        ? noLog(memory)
        : readKafkaLog(
            kafka,
            topic,
            range,
            asOf,
            shared.topicIds.get(topic),
            memory,
          ),
    ),
    readStage(shared, () => refreshHours(clients, dataset, range, memory)),
    readStage(shared, () =>
      isRefined(config)
        ? hive.partitionHours(database, table)
        : Promise.resolve(new Set<Hour>()),
    ),
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
