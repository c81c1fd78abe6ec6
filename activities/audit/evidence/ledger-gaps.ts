import type { Dataset } from "../../../domain/settings/dataset";
import type { Hour } from "../../../lib/hour";
import type { TopicEvidence } from "../../../domain/audit/evidence";
import { type Gap, holes, unaccounted } from "../../../domain/audit/ledger";
import type { Kafka } from "../../../clients/kafka/kafka";
import type { RawFile } from "../../../importers/importer";
import type { FileClients, TopicClients } from "./clients";
import { filesOf, rawDay, type RawHour } from "./raw-hours";
import type { SharedEvidence } from "./shared-evidence";
import { readOrProblem, readStage, type Tolerance, valueOr } from "./stage";

/** A gap is checked by reading Kafka only up to this many offsets; beyond, its records are a bound and no fact. */
const MAX_RECOUNT = 1_000_000;
/** Kafka is read in pieces of this many offsets, so that the audit shows in between that it lives. */
const PIECE = 20_000n;

/**
 * Offsets that importer runs took and no raw file accounts for. A gap is verified before it is believed: late events lie in hours outside
 * the window, so every day there is gets listed; and offsets may hold no record, so Kafka is read where it still has them.
 * Where Kafka cannot be read there, a gap is a bound: it is neither believed nor passed over.
 * @param raw the raw hours of the window
 * @param log the topic's log as it is now, and what it replaced
 * @param problems gets why Kafka could not be read
 * @param beat called while Kafka is read
 */
export async function verifiedGaps(
  clients: Pick<TopicClients, "kafka" | "hdfs" | "source">,
  shared: Pick<SharedEvidence, "advances" | "markers" | "configs"> & Tolerance,
  dataset: Dataset,
  raw: Record<Hour, RawHour>,
  log: Pick<TopicEvidence, "partitions" | "replacedLog">,
  problems: string[],
  beat?: () => void,
): Promise<Gap[]> {
  const { topic } = dataset;
  // Compaction leaves offsets without records: they prove nothing then.
  if (isCompacted(shared.configs.get(topic))) return [];
  const advances = shared.advances(topic);
  const markers = shared.markers.get(topic) ?? [];
  const gapsAmong = (files: RawFile[]): Gap[] => [
    ...unaccounted(advances, files, markers),
    ...holes(files),
  ];
  if (gapsAmong(filesOf(raw)).length === 0) return [];
  const everyHour = await readStage(shared, () =>
    everyRawHour(clients, dataset),
  );
  // Files of other days may account for all of it; nobody knows.
  if (!everyHour.read)
    return gapsAmong(filesOf(raw)).map((gap) => ({
      ...gap,
      atMost: "unreadable" as const,
    }));
  const files = filesOf(everyHour.value);
  const gaps: Gap[] = [];
  for (const gap of gapsAmong(files)) {
    const counted = await readStage(shared, () =>
      readOrProblem(
        `offsets ${gap.from} to ${gap.to} of partition ${gap.partition}`,
        () => recordsInKafka(clients.kafka, topic, gap, log, beat),
        problems,
      ),
    );
    const inKafka = valueOr(counted, undefined) ?? "unreadable";
    if (typeof inKafka === "string") {
      gaps.push({ ...gap, atMost: inKafka });
      continue;
    }
    const run = advances.find(
      (a) => a.run === gap.run && a.partition === gap.partition,
    );
    const records = Math.min(
      gap.records,
      inKafka - recordsWithin(files, gap) - (run?.errors ?? 0),
    );
    if (records > 0) gaps.push({ ...gap, records });
  }
  return gaps;
}

const isCompacted = (config: Record<string, string> | undefined): boolean =>
  (config?.["cleanup.policy"] ?? "").includes("compact");

/** Records of files whose last offset lies in a gap's range. */
const recordsWithin = (files: RawFile[], gap: Gap): number =>
  files
    .filter(
      (file) =>
        file.partition === gap.partition &&
        BigInt(file.end) > BigInt(gap.from) &&
        BigInt(file.end) <= BigInt(gap.to),
    )
    .reduce((sum, file) => sum + file.count, 0);

/** How many records Kafka still has in a gap, transaction markers not counted; or why it cannot be told. */
async function recordsInKafka(
  kafka: Pick<Kafka, "read">,
  topic: string,
  { partition, from, to, time = 0 }: Gap,
  {
    partitions,
    replacedLog,
  }: Pick<TopicEvidence, "partitions" | "replacedLog">,
  beat?: () => void,
): Promise<number | NonNullable<Gap["atMost"]>> {
  // A run before the log was replaced took offsets of another one: what this one has there says nothing of them.
  if (replacedLog && time <= (replacedLog.until ?? Infinity)) return "deleted";
  const low = partitions.find((p) => p.partition === partition)?.logStart;
  if (low === undefined || BigInt(low) > BigInt(from)) return "deleted";
  if (BigInt(to) - BigInt(from) > BigInt(MAX_RECOUNT)) return "uncounted";
  let count = 0;
  for (let at = BigInt(from); at < BigInt(to); at += PIECE) {
    const end = at + PIECE < BigInt(to) ? at + PIECE : BigInt(to);
    const piece = { partition, from: at.toString(), to: end.toString() };
    await kafka.read(new Map([[topic, [piece]]]), () => void count++, beat);
  }
  return count;
}

/** All raw hours that a topic has on HDFS, by listing the whole tree of its days. */
async function everyRawHour(
  { hdfs, source }: FileClients,
  dataset: Dataset,
): Promise<Record<Hour, RawHour>> {
  const hours: Record<Hour, RawHour> = {};
  for (const day of await source.days(dataset))
    Object.assign(hours, (await rawDay(hdfs, source, dataset, day, {})).hours);
  return hours;
}
