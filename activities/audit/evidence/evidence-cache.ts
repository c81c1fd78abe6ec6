import { gunzip, gzip } from "node:zlib";
import { promisify } from "node:util";
import type { Storage } from "../../../clients/storage";
import type { AuditClock } from "../../../domain/audit/audit-clock";
import type { LogPast, SeenLog } from "../../../domain/audit/incarnation";
import type { Traffic } from "../../../domain/audit/traffic";
import {
  DAY_MS,
  type Hour,
  hourOf,
  type HourRange,
  hourStart,
} from "../../../lib/hour";
import type { Sums } from "./day-walk";
import type { Edges } from "./produced-by-hour";
import type { RawHour } from "./raw-hours";
import type { RefinedHour } from "./refined-hours";
import {
  memoryPlace,
  memoryTopicsPlaces,
} from "../../../clients/storage-layout";
import { folderReader } from "./read-folder";

/** What is remembered of a topic between audits; every part of it is checked against HDFS or Kafka before it is believed. */
export type TopicMemory = LogPast & {
  raw: Record<Hour, RawHour>;
  refined: Record<Hour, RefinedHour>;
  /** Refined hours that lie where only the metastore knows, not where Refine writes them. */
  moved?: Record<Hour, RefinedHour & { dir: string }>;
  /** Kafka's offsets at hours' edges: of the log that `log` tells. */
  edges: Edges;
  /** The topic's log in Kafka as the audit before saw it; absent where none did. */
  log?: SeenLog;
  /** Whether Kafka did not have the topic when the audit before looked; absent where it had. */
  wasGone?: true;
  /** By which clock the audits go that remember this; absent where none told. */
  clock?: AuditClock;
  /**
   * Positions of the importer, by partition, that are of the log which was replaced: what comes into the new one below them is passed over.
   * While a topic is gone that no audit has seen, they are all that is known of its log.
   */
  stood?: Record<string, string>;
  /** Where an importer stands that keeps no positions but its files' names, by partition; absent where they were not looked for. */
  positions?: Record<string, string>;
  /** What HDFS summed up of days and months. */
  sums: { raw: Sums; refined: Sums };
  /** Events by hour over some weeks: what is usual. It is the only part that cannot be checked, and only ever makes a warning. */
  traffic: Traffic;
};

/** The version of {@link TopicMemory} as it is stored. It goes up with every change of the shape: a memory of another version is not used. */
const VERSION = 3;

/** The memory of a topic of which nothing is remembered. */
export const emptyMemory = (): TopicMemory => ({
  raw: {},
  refined: {},
  edges: {},
  sums: { raw: { days: {}, months: {} }, refined: { days: {}, months: {} } },
  traffic: {},
});

/**
 * Forgets an hour, and the sums of its day, so that it is read anew whatever HDFS sums up.
 * @param rawDay the day to whose directory the raw hour belongs
 */
export function distrust(
  memory: TopicMemory,
  hour: Hour,
  rawDay: string,
): void {
  delete memory.raw[hour];
  delete memory.refined[hour];
  // That it had been moved is still to be known: only what lies there is read anew.
  const moved = memory.moved?.[hour];
  if (moved) moved.mtime = NaN;
  delete memory.sums.raw.days[rawDay];
  delete memory.sums.refined.days[hour.slice(0, 10)];
}

/**
 * Of a topic's memory, what cannot be read anew: without it a log that was replaced looks like any other, and nobody knows what is usual. The
 * rest is forgotten. It is a copy.
 */
export const unforgettable = ({
  log,
  wasGone,
  clock,
  stood,
  replaced,
  misdated,
  traffic,
}: TopicMemory): TopicMemory =>
  structuredClone({
    ...emptyMemory(),
    ...(log ? { log } : {}),
    ...(wasGone ? { wasGone } : {}),
    ...(clock ? { clock } : {}),
    ...(stood ? { stood } : {}),
    ...(replaced ? { replaced } : {}),
    ...(misdated ? { misdated } : {}),
    traffic,
  });

/** What is remembered of a batch of topics. */
export type BatchMemory = {
  topics: Record<string, TopicMemory>;
  /**
   * Topics that were of this batch once, and that no other batch has audited since. They are handed on until one does, or until they have
   * not been audited for as long as audits look back.
   */
  others: Record<string, { at: number; memory: TopicMemory }>;
};

/**
 * Audits' memory in storage, one file for each batch of topics, so that any worker can take any batch. A topic that comes or goes moves those
 * after it into other batches, so that each is looked for in the batch that has audited it last.
 */
export class EvidenceCache {
  /** By batch, its topics and when each was audited, epoch ms. */
  private readonly auditedAt: () => Promise<
    Map<string, Record<string, number>>
  >;

  constructor(
    private readonly storage: Storage,
    private readonly now: () => number = Date.now,
  ) {
    const readAll = folderReader(storage, memoryTopicsPlaces.folder, (name) =>
      this.readTopics(name),
    );
    this.auditedAt = async () =>
      new Map(
        [...(await readAll())].map(([name, topics]) => [
          memoryTopicsPlaces.batchOf(name),
          topics,
        ]),
      );
  }

  /** What is remembered of a batch's topics; of one nothing where it cannot be read or is of another version. */
  async load(shard: string, topics: string[]): Promise<BatchMemory> {
    const [own, auditedAt] = await Promise.all([
      this.read(shard),
      this.auditedAt(),
    ]);
    const files = new Map([[shard, Promise.resolve(own)]]);
    const fileOf = (name: string) => {
      const file = files.get(name) ?? this.read(name);
      files.set(name, file);
      return file;
    };
    const found: BatchMemory = { topics: {}, others: {} };
    for (const topic of topics) {
      const newest = newestBatch(topic, shard, auditedAt);
      const memory = (await fileOf(newest))[topic];
      if (memory) found.topics[topic] = memory;
    }
    for (const [topic, memory] of Object.entries(own))
      if (
        !topics.includes(topic) &&
        newestBatch(topic, shard, auditedAt) === shard
      )
        found.others[topic] = {
          at: auditedAt.get(shard)?.[topic] ?? 0,
          memory,
        };
    return found;
  }

  /** Remembers topics from the first day of a range on. */
  async save(
    shard: string,
    { topics, others }: BatchMemory,
    range: HourRange,
  ): Promise<void> {
    const handedOn = Object.entries(others).filter(
      ([, { at }]) => at >= hourStart(range.since),
    );
    const all: Record<string, TopicMemory> = {
      ...Object.fromEntries(
        handedOn.map(([topic, { memory }]) => [topic, memory]),
      ),
      ...topics,
    };
    for (const memory of Object.values(all)) forget(memory, range);
    const text = JSON.stringify({ version: VERSION, topics: all });
    await this.storage.writeText(
      memoryPlace(shard),
      await promisify(gzip)(text),
    );
    const now = this.now();
    await this.storage.write(memoryTopicsPlaces.ofBatch(shard), {
      ...Object.fromEntries(handedOn.map(([topic, { at }]) => [topic, at])),
      ...Object.fromEntries(Object.keys(topics).map((topic) => [topic, now])),
    });
  }

  private async read(shard: string): Promise<Record<string, TopicMemory>> {
    const bytes = await this.storage.readBytes(memoryPlace(shard));
    if (!bytes) return {};
    try {
      const stored = JSON.parse(
        (await promisify(gunzip)(bytes)).toString("utf8"),
      ) as { version: number; topics: Record<string, TopicMemory> };
      return stored.version === VERSION ? stored.topics : {};
    } catch {
      return {};
    }
  }

  private async readTopics(name: string): Promise<Record<string, number>> {
    const text = await this.storage.readText(memoryTopicsPlaces.named(name));
    try {
      return JSON.parse(text ?? "{}") as Record<string, number>;
    } catch {
      return {};
    }
  }
}

/** The batch that has audited a topic last; the own one where none is known to. */
function newestBatch(
  topic: string,
  own: string,
  auditedAt: ReadonlyMap<string, Record<string, number>>,
): string {
  const at = (shard: string) => auditedAt.get(shard)?.[topic] ?? 0;
  let newest = own;
  for (const shard of auditedAt.keys())
    if (at(shard) > at(newest)) newest = shard;
  return newest;
}

/** Drops what lies before the first day of a range. */
function forget(memory: TopicMemory, range: HourRange): void {
  const day = range.since.slice(0, 10);
  // A day of the importer's time zone may begin before that of UTC; it is compared as a whole, or not at all.
  const rawDay = hourOf(hourStart(range.since) - DAY_MS).slice(0, 10);
  for (const [hours, { days, months }, first] of [
    [memory.raw, memory.sums.raw, rawDay],
    [memory.refined, memory.sums.refined, day],
  ] as const) {
    for (const hour of Object.keys(hours))
      if (hour.slice(0, 10) < first) delete hours[hour];
    for (const d of Object.keys(days)) if (d < first) delete days[d];
    for (const m of Object.keys(months))
      if (m < first.slice(0, 7)) delete months[m];
  }
  for (const ms of Object.keys(memory.edges))
    if (new Date(Number(ms)).toISOString() < day) delete memory.edges[ms];
}
