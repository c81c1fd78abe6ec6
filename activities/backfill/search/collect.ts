import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { cancellationSignal, heartbeat } from "@temporalio/activity";
import { datasetOf } from "../../../domain/settings/dataset";
import { type HourRange, hourOf, inRange } from "../../../lib/hour";
import { asciiJson, candidateLine, heldLine } from "../../../formats/candidate";
import {
  capsuleTime,
  type EventCapsule,
} from "../../../formats/eventlogging/event-capsule";
import { type Systems, refreshHours } from "../../audit/evidence/evidence";
import { emptyMemory } from "../../audit/evidence/evidence-cache";
import { LineFiles } from "./line-files";
import type { EventMysql } from "../../../clients/mysql";
import { rawLines } from "../../../importers/raw-lines";
import type { Storage } from "../../../clients/storage";
import type {
  SearchedTopic,
  CollectedUnit,
  Collected,
} from "../../../domain/backfill/missing";
import { sagaPlaces } from "../../../clients/storage-layout";
import { shortDigest } from "../../../lib/digest";
import { sagaId } from "../saga-id";

/** Topics whose Kafka partitions are read by one consumer. */
const TOPICS_AT_ONCE = 20;
const KEYS_AT_ONCE = 20_000;
/** Bytes that all buckets of a unit together hold before they are written, and what each holds at least. */
const HELD_BYTES = 8 << 20;
const BUCKET_BYTES = 1 << 20;

const uuidOf = (line: string) => /"uuid": ?"([0-9a-f]{32})"/.exec(line)?.[1];

/**
 * Collecting what the search for missing events compares: candidates from the archive and MySQL, and the uuids that Kafka and raw hours hold.
 * It is done in units, and a unit that is done is not done again: whoever takes over goes on where the attempt before it ended.
 */
export function createCollectActivities(
  deps: Systems & { storage: Storage; mysql?: EventMysql },
) {
  const { config, kafka, hdfs, archive, storage, mysql } = deps;

  async function unit(
    name: string,
    produce: (
      add: (line: string, bucket?: number) => Promise<void>,
    ) => Promise<Omit<CollectedUnit, "buckets"> | void>,
    buckets = 1,
  ): Promise<CollectedUnit> {
    const id = sagaId();
    heartbeat(name);
    cancellationSignal().throwIfAborted();
    const places = sagaPlaces(id);
    const done = await storage.read(places.searchUnit(name));
    if (done !== undefined) return done;
    const files = Array.from(
      { length: buckets },
      (_, b) =>
        new LineFiles(
          storage,
          (part) => places.searchLines(name, buckets > 1 ? b : undefined, part),
          Math.max(BUCKET_BYTES, HELD_BYTES / buckets),
        ),
    );
    const told = await produce((line, bucket = 0) => files[bucket]!.add(line));
    for (const f of files) await f.flush();
    const unit: CollectedUnit = {
      buckets: files.map(({ refs, lines }) => ({ refs, lines })),
      ...told,
    };
    return storage.recordOnce(places.searchUnit(name), unit);
  }

  /** A source's units together, a reference a bucket; kept in storage, as there can be thousands. */
  async function together(
    name: string,
    units: CollectedUnit[],
    buckets = 1,
  ): Promise<string[]> {
    const files = units.flatMap((u) => u.files ?? []);
    const unreadable = units.flatMap((u) => u.unreadable ?? []);
    const stored: string[] = [];
    for (let b = 0; b < buckets; b++) {
      heartbeat(`${name} ${b}`);
      const collected: Collected = {
        refs: units.flatMap((u) => u.buckets[b]!.refs),
        lines: units.reduce((sum, u) => sum + u.buckets[b]!.lines, 0),
        files,
        unreadable,
      };
      stored.push(
        await storage.write(
          sagaPlaces(sagaId()).collected(name, buckets > 1 ? b : undefined),
          collected,
        ),
      );
    }
    return stored;
  }

  const candidate = (topic: string, rank: 0 | 1, event: EventCapsule) =>
    candidateLine({
      topic,
      rank,
      uuid: event.uuid,
      ms: capsuleTime(event) ?? 0,
      json: asciiJson(event),
    });

  return {
    /** Events of the topics in the range from the archive of this host, a unit a file. @returns a reference a bucket, `ref` the first */
    async collectArchive(input: {
      topics: SearchedTopic[];
      range: HourRange;
      /** How many buckets the topics name; default 1. */
      buckets?: number;
    }): Promise<{ ref: string; refs: string[] }> {
      const bySchema = new Map(input.topics.map((t) => [t.schema, t]));
      // A topic that was skipped in the middle makes it another search.
      const searched = input.topics
        .map((t) => `${t.schema} ${t.bucket ?? 0}`)
        .join(" ");
      const host = config.archive.host.replaceAll(/[^\w.-]/g, "_");
      const units: CollectedUnit[] = [];
      for (const file of await archive.files()) {
        // The log that is being written grows: what it was is part of its name.
        const { size, mtimeMs } = await stat(file);
        units.push(
          await unit(
            `archive-${host}/${basename(file)}-${shortDigest(`${file} ${size} ${mtimeMs} ${searched}`)}`,
            async (add) => {
              const { unreadable } = await archive.scanFile(
                file,
                input.range,
                async (event) => {
                  const t = bySchema.get(event.schema);
                  if (t) await add(candidate(t.topic, 0, event), t.bucket);
                },
                () => {
                  heartbeat(file);
                  cancellationSignal().throwIfAborted();
                },
              );
              return { files: [file], unreadable };
            },
            input.buckets,
          ),
        );
      }
      const refs = await together(`archive-${host}`, units, input.buckets);
      return { ref: refs[0]!, refs };
    },
    /** Rows of the topics' tables in the range, a unit a range of keys. */
    async collectMysql(input: {
      topics: SearchedTopic[];
      range: HourRange;
    }): Promise<{ ref: string }> {
      const units: CollectedUnit[] = [];
      for (const { topic, schema } of mysql ? input.topics : []) {
        heartbeat(`MySQL ${schema}`);
        for (const table of await mysql!.tables(schema)) {
          const keys = await mysql!.keys(table.name, input.range);
          if (!keys) continue;
          for (let from = keys.min; from <= keys.max; from += KEYS_AT_ONCE) {
            const to = Math.min(keys.max, from + KEYS_AT_ONCE - 1);
            units.push(
              await unit(`mysql/${table.name}-${from}-${to}`, async (add) => {
                for (const event of await mysql!.events(
                  schema,
                  table,
                  input.range,
                  { from, to },
                )) {
                  const ms = capsuleTime(event);
                  if (ms !== undefined && inRange(hourOf(ms), input.range))
                    await add(candidate(topic, 1, event));
                }
              }),
            );
          }
        }
      }
      return { ref: (await together("mysql", units))[0]! };
    },
    /** The uuids that the topics' Kafka partitions and raw hours hold. */
    async collectHeld(input: {
      topics: SearchedTopic[];
      range: HourRange;
    }): Promise<{ ref: string }> {
      const units: CollectedUnit[] = [];
      for (let i = 0; i < input.topics.length; i += TOPICS_AT_ONCE) {
        const some = input.topics.slice(i, i + TOPICS_AT_ONCE);
        units.push(
          await unit(
            `held/kafka-${shortDigest(some.map((t) => t.topic).join(" "))}`,
            async (add) => {
              const ranges = new Map<
                string,
                { partition: number; from: string; to: string }[]
              >();
              for (const { topic } of some) {
                heartbeat(`offsets of ${topic}`);
                const parts = (await kafka.offsets(topic)).map((o) => ({
                  partition: o.partition,
                  from: o.low,
                  to: o.high,
                }));
                if (parts.some((p) => p.from !== p.to))
                  ranges.set(topic, parts);
              }
              await kafka.read(
                ranges,
                async (m) => {
                  const uuid = m.value && uuidOf(m.value.toString("utf8"));
                  if (uuid) await add(heldLine(m.topic, uuid));
                },
                () => heartbeat("reading Kafka"),
              );
            },
          ),
        );
      }
      for (const { topic } of input.topics) {
        const dataset = datasetOf(topic, config.naming)!;
        units.push(
          await unit(`held/raw-${topic}`, async (add) => {
            const memory = emptyMemory();
            await refreshHours(deps, dataset, input.range, memory);
            // Every raw hour of the range, not only broken ones: an event that was imported must not be replayed.
            for (const hour of Object.keys(memory.raw)) {
              if (!inRange(hour, input.range)) continue;
              heartbeat(`reading ${topic}`);
              for await (const line of rawLines(
                hdfs,
                deps.source.hourDir(dataset, hour),
              )) {
                const uuid = uuidOf(line);
                if (uuid) await add(heldLine(topic, uuid));
              }
            }
          }),
        );
      }
      return { ref: (await together("held", units))[0]! };
    },
  };
}
