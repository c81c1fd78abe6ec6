import { gunzip, gzip } from "node:zlib";
import { promisify } from "node:util";
import type { Storage } from "../../../clients/storage";
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
import { memoryPlace } from "../../../clients/storage-layout";

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
  /** Positions of the importer, by partition, that are of the log which was replaced: what comes into the new one below them is passed over. */
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

/** Audits' memory in storage, one file for each batch of topics, so that any worker can take any batch. */
export class EvidenceCache {
  constructor(private readonly storage: Storage) {}

  /** What is remembered, by topic; empty where nothing is, or where it cannot be read or is of another version. */
  async load(shard: string): Promise<Record<string, TopicMemory>> {
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

  /** Remembers topics from the first day of a range on. */
  async save(
    shard: string,
    topics: Record<string, TopicMemory>,
    range: HourRange,
  ): Promise<void> {
    for (const memory of Object.values(topics)) forget(memory, range);
    const text = JSON.stringify({ version: VERSION, topics });
    await this.storage.writeText(
      memoryPlace(shard),
      await promisify(gzip)(text),
    );
  }
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
