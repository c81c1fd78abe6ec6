import { activityInfo, heartbeat } from "@temporalio/activity";
import { type Dataset, datasetOf } from "../../domain/settings/dataset";
import { wholeMatch } from "../../domain/settings/regex-text";
import {
  type Hour,
  type HourRange,
  inRange,
  partitionPath,
} from "../../lib/hour";
import {
  CANARY_HEADER,
  canaryEvent,
} from "../../formats/eventlogging/canary-event";
import { capsuleTime } from "../../formats/eventlogging/event-capsule";
import { calling } from "../../clients/errors";
import type { Systems } from "./evidence/evidence";
import { rows } from "../../clients/hdfs/parquet";
import { rawDay } from "./evidence/raw-hours";
import { readRefined } from "./evidence/refined-hours";
import type { Storage } from "../../clients/storage";
import type { Canary, CanaryStage } from "../../domain/audit/canary";
import { isTemporary } from "../../formats/hadoop/temporary-names";
import { latest, canaryPlaces } from "../../clients/storage-layout";

/** Above this a partition's uuids are not read; its flag must do. */
const MAX_ROWS = 200_000;

/** Canaries of a range, by topic and hour, as far as they were produced. */
export function canaryCounts(
  storage: Storage,
): (range: HourRange) => Promise<Map<string, Map<Hour, number>>> {
  const known = new Map<string, Canary[]>();
  return async (range) => {
    const counts = new Map<string, Map<Hour, number>>();
    for (const file of await storage.list(canaryPlaces.folder)) {
      const hour = canaryPlaces.hourOf(file.name);
      if (hour === undefined || !inRange(hour, range)) continue;
      let canaries = known.get(hour);
      if (!canaries) {
        canaries = (await storage.read(canaryPlaces.ofHour(hour))) ?? [];
        known.set(hour, canaries);
      }
      for (const { topic } of canaries) {
        const hours = counts.get(topic) ?? new Map<Hour, number>();
        counts.set(topic, hours.set(hour, (hours.get(hour) ?? 0) + 1));
      }
    }
    return counts;
  };
}

/** Canaries: one marked event a topic and hour, followed through every stage. */
export function createCanaryActivities(deps: Systems & { storage: Storage }) {
  const { config, kafka, hdfs, hive, source, storage } = deps;

  async function inRefined(d: Dataset, hour: Hour): Promise<boolean> {
    const dir = `${d.refinedDir}/${partitionPath(hour)}`;
    const { refined } = await readRefined(hdfs, dir);
    if (typeof refined.doneFlag !== "number" || !refined.rows.known)
      return false;
    const { uuid } = canaryEvent(d.schema, hour);
    if (refined.rows.count > MAX_ROWS) return true;
    for (const file of (await hdfs.list(dir)) ?? []) {
      if (isTemporary(file.name)) continue;
      const found = await rows(hdfs, `${dir}/${file.name}`, ["uuid"]);
      if (found.some((row) => row["uuid"] === uuid)) return true;
    }
    return false;
  }

  return {
    /** Produces the hour's canaries, each once: a second attempt reads back what the first one landed. */
    async produceCanaries(input: { hour: Hour }): Promise<Canary[]> {
      const wanted = wholeMatch(config.canary.topics);
      const topics = (await kafka.topics()).filter(
        (t) => wanted.test(t) && datasetOf(t, config.naming),
      );
      const done = await storage.read(canaryPlaces.ofHour(input.hour));
      if (done !== undefined) return done;
      let starts = await storage.read(canaryPlaces.starts(input.hour));
      if (starts === undefined) {
        starts = {};
        for (const topic of topics)
          starts[topic] = (await kafka.offsets(topic)).map((o) => ({
            partition: o.partition,
            from: o.high,
          }));
        await storage.write(canaryPlaces.starts(input.hour), starts);
      }
      const landed = new Map<string, Canary>();
      const ranges = new Map<
        string,
        { partition: number; from: string; to: string }[]
      >();
      for (const [topic, parts] of Object.entries(starts)) {
        const now = await kafka.offsets(topic);
        ranges.set(
          topic,
          parts.map((p) => ({
            ...p,
            to: now.find((o) => o.partition === p.partition)!.high,
          })),
        );
      }
      if (activityInfo().attempt > 1)
        await kafka.read(
          ranges,
          (m) => {
            if (m.headers[CANARY_HEADER] === input.hour)
              landed.set(m.topic, {
                topic: m.topic,
                partition: m.partition,
                offset: m.offset,
              });
          },
          () => heartbeat(),
        );
      const producer = kafka.js.producer({ idempotent: true });
      await calling("Kafka", kafka.brokers.join(","), async () => {
        await producer.connect();
        try {
          for (const topic of topics) {
            if (landed.has(topic)) continue;
            const event = canaryEvent(
              datasetOf(topic, config.naming)!.schema,
              input.hour,
            );
            const [sent] = await producer.send({
              topic,
              acks: -1,
              messages: [
                {
                  value: JSON.stringify(event),
                  timestamp: String(capsuleTime(event)),
                  headers: { [CANARY_HEADER]: input.hour },
                },
              ],
            });
            landed.set(topic, {
              topic,
              partition: sent!.partition,
              offset: sent!.baseOffset!,
            });
          }
        } finally {
          await producer.disconnect();
        }
      });
      const canaries = [...landed.values()];
      await storage.write(canaryPlaces.ofHour(input.hour), canaries);
      return canaries;
    },
    /** How far each canary has come. */
    async followCanaries(input: {
      hour: Hour;
      canaries: Canary[];
    }): Promise<Record<string, CanaryStage>> {
      const state = await source.state();
      const found: Record<string, CanaryStage> = {};
      for (const { topic, partition, offset } of input.canaries) {
        heartbeat(topic);
        const d = datasetOf(topic, config.naming)!;
        found[topic] = "kafka";
        const { hours: raw } = await rawDay(
          hdfs,
          source,
          d,
          input.hour.slice(0, 10),
          {},
        );
        const files = raw[input.hour]?.files ?? [];
        const at = source.positions(state, topic, files).get(partition);
        const held = files.some(
          (f) => f.partition === partition && BigInt(f.end) > BigInt(offset),
        );
        if (!at || BigInt(at.offset) <= BigInt(offset) || !held) continue;
        found[topic] = "raw";
        if (!(await inRefined(d, input.hour))) continue;
        found[topic] = "refined";
        if ((await hive.partitionHours(d.database, d.table)).has(input.hour))
          found[topic] = "queryable";
      }
      return found;
    },
    async canarySettings(): Promise<{ deadlineHours: number }> {
      return { deadlineHours: config.canary.deadlineHours };
    },
    /** Keeps what a canary run measured, for metrics and reports. */
    async saveCanary(input: {
      hour: Hour;
      seconds: Record<string, Partial<Record<CanaryStage, number>>>;
    }): Promise<void> {
      await storage.write(latest.canary, input);
    },
  };
}
