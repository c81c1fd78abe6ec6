import type { Config } from "../../../domain/settings/config";
import type { Dataset } from "../../../domain/settings/dataset";
import {
  type Count,
  type HourEvidence,
  lostOffsets,
  measured,
  type RawEvidence,
  type TopicEvidence,
  unknowable,
} from "../../../domain/audit/evidence";
import {
  type Hour,
  hourOf,
  hoursIn,
  type HourRange,
  hourStart,
  inRange,
  partitionPath,
  HOUR_MS,
} from "../../../lib/hour";
import type { Advance } from "../../../domain/audit/ledger";
import type { Policy } from "../../../domain/settings/policy";
import { wholeMatch } from "../../../domain/settings/regex-text";
import { silentHours } from "../../../domain/audit/silence";
import { ServiceError } from "../../../clients/errors";
import type {
  ArchiveCounts,
  EventArchive,
} from "../../../clients/event-archive";
import { emptyMemory, type TopicMemory } from "./evidence-cache";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import type { Hive } from "../../../clients/hive/hive";
import type {
  ImporterRun,
  ImporterState,
  Importer,
} from "../../../importers/importer";
import type { Kafka, Offsets } from "../../../clients/kafka/kafka";
import { mapPool } from "../../../lib/map-pool";
import { refreshDays } from "./day-walk";
import { producedByHour } from "./produced-by-hour";
import { rawDay } from "./raw-hours";
import { refinedDay, refinedDayDir } from "./refined-hours";
import {
  attribute,
  ledgerGaps,
  type MarkersByTopic,
  rawEvidence,
  topicEvidence,
} from "./topic-evidence";
import type { Outage } from "../../../domain/audit/audit-report";

const WIDTH = 8;

export type Systems = {
  kafka: Kafka;
  hdfs: Hdfs;
  hive: Hive;
  source: Importer;
  archive: EventArchive;
  config: Config;
  policyOf: (topic: string) => Policy;
  markers: () => Promise<MarkersByTopic>;
  canaries: (range: HourRange) => Promise<Map<string, Map<Hour, number>>>;
};

export type Gathered = { topic: TopicEvidence; hours: HourEvidence[] };

/** What is read once for a batch of topics. */
export type Shared = {
  importer: ImporterState;
  runs: ImporterRun[];
  /** How far those runs moved in a topic. */
  advances: (topic: string) => Advance[];
  skippedSince: Map<string, number>;
  configs: Map<string, Record<string, string>>;
  markers: MarkersByTopic;
  canaries: Map<string, Map<Hour, number>>;
  excluded: RegExp;
  /** Counts of the archive, read when a topic first needs them. */
  archived: () => Promise<ArchiveCounts>;
  /** Services that did not answer. Only a tolerant gathering goes on without them. */
  outages: Map<string, Outage>;
  tolerant: boolean;
};

/** Reads a stage; a service that is down makes it unknowable where the gathering is tolerant. */
async function stage<T>(
  shared: Pick<Shared, "outages" | "tolerant">,
  work: () => Promise<T>,
): Promise<{ value: T } | { unread: string }> {
  try {
    return { value: await work() };
  } catch (error) {
    if (!shared.tolerant || !(error instanceof ServiceError)) throw error;
    const { service, address, message } = error;
    shared.outages.set(service, { service, address, message });
    return { unread: message };
  }
}

const valueOr = <T>(read: { value: T } | { unread: string }, other: T): T =>
  "value" in read ? read.value : other;

/** A topic's advances are put together once, when they are first asked for. */
function advancesOf(runs: ImporterRun[]): (topic: string) => Advance[] {
  const known = new Map<string, Advance[]>();
  return (topic) => {
    let found = known.get(topic);
    if (!found) {
      found = runs.flatMap((run) => run.advances.get(topic) ?? []);
      known.set(topic, found);
    }
    return found;
  };
}

export async function gatherShared(
  s: Systems,
  topics: string[],
  range: HourRange,
  tolerant = false,
): Promise<Shared> {
  const base = { outages: new Map<string, Outage>(), tolerant };
  const from = hourStart(range.since);
  const [importer, runs, log, configs, markers, canaries] = await Promise.all([
    stage(base, () => s.source.state()),
    stage(base, () => s.source.runs(from)),
    s.source.outOfRange(),
    stage(base, () => s.kafka.topicConfigs(topics)),
    stage(base, () => s.markers()),
    stage(base, () => s.canaries(range)),
  ]);
  const skippedSince = new Map<string, number>();
  for (const entry of log) {
    const known = skippedSince.get(entry.topic);
    // What was skipped and healed before the range explains nothing in it.
    if (
      entry.decision === "skipped" &&
      entry.time >= from &&
      (known === undefined || entry.time < known)
    )
      skippedSince.set(entry.topic, entry.time);
  }
  let archived: Promise<ArchiveCounts> | undefined;
  return {
    ...base,
    importer: valueOr(importer, {
      positions: new Map(),
      problems: "unread" in importer ? [importer.unread] : [],
    }),
    runs: valueOr(runs, []),
    advances: advancesOf(valueOr(runs, [])),
    skippedSince,
    configs: valueOr(configs, new Map()),
    markers: valueOr(markers, new Map()),
    canaries: valueOr(canaries, new Map()),
    excluded: wholeMatch(s.config.archive.excludedSchemas),
    archived: () => (archived ??= s.archive.counts(range)),
  };
}

const daysIn = (range: HourRange) => [
  ...new Set(hoursIn(range).map((h) => h.slice(0, 10))),
];

const ofDay = <T>(hours: Record<Hour, T>, day: string): Record<Hour, T> =>
  Object.fromEntries(Object.entries(hours).filter(([h]) => h.startsWith(day)));

/** The raw and refined hours of a range, refreshing what is remembered of them. */
export async function refreshHours(
  s: Pick<Systems, "hdfs" | "source">,
  d: Dataset,
  range: HourRange,
  memory: TopicMemory,
): Promise<void> {
  const days = daysIn(range);
  [memory.raw, memory.refined] = await Promise.all([
    refreshDays(
      s.hdfs,
      days,
      (day) => s.source.dayDir(d, day),
      memory.sums.raw,
      (day) => ofDay(memory.raw, day),
      (day) => rawDay(s.hdfs, s.source, d, day, ofDay(memory.raw, day)),
    ),
    refreshDays(
      s.hdfs,
      days,
      (day) => refinedDayDir(d, day),
      memory.sums.refined,
      (day) => ofDay(memory.refined, day),
      (day) => refinedDay(s.hdfs, d, day, ofDay(memory.refined, day)),
    ),
  ]);
}

/** Reads every stage's evidence of a topic, by sums, listings, offsets and footers; no data is read. */
export async function gather(
  s: Systems,
  shared: Shared,
  d: Dataset,
  range: HourRange,
  memory: TopicMemory = emptyMemory(),
): Promise<Gathered> {
  const [kafka, files, partitions] = await Promise.all([
    stage(shared, async () => {
      const offsets = await s.kafka.offsets(d.topic);
      return {
        offsets,
        ofHour: await producedByHour(
          (ms) => s.kafka.offsetsAt(d.topic, ms),
          range,
          offsets,
          memory.edges,
        ),
      };
    }),
    stage(shared, () => refreshHours(s, d, range, memory)),
    stage(shared, () => s.hive.partitionHours(d.database, d.table)),
  ]);
  const { offsets, ofHour } = valueOr(kafka, {
    offsets: [] as Offsets[],
    ofHour: new Map<Hour, { count: Count; end: Map<number, bigint> }>(),
  });
  const raw = Object.fromEntries(
    Object.entries(memory.raw).filter(([h]) => inRange(h, range)),
  );
  const topicConfig = shared.configs.get(d.topic) ?? {};
  const topic = topicEvidence(s, shared, d, offsets, topicConfig, raw);
  if ("unread" in kafka) topic.unread = kafka.unread;
  const gaps =
    "unread" in files || "unread" in kafka
      ? []
      : await ledgerGaps(
          s,
          shared,
          d,
          memory.raw,
          offsets,
          (topicConfig["cleanup.policy"] ?? "").includes("compact"),
        );
  const rawOf = rawEvidence(shared, d.topic, raw);
  const { maxDuplicatePercent } = s.policyOf(d.topic);
  // Deduplication takes some rows away; where it took many, the archive's distinct events tell whether it did.
  const thin = [...rawOf].some(([hour, { count }]) => {
    const rows = memory.refined[hour]?.refined.rows;
    return rows?.known && rows.count < count * (1 - maxDuplicatePercent / 100);
  });
  const archived = await archivedCounts(
    shared,
    d,
    topic,
    thin || gaps.length > 0,
  );
  const passed = (hour: Hour) => {
    const end = ofHour.get(hour)?.end;
    return (
      end !== undefined &&
      topic.partitions.every(
        (p) => BigInt(p.stored ?? 0) >= (end.get(p.partition) ?? 0n),
      )
    );
  };
  const canaries = shared.canaries.get(d.topic);
  const hive = valueOr(partitions, new Set<Hour>());
  const hours = hoursIn(range).map((hour): HourEvidence => {
    const rawHour = rawOf.get(hour);
    const refined = memory.refined[hour]?.refined;
    const n = canaries?.get(hour) ?? 0;
    const unread = {
      ...("unread" in files
        ? { raw: files.unread, refined: files.unread }
        : {}),
      ...("unread" in partitions ? { queryable: partitions.unread } : {}),
    };
    return {
      hour,
      produced:
        ofHour.get(hour)?.count ?? unknowable(topic.unread ?? "not asked"),
      ...(passed(hour) ? { passed: true } : {}),
      archived: archived(hour),
      ...(rawHour ? { raw: rawHour } : {}),
      ...(refined ? { refined } : {}),
      queryable: "unread" in partitions ? undefined : hive.has(hour),
      ...(n > 0 ? { canaries: n } : {}),
      ...(Object.keys(unread).length > 0 ? { unread } : {}),
    };
  });
  addLedger(shared, d, hours, gaps, range);
  addSilence(s, d, hours);
  if (!("unread" in partitions) && !("unread" in files))
    await addLostLocations(s, d, hours);
  return { topic, hours };
}

/** The archive is read only where something is missing: for a healthy topic the counts agree without it. */
async function archivedCounts(
  shared: Shared,
  d: Dataset,
  topic: TopicEvidence,
  suspect: boolean,
): Promise<(hour: Hour) => Count> {
  if (shared.excluded.test(d.schema))
    return () => unknowable("this schema is not in the archive");
  const needed =
    suspect ||
    lostOffsets(topic) > 0 ||
    (topic.jumped ?? 0) > 0 ||
    topic.skippedSince !== undefined;
  if (!needed) return () => unknowable("not asked: no offset is missing");
  const { bySchema, begins } = await shared.archived();
  return (hour) =>
    begins === undefined || hour < begins
      ? unknowable("the archive does not reach back so far")
      : measured(bySchema.get(d.schema)?.get(hour) ?? 0);
}

/** Writes the ledger's findings and the importer's errors into the hours they belong to. */
function addLedger(
  shared: Shared,
  d: Dataset,
  hours: HourEvidence[],
  gaps: Parameters<typeof attribute>[0],
  range: HourRange,
): void {
  const rawOf = (e: HourEvidence): RawEvidence =>
    (e.raw ??= { count: 0, files: 0, mtime: 0, problems: [] });
  if (gaps.length > 0) {
    const deficits = hours.flatMap((e) => {
      const known = Math.max(
        e.archived.known ? e.archived.count : 0,
        e.refined?.rows.known ? e.refined.rows.count : 0,
      );
      const records = known - (e.raw?.count ?? 0);
      return records > 0 ? [{ hour: e.hour, records }] : [];
    });
    for (const [hour, { missing, why }] of attribute(gaps, deficits, range)) {
      const raw = rawOf(hours.find((e) => e.hour === hour)!);
      raw.missing = missing;
      raw.problems.push(why);
    }
  }
  for (const a of shared.advances(d.topic)) {
    if (a.errors === 0) continue;
    const hour = hourOf(a.time - HOUR_MS);
    const e = hours.find((x) => x.hour === hour);
    if (!e) continue;
    const raw = rawOf(e);
    raw.errors = (raw.errors ?? 0) + a.errors;
    raw.problems.push(
      `${a.errors} records of partition ${a.partition} could not be decoded by the run ${a.run}`,
    );
  }
}

function addSilence(s: Systems, d: Dataset, hours: HourEvidence[]): void {
  const own = (n: number, e: HourEvidence) =>
    Math.max(0, n - (e.canaries ?? 0));
  const { hours: silent, why } = silentHours(
    hours.map((e) => ({
      hour: e.hour,
      count: e.raw?.count
        ? own(e.raw.count, e)
        : e.produced.known
          ? own(e.produced.count, e)
          : undefined,
    })),
    s.policyOf(d.topic).silence,
  );
  for (const e of hours) if (silent.has(e.hour)) e.silent = why;
}

/** Where the metastore has a partition whose directory is not at its usual place, asks where it is, and whether anything is there. */
async function addLostLocations(
  s: Systems,
  d: Dataset,
  hours: HourEvidence[],
): Promise<void> {
  const suspects = hours.filter((e) => e.queryable && !e.refined);
  if (suspects.length === 0) return;
  const locations = await s.hive.locations(
    d.database,
    d.table,
    suspects.map((e) => partitionPath(e.hour)),
  );
  await mapPool(suspects, WIDTH, async (e) => {
    const location = locations.get(partitionPath(e.hour)) ?? "";
    const path = location.replace(/^hdfs:\/\/[^/]*/, "");
    if (path === "" || !(await s.hdfs.stat(path))) e.lostLocation = location;
  });
}
