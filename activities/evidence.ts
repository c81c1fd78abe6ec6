import type { Config } from "../domain/config";
import type { Dataset } from "../domain/dataset";
import {
  type Count,
  type HourEvidence,
  measured,
  type TopicEvidence,
  unknowable,
} from "../domain/evidence";
import {
  type Hour,
  hourOf,
  hourOfPartition,
  hoursIn,
  type HourRange,
  hourStart,
} from "../domain/hour";
import { parseCamusFileName } from "../formats/camus-file-name";
import {
  decodeDoneFlag,
  DONE_FLAG,
  FAILURE_FLAG,
  OUTDATED_FAILURE_FLAG,
} from "../formats/done-flag";
import type { Camus, ImporterState } from "./camus";
import type { ArchiveCounts, EventArchive } from "./event-archive";
import type { FileStatus, Hdfs } from "./hdfs";
import type { Hive } from "./hive";
import type { Kafka } from "./kafka";
import { footer } from "./parquet";
import { mapPool } from "./pool";

const WIDTH = 8;
const isTemporary = (name: string) =>
  name.startsWith("_") || name.startsWith(".");

export type Systems = {
  kafka: Kafka;
  hdfs: Hdfs;
  hive: Hive;
  camus: Camus;
  archive: EventArchive;
  config: Config;
};

export type Gathered = { topic: TopicEvidence; hours: HourEvidence[] };

/** What is read once for a batch of topics. */
export type Shared = {
  importer: ImporterState;
  skippedSince: Map<string, number>;
  archived: ArchiveCounts;
  excluded: RegExp;
};

export async function gatherShared(
  s: Systems,
  range: HourRange,
): Promise<Shared> {
  const [importer, log, archived] = await Promise.all([
    s.camus.state(),
    s.camus.outOfRange(),
    s.archive.counts(range),
  ]);
  const skippedSince = new Map<string, number>();
  for (const entry of log) {
    const known = skippedSince.get(entry.topic);
    // What was skipped and healed before the range explains nothing in it.
    if (
      entry.decision === "skipped" &&
      entry.time >= hourStart(range.since) &&
      (known === undefined || entry.time < known)
    )
      skippedSince.set(entry.topic, entry.time);
  }
  return {
    importer,
    skippedSince,
    archived,
    excluded: new RegExp(`^(?:${s.config.archive.excludedSchemas})$`),
  };
}

/** Reads every stage's evidence of a topic, by listings, offsets and footers; no data is read. */
export async function gather(
  s: Systems,
  shared: Shared,
  d: Dataset,
  range: HourRange,
): Promise<Gathered> {
  const [offsets, topicConfig, produced, raw, refined, partitions] =
    await Promise.all([
      s.kafka.offsets(d.topic),
      s.kafka.topicConfig(d.topic),
      s.kafka.producedByHour(d.topic, range),
      rawHours(s.hdfs, d, range),
      refinedHours(s.hdfs, d, range),
      s.hive.partitionHours(d.database, d.table),
    ]);
  const keys = offsets.flatMap(
    (o) => shared.importer.keys.get(`${d.topic}\t${o.partition}`) ?? [],
  );
  const skipped = shared.skippedSince.get(d.topic);
  const topic: TopicEvidence = {
    partitions: offsets.map((o) => {
      const stored = shared.importer.keys.get(
        `${d.topic}\t${o.partition}`,
      )?.offset;
      return {
        partition: o.partition,
        ...(stored === undefined ? {} : { stored }),
        logStart: o.low,
        logEnd: o.high,
      };
    }),
    ...(keys.length > 0
      ? {
          watermark: watermark(
            keys.map((k) => k.time),
            raw,
            skipped,
          ),
        }
      : {}),
    ...(skipped === undefined ? {} : { skippedSince: skipped }),
    ...(topicConfig["retention.ms"] === undefined
      ? {}
      : { retentionMs: Number(topicConfig["retention.ms"]) }),
    drift: Object.entries(s.config.policy.expectedTopicConfig).flatMap(
      ([name, expected]) => {
        const actual = topicConfig[name];
        return actual === undefined || actual === expected
          ? []
          : [{ name, expected, actual }];
      },
    ),
    ...(shared.importer.lastRun === undefined
      ? {}
      : { lastRun: shared.importer.lastRun }),
  };
  const { bySchema, begins } = shared.archived;
  const archived = (hour: Hour): Count => {
    if (shared.excluded.test(d.schema))
      return unknowable("this schema is not in the archive");
    if (begins === undefined || hour < begins)
      return unknowable("the archive does not reach back so far");
    return measured(bySchema.get(d.schema)?.get(hour) ?? 0);
  };
  const hours = hoursIn(range).map((hour) => {
    const rawHour = raw.get(hour);
    const refinedHour = refined.get(hour);
    return {
      hour,
      produced: produced.get(hour) ?? unknowable("not asked"),
      archived: archived(hour),
      ...(rawHour ? { raw: rawHour } : {}),
      ...(refinedHour ? { refined: refinedHour } : {}),
      queryable: partitions.has(hour),
    };
  });
  return { topic, hours };
}

/** When the topic was last imported before it was skipped: a reset writes the run's own time into the stored keys. */
function watermark(
  times: number[],
  raw: Map<Hour, unknown>,
  skipped: number | undefined,
): number {
  const oldest = Math.min(...times);
  if (skipped === undefined || oldest <= skipped) return oldest;
  const before = [...raw.keys()]
    .map((h) => hourStart(h) + 3_600_000)
    .filter((ms) => ms <= skipped);
  return before.length > 0 ? Math.max(...before) : oldest;
}

async function children(hdfs: Hdfs, dir: string): Promise<FileStatus[]> {
  return (await hdfs.list(dir)) ?? [];
}

/** Day directories of a tree `<year>/<month>/<day>` (names as `part` writes them) that lie in the range. */
async function days(
  hdfs: Hdfs,
  root: string,
  range: HourRange,
  part: (name: string) => string,
): Promise<string[]> {
  const from = range.since.slice(0, 10);
  const to = hourOf(hourStart(range.until) - 1).slice(0, 10);
  const found: string[] = [];
  for (const year of await children(hdfs, root)) {
    for (const month of await children(hdfs, `${root}/${year.name}`)) {
      const ym = `${part(year.name)}-${part(month.name)}`;
      if (ym < from.slice(0, 7) || ym > to.slice(0, 7)) continue;
      for (const day of await children(
        hdfs,
        `${root}/${year.name}/${month.name}`,
      )) {
        const date = `${ym}-${part(day.name)}`;
        if (date >= from && date <= to)
          found.push(`${root}/${year.name}/${month.name}/${day.name}`);
      }
    }
  }
  return found;
}

export async function rawHours(
  hdfs: Hdfs,
  d: Dataset,
  range: HourRange,
): Promise<Map<Hour, NonNullable<HourEvidence["raw"]>>> {
  const found = new Map<Hour, NonNullable<HourEvidence["raw"]>>();
  const dirs = await days(hdfs, d.rawDir, range, (name) => name);
  await mapPool(dirs, WIDTH, async (dir) => {
    const day = dir.slice(-10).replaceAll("/", "-");
    await mapPool(await children(hdfs, dir), WIDTH, async (entry) => {
      const hour = `${day}T${entry.name}`;
      if (hour < range.since || hour >= range.until) return;
      const result = {
        count: 0,
        files: 0,
        mtime: entry.mtime,
        problems: [] as string[],
      };
      for (const file of await children(hdfs, `${dir}/${entry.name}`)) {
        if (isTemporary(file.name)) continue;
        const name = parseCamusFileName(file.name);
        if (!name)
          result.problems.push(`${file.name} is not a name that Camus writes`);
        else if (name.hour !== hour)
          result.problems.push(`${file.name} belongs to ${name.hour}`);
        else {
          result.count += name.count;
          result.files++;
        }
      }
      found.set(hour, result);
    });
  });
  return found;
}

async function flag(
  hdfs: Hdfs,
  dir: string,
  files: FileStatus[],
  name: string,
): Promise<number | string | undefined> {
  if (!files.some((f) => f.name === name)) return undefined;
  try {
    const content = await hdfs.read(`${dir}/${name}`);
    return content === undefined ? undefined : decodeDoneFlag(content);
  } catch (error) {
    return (error as Error).message;
  }
}

export async function refinedHours(
  hdfs: Hdfs,
  d: Dataset,
  range: HourRange,
): Promise<Map<Hour, NonNullable<HourEvidence["refined"]>>> {
  const found = new Map<Hour, NonNullable<HourEvidence["refined"]>>();
  const dirs = await days(hdfs, d.refinedDir, range, (name) =>
    (name.split("=")[1] ?? "").padStart(2, "0"),
  );
  await mapPool(dirs, WIDTH, async (dayDir) => {
    await mapPool(await children(hdfs, dayDir), WIDTH, async (entry) => {
      const dir = `${dayDir}/${entry.name}`;
      const hour = hourOfPartition(dir);
      if (hour === undefined || hour < range.since || hour >= range.until)
        return;
      const files = await children(hdfs, dir);
      const [doneFlag, failureFlag] = await Promise.all([
        flag(hdfs, dir, files, DONE_FLAG),
        flag(hdfs, dir, files, FAILURE_FLAG),
      ]);
      let rows: Count = measured(0);
      let geocoded: boolean | undefined;
      for (const file of files) {
        if (isTemporary(file.name)) continue;
        try {
          const f = await footer(hdfs, dir, file);
          if (rows.known) rows = measured(rows.count + f.rows);
          geocoded = (geocoded ?? true) && f.columns.includes("geocoded_data");
        } catch (error) {
          rows = unknowable((error as Error).message);
        }
      }
      found.set(hour, {
        ...(doneFlag === undefined ? {} : { doneFlag }),
        ...(failureFlag === undefined ? {} : { failureFlag }),
        outdatedFlag: files.some((f) => f.name === OUTDATED_FAILURE_FLAG),
        rows,
        geocoded,
      });
    });
  });
  return found;
}
