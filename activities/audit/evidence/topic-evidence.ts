import type { Dataset } from "../../../domain/settings/dataset";
import {
  hourOf,
  hourStart,
  type Hour,
  type HourRange,
  inRange,
  HOUR_MS,
} from "../../../lib/hour";
import {
  advanceHolding,
  type Gap,
  holes,
  jumps,
  type Markers,
  unaccounted,
} from "../../../domain/audit/ledger";
import type {
  RawEvidence,
  TopicEvidence,
} from "../../../domain/audit/evidence";
import { driftOf } from "../../../domain/settings/policy";
import type { Shared, Systems } from "./evidence";
import type { RawFile } from "../../../importers/importer";
import { rawDay, type RawHour } from "./raw-hours";
import type { Offsets } from "../../../clients/kafka/kafka";

/** A gap is checked by reading Kafka only up to this many offsets. */
const MAX_RECOUNT = 20_000;

/** The topic as a whole: offsets, positions, what was passed over, drift. */
export function topicEvidence(
  s: Systems,
  shared: Shared,
  d: Dataset,
  offsets: Offsets[],
  topicConfig: Record<string, string>,
  raw: Record<Hour, RawHour>,
): TopicEvidence {
  const files = Object.values(raw).flatMap((h) => h.files);
  const positions = s.source.positions(shared.importer, d.topic, files);
  const times = [...positions.values()].flatMap((p) => p.time ?? []);
  const skipped = shared.skippedSince.get(d.topic);
  const jumped = jumps(shared.advances(d.topic)).reduce(
    (sum, g) => sum + g.records,
    0,
  );
  return {
    partitions: offsets.map((o) => {
      const stored = positions.get(o.partition)?.offset;
      return {
        partition: o.partition,
        ...(stored === undefined ? {} : { stored }),
        logStart: o.low,
        logEnd: o.high,
      };
    }),
    ...(times.length > 0
      ? { watermark: watermark(times, Object.keys(raw), skipped) }
      : {}),
    ...(skipped === undefined ? {} : { skippedSince: skipped }),
    ...(topicConfig["retention.ms"] === undefined
      ? {}
      : { retentionMs: Number(topicConfig["retention.ms"]) }),
    drift: driftOf(s.policyOf(d.topic), topicConfig),
    ...(shared.importer.lastRun === undefined
      ? {}
      : { lastRun: shared.importer.lastRun }),
    ...(jumped > 0 ? { jumped } : {}),
    ...(positions.size === 0 && shared.importer.problems.length > 0
      ? { unread: shared.importer.problems.join("; ") }
      : {}),
  };
}

/** When the topic was last imported before it was skipped: a reset writes the run's own time into the stored keys. */
function watermark(
  times: number[],
  rawHours: Hour[],
  skipped: number | undefined,
): number {
  const oldest = Math.min(...times);
  if (skipped === undefined || oldest <= skipped) return oldest;
  const before = rawHours
    .map((h) => hourStart(h) + HOUR_MS)
    .filter((ms) => ms <= skipped);
  return before.length > 0 ? Math.max(...before) : oldest;
}

/** Raw hours as evidence: counts, strange files, files that were changed after their run, and when their newest file came. */
export function rawEvidence(
  shared: Shared,
  topic: string,
  raw: Record<Hour, RawHour>,
): Map<Hour, RawEvidence> {
  const advanceOf = advanceHolding(shared.advances(topic));
  const runs = new Map(shared.runs.map((r) => [r.name, r]));
  const runOf = (f: RawFile) => runs.get(advanceOf(f)?.run ?? "");
  return new Map(
    Object.entries(raw).map(([hour, h]) => {
      const problems = [...h.strange];
      let importedAt: number | undefined;
      for (const f of h.files) {
        const run = runOf(f);
        if (!run) continue;
        importedAt = Math.max(importedAt ?? 0, run.time);
        if (f.mtime > run.endedAt)
          problems.push(
            `${f.name} was changed after the run ${run.name} had imported it`,
          );
      }
      return [
        hour,
        {
          count: h.files.reduce((sum, f) => sum + f.count, 0),
          files: h.files.length,
          mtime: h.mtime,
          problems,
          ...(importedAt === undefined ? {} : { importedAt }),
        },
      ];
    }),
  );
}

/** Offsets that runs took and no raw file accounts for, verified before they are believed. */
export async function ledgerGaps(
  s: Systems,
  shared: Shared,
  d: Dataset,
  raw: Record<Hour, RawHour>,
  offsets: Offsets[],
  compacted: boolean,
): Promise<Gap[]> {
  // Compaction leaves offsets without records: they prove nothing then.
  if (compacted) return [];
  const advances = shared.advances(d.topic);
  const markers = shared.markers.get(d.topic) ?? [];
  const own = Object.values(raw).flatMap((h) => h.files);
  const find = (files: RawFile[]) => [
    ...unaccounted(advances, files, markers),
    ...holes(files),
  ];
  if (find(own).length === 0) return [];
  // Late events lie in hours outside the window: every day there is must be looked into before anything is called lost.
  const all = Object.values(await everyRawHour(s, d)).flatMap((h) => h.files);
  const gaps: Gap[] = [];
  for (const gap of find(all)) {
    const records = await recordsInKafka(s, d.topic, gap, offsets);
    const run = advances.find(
      (a) => a.run === gap.run && a.partition === gap.partition,
    );
    const held = all
      .filter(
        (f) =>
          f.partition === gap.partition &&
          BigInt(f.end) > BigInt(gap.from) &&
          BigInt(f.end) <= BigInt(gap.to),
      )
      .reduce((sum, f) => sum + f.count, 0);
    const lost =
      records === undefined
        ? gap.records
        : Math.min(gap.records, records - held - (run?.errors ?? 0));
    if (lost > 0) gaps.push({ ...gap, records: lost });
  }
  return gaps;
}

/** How many records Kafka still has in a range, transaction markers not counted; undefined where it has not all of it, or it is too much to read. */
async function recordsInKafka(
  s: Systems,
  topic: string,
  gap: Gap,
  offsets: Offsets[],
): Promise<number | undefined> {
  const low = offsets.find((o) => o.partition === gap.partition)?.low;
  if (low === undefined || BigInt(low) > BigInt(gap.from)) return undefined;
  if (BigInt(gap.to) - BigInt(gap.from) > BigInt(MAX_RECOUNT)) return undefined;
  let n = 0;
  await s.kafka.read(
    new Map([
      [topic, [{ partition: gap.partition, from: gap.from, to: gap.to }]],
    ]),
    () => void n++,
  );
  return n;
}

async function everyRawHour(
  s: Systems,
  d: Dataset,
): Promise<Record<Hour, RawHour>> {
  const hours: Record<Hour, RawHour> = {};
  for (const day of await s.source.days(d))
    Object.assign(hours, (await rawDay(s.hdfs, s.source, d, day, {})).hours);
  return hours;
}

/**
 * Gives each gap to the hours it belongs to: those whose other counts exceed the raw count, as far as they explain it; else the hour
 * of the run itself, the best that is known.
 */
export function attribute(
  gaps: Gap[],
  deficits: { hour: Hour; records: number }[],
  range: HourRange,
): Map<Hour, { missing: number; why: string }> {
  const found = new Map<Hour, { missing: number; why: string }>();
  const left = deficits.map((d) => ({ ...d }));
  for (const gap of gaps) {
    const why = `${gap.records} records of partition ${gap.partition}, offsets ${gap.from} to ${gap.to}, ${gap.run ? `imported by the run ${gap.run}, ` : ""}are in no raw file`;
    let open = gap.records;
    const give = (hour: Hour, n: number) => {
      const known = found.get(hour);
      found.set(hour, {
        missing: (known?.missing ?? 0) + n,
        why: known ? `${known.why}; ${why}` : why,
      });
      open -= n;
    };
    for (const d of left) {
      const n = Math.min(open, d.records);
      if (n <= 0) continue;
      d.records -= n;
      give(d.hour, n);
    }
    if (open <= 0) continue;
    const hour =
      gap.time === undefined ? undefined : hourOf(gap.time - HOUR_MS);
    give(
      hour !== undefined && inRange(hour, range)
        ? hour
        : hourOf(hourStart(range.until) - 1),
      open,
    );
  }
  return found;
}

export type MarkersByTopic = Map<string, Markers[]>;
