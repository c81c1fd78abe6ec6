import { datasetOf } from "../../domain/settings/dataset";
import { type Hour, partitionPath } from "../../lib/hour";
import type { EventCapsule } from "../../formats/eventlogging/event-capsule";
import { clientsOf } from "../../clients/cluster";
import { readRanges } from "../../clients/kafka/ranged-read";
import { rows } from "../../clients/hdfs/parquet";
import { BACKFILL_HEADER } from "../../domain/backfill/replay-headers";
import { loadConfig } from "../../workers/config";
import { CONFIG_FILE } from "../platform/config";
import { eventsOf } from "./events";
import { STORY, STORY_HOURS, topicOf, TOPICS } from "./story";
import { topicHourKey } from "../../lib/keys";

/** What the generator produced, by topic and hour; audits and repairs are compared with it. Hours without events are left out. */
export function produced(
  hours: readonly Hour[] = STORY_HOURS,
): { topic: string; schema: string; hour: Hour; events: EventCapsule[] }[] {
  return TOPICS.flatMap((t) =>
    hours.map((hour) => ({
      topic: topicOf(t.schema),
      schema: t.schema,
      hour,
      events: eventsOf(t, hour),
    })),
  ).filter((e) => e.events.length > 0);
}

/**
 * The topic-hours that an audit must find broken, by `topicHourKey`: lost and stuck hours of producers that dated in
 * seconds, and the hours that the outdated wrapper refined.
 */
export function expectedBroken(): Set<string> {
  const seconds = new Set(TOPICS.filter((t) => t.seconds).map((t) => t.schema));
  const broken = produced([...STORY.lost, ...STORY.stuck]).filter(
    ({ schema, hour }) =>
      seconds.has(schema) ||
      (STORY.outdatedTables.some((t) => t === schema) &&
        (STORY.stuck as readonly string[]).includes(hour)),
  );
  return new Set(broken.map(({ topic, hour }) => topicHourKey(topic, hour)));
}

/** The events that Kafka deleted before they were imported: distinct uuids by topic. */
export function lostEvents(): Map<string, Set<string>> {
  const lost = new Map<string, Set<string>>();
  for (const t of TOPICS.filter((x) => x.seconds)) {
    const uuids = new Set(
      STORY.lost.flatMap((hour) => eventsOf(t, hour).map((e) => e.uuid)),
    );
    if (uuids.size > 0) lost.set(topicOf(t.schema), uuids);
  }
  return lost;
}

/** What was counted from outside. */
export type Outside = {
  lost: number;
  /** Lost events that their topic holds exactly once with a backfill's header. */
  replayedOnce: number;
  replayedTwice: number;
  /** Replayed messages that were not lost. */
  needless: number;
  /** Distinct events produced in the audited hours, and those that have exactly one row in Hive's partitions. */
  produced: number;
  rowOnce: number;
  rowTwice: number;
  rowMissing: number;
  withIp: number;
  geocoded: number;
};

/** Checks a repaired sandbox from outside: reads Kafka and the refined Parquet itself and compares with what was produced. */
export async function checkFromOutside(): Promise<Outside> {
  const config = loadConfig(CONFIG_FILE);
  const clients = clientsOf(config);
  const kafka = clients.kafka();
  const hdfs = clients.hdfs();
  const lost = lostEvents();
  const count = new Map<string, number>();
  const ranges = new Map<
    string,
    { partition: number; from: string; to: string }[]
  >();
  for (const topic of lost.keys())
    ranges.set(
      topic,
      (await kafka.offsets(topic)).map((o) => ({
        partition: o.partition,
        from: o.low,
        to: o.high,
      })),
    );
  await readRanges(kafka, ranges, (m) => {
    if (!(BACKFILL_HEADER in m.headers) || !m.value) return;
    const key = `${m.topic} ${(JSON.parse(m.value.toString("utf8")) as EventCapsule).uuid}`;
    count.set(key, (count.get(key) ?? 0) + 1);
  });
  await kafka.close();
  const wanted = new Set(
    [...lost].flatMap(([topic, uuids]) =>
      [...uuids].map((u) => `${topic} ${u}`),
    ),
  );
  const result: Outside = {
    lost: wanted.size,
    replayedOnce: [...wanted].filter((k) => count.get(k) === 1).length,
    replayedTwice: [...count.values()].filter((n) => n > 1).length,
    needless: [...count.keys()].filter((k) => !wanted.has(k)).length,
    produced: 0,
    rowOnce: 0,
    rowTwice: 0,
    rowMissing: 0,
    withIp: 0,
    geocoded: 0,
  };
  for (const { topic, hour, events } of produced([
    ...STORY.drifted,
    ...STORY.lost,
    ...STORY.stuck,
  ])) {
    const dir = `${datasetOf(topic, config.naming)!.refinedDir}/${partitionPath(hour)}`;
    const found = new Map<string, number>();
    for (const file of (await hdfs.list(dir)) ?? []) {
      if (!file.name.endsWith(".parquet")) continue;
      for (const row of await rows(hdfs, `${dir}/${file.name}`, [
        "uuid",
        "ip",
        "geocoded_data",
      ])) {
        found.set(
          String(row["uuid"]),
          (found.get(String(row["uuid"])) ?? 0) + 1,
        );
        if (row["ip"] != null) {
          result.withIp++;
          if (row["geocoded_data"] != null) result.geocoded++;
        }
      }
    }
    for (const uuid of new Set(events.map((e) => e.uuid))) {
      const n = found.get(uuid) ?? 0;
      result.produced++;
      if (n === 1) result.rowOnce++;
      else if (n > 1) result.rowTwice++;
      else result.rowMissing++;
    }
  }
  return result;
}
