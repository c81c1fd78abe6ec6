import type { Dataset } from "../../../domain/settings/dataset";
import type { Hour } from "../../../lib/hour";
import type { TopicEvidence } from "../../../domain/audit/evidence";
import {
  type Advance,
  type Gap,
  holes,
  type LedgerFile,
  unaccounted,
} from "../../../domain/audit/ledger";
import { unaccountedByTask } from "../../../domain/audit/task-ledger";
import type { Kafka } from "../../../clients/kafka/kafka";
import type { RawFile } from "../../../importers/importer";
import type { RawClients, TopicClients } from "./clients";
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
  clients: Pick<TopicClients, "kafka"> & RawClients,
  shared: Pick<SharedEvidence, "advances" | "markers" | "configs"> & Tolerance,
  dataset: Dataset,
  raw: Record<Hour, RawHour>,
  log: Pick<TopicEvidence, "partitions" | "replacedLog">,
  problems: string[],
  beat?: () => void,
): Promise<Gap[]> {
  const { topic } = dataset;
  const markers = shared.markers.get(topic) ?? [];
  const isEvery = !isCompacted(shared.configs.get(topic));
  // Compaction leaves offsets without records: they prove nothing then. That a task failed is a fact all the same.
  const advances = shared
    .advances(topic)
    .filter(({ task }) => isEvery || task?.failure !== undefined);
  if (!isEvery && advances.length === 0) return [];
  const gapsAmong = (files: RawFile[]): Gap[] => [
    ...unaccounted(advances, files, markers),
    ...(isEvery ? holes(files) : []),
    ...unaccountedByTask(advances, files, markers),
  ];
  if (gapsAmong(filesOf(raw)).length === 0) return [];
  const everyHour = await readStage(shared, () =>
    everyRawHour(clients, dataset, isOfTasks(advances)),
  );
  // Files of other days may account for all of it; nobody knows.
  if (!everyHour.read)
    return gapsAmong(filesOf(raw)).map((gap) => ({
      ...gap,
      atMost: "unreadable" as const,
    }));
  const files = filesOf(everyHour.value);
  const gaps: Gap[] = [];
  for (const found of gapsAmong(files)) {
    const gap = withHoursLacking(found, everyHour.value);
    const counted = await readStage(shared, () =>
      readOrProblem(
        `offsets ${gap.from} to ${gap.to} of partition ${gap.partition}`,
        () => recordsOfAll(clients.kafka, topic, gap, log, beat),
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

/**
 * Files that one of the runs' tasks wrote, and all that do not tell their task: where names tell no count, files are read to be counted, and
 * those of older runs are nobody's concern here.
 */
function isOfTasks(advances: Advance[]): (file: LedgerFile) => boolean {
  const tasks = new Set(advances.map(({ task }) => task?.id));
  return ({ task }) => task === undefined || tasks.has(task);
}

/** A gap with those of its task's hours alone in which the task has no file, if there are any: there its records belong. */
function withHoursLacking(gap: Gap, raw: Record<Hour, RawHour>): Gap {
  const { task } = gap;
  const lacking = gap.hours?.filter(
    (hour) => !raw[hour]?.files.some((file) => file.task === task?.id),
  );
  return task && lacking && lacking.length > 0
    ? { ...gap, hours: lacking }
    : gap;
}

/** Records of files whose last offset lies in a gap's range, or of the gap's task. */
const recordsWithin = (files: RawFile[], gap: Gap): number =>
  files
    .filter((file) =>
      gap.task
        ? file.task === gap.task.id
        : file.task === undefined &&
          file.partition === gap.partition &&
          BigInt(file.end) > BigInt(gap.from) &&
          BigInt(file.end) <= BigInt(gap.to),
    )
    .reduce((sum, file) => sum + file.count, 0);

/** The same as {@link recordsInKafka}, of all partitions that a task read together. */
async function recordsOfAll(
  kafka: Pick<Kafka, "read">,
  topic: string,
  gap: Gap,
  log: Pick<TopicEvidence, "partitions" | "replacedLog">,
  beat?: () => void,
): Promise<number | NonNullable<Gap["atMost"]>> {
  let sum = 0;
  for (const range of [{}, ...(gap.task?.others ?? [])]) {
    const found = await recordsInKafka(
      kafka,
      topic,
      { ...gap, ...range },
      log,
      beat,
    );
    if (typeof found === "string") return found;
    sum += found;
  }
  return sum;
}

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
  { hdfs, source }: RawClients,
  dataset: Dataset,
  isWanted: (file: LedgerFile) => boolean,
): Promise<Record<Hour, RawHour>> {
  const hours: Record<Hour, RawHour> = {};
  for (const day of await source.days(dataset))
    Object.assign(
      hours,
      (await rawDay(hdfs, source, dataset, day, {}, isWanted)).hours,
    );
  return hours;
}
