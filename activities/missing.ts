import { createHash } from "node:crypto";
import { activityInfo, heartbeat } from "@temporalio/activity";
import { datasetOf } from "../domain/dataset";
import { type HourRange, hourOf, hourPath, inRange } from "../domain/hour";
import type { PlannedTopic } from "../domain/plan";
import {
  capsuleTime,
  type EventCapsule,
  parseCapsuleLine,
} from "../formats/event-capsule";
import {
  isSequenceFile,
  rawEventOf,
  readSequenceFile,
} from "../formats/sequence-file";
import { refreshHours, type Systems } from "./evidence";
import { emptyMemory } from "./evidence-cache";
import type { Hdfs } from "./hdfs";
import { linesOfText } from "./lines";
import type { EventMysql } from "./mysql";
import type { Storage } from "./storage";

export type MissingTopic = {
  topic: string;
  /** The missing events, one JSON a line. */
  ref: string;
  digest: string;
  /** Distinct events to replay. */
  events: number;
  fromArchive: number;
  fromMysql: number;
  /** Messages these events were in Kafka, those that arrived twice counted twice. */
  messages: number;
  /** Offsets deleted unread that no source accounts for. */
  unrecoverable: number;
};

export type Missing = {
  topics: MissingTopic[];
  files: string[];
  unreadable: number;
  unreadableNamed: { file: string; line: number; error: string }[];
};

/** The uuids and lines of a raw hour's data files. */
export async function rawLines(hdfs: Hdfs, dir: string): Promise<string[]> {
  const lines: string[] = [];
  for (const file of (await hdfs.list(dir)) ?? []) {
    if (
      file.name.startsWith("_") ||
      file.name.startsWith(".") ||
      file.length === 0
    )
      continue;
    const bytes = await hdfs.read(`${dir}/${file.name}`);
    if (!bytes) continue;
    if (isSequenceFile(bytes))
      for (const record of readSequenceFile(bytes).records)
        lines.push(rawEventOf(record).line);
    else lines.push(...linesOfText(file.name, bytes));
  }
  return lines;
}

const uuidOf = (line: string) => /"uuid": ?"([0-9a-f]{32})"/.exec(line)?.[1];

/** Finding what was lost: the archive and MySQL, anti-joined by uuid with what Kafka and raw hours hold. */
export function createMissingActivities(
  deps: Systems & { storage: Storage; mysql?: EventMysql },
) {
  const { config, kafka, hdfs, archive, storage, mysql } = deps;

  /** Every uuid that a topic's Kafka partitions or raw hours hold. */
  async function held(
    topics: PlannedTopic[],
    range: HourRange,
  ): Promise<Map<string, Set<string>>> {
    const found = new Map(topics.map((t) => [t.topic, new Set<string>()]));
    const ranges = new Map<
      string,
      { partition: number; from: string; to: string }[]
    >();
    for (const { topic } of topics) {
      const offsets = await kafka.offsets(topic);
      if (offsets.some((o) => o.low !== o.high))
        ranges.set(
          topic,
          offsets.map((o) => ({
            partition: o.partition,
            from: o.low,
            to: o.high,
          })),
        );
    }
    heartbeat("reading Kafka");
    await kafka.read(
      ranges,
      (message) => {
        const uuid = message.value && uuidOf(message.value.toString("utf8"));
        if (uuid) found.get(message.topic)?.add(uuid);
      },
      () => heartbeat("reading Kafka"),
    );
    for (const topic of topics) {
      const dataset = datasetOf(topic.topic, config.naming)!;
      // Every raw hour of the range, not only broken ones: an event that was imported must not be replayed.
      const memory = emptyMemory();
      await refreshHours(deps, dataset, range, memory);
      for (const hour of Object.keys(memory.raw)) {
        if (!inRange(hour, range)) continue;
        heartbeat(`reading ${topic.topic}`);
        for (const line of await rawLines(
          hdfs,
          `${dataset.rawDir}/${hourPath(hour)}`,
        )) {
          const uuid = uuidOf(line);
          if (uuid) found.get(topic.topic)!.add(uuid);
        }
      }
    }
    return found;
  }

  return {
    /**
     * Within the planned range. Once stored, the answer stays: a second call after a replay has begun would not find what was replayed.
     */
    async findMissing(input: {
      topics: PlannedTopic[];
      range: HourRange;
    }): Promise<Missing> {
      const id = activityInfo().workflowExecution!.workflowId;
      const stored = await storage.get(id, "missing.json");
      if (stored !== undefined) return JSON.parse(stored) as Missing;
      const have = await held(input.topics, input.range);
      const bySchema = new Map(input.topics.map((t) => [t.schema, t]));
      const found = new Map(
        input.topics.map((t) => [
          t.topic,
          new Map<
            string,
            { event: EventCapsule; copies: number; source: "archive" | "mysql" }
          >(),
        ]),
      );
      const scan = await archive.scan(
        input.range,
        (event) => {
          const topic = bySchema.get(event.schema);
          if (!topic || have.get(topic.topic)!.has(event.uuid)) return;
          const events = found.get(topic.topic)!;
          const known = events.get(event.uuid);
          if (known) known.copies++;
          else events.set(event.uuid, { event, copies: 1, source: "archive" });
        },
        (file) => heartbeat(file),
      );
      for (const topic of input.topics) {
        const events = found.get(topic.topic)!;
        heartbeat(`MySQL ${topic.schema}`);
        await mysql?.events(topic.schema, input.range, (event) => {
          const ms = capsuleTime(event);
          if (ms === undefined || !inRange(hourOf(ms), input.range)) return;
          if (
            !events.has(event.uuid) &&
            !have.get(topic.topic)!.has(event.uuid)
          )
            events.set(event.uuid, { event, copies: 1, source: "mysql" });
        });
      }
      const topics: MissingTopic[] = [];
      for (const topic of input.topics) {
        const events = [...found.get(topic.topic)!.values()].sort(
          (a, b) =>
            (capsuleTime(a.event) ?? 0) - (capsuleTime(b.event) ?? 0) ||
            (a.event.uuid < b.event.uuid ? -1 : 1),
        );
        const text = events
          .map(({ event }) => `${JSON.stringify(event)}\n`)
          .join("");
        const digest = createHash("sha256").update(text).digest("hex");
        const { ref } = await storage.put(
          id,
          `missing/${topic.topic}-${digest.slice(0, 12)}.ndjson`,
          text,
        );
        const messages = events.reduce((sum, e) => sum + e.copies, 0);
        topics.push({
          topic: topic.topic,
          ref,
          digest,
          events: events.length,
          fromArchive: events.filter((e) => e.source === "archive").length,
          fromMysql: events.filter((e) => e.source === "mysql").length,
          messages,
          unrecoverable: Math.max(0, topic.lostOffsets - messages),
        });
      }
      const result: Missing = {
        topics,
        files: scan.files,
        unreadable: scan.unreadable.length,
        unreadableNamed: scan.unreadable.slice(0, 20),
      };
      return JSON.parse(
        await storage.once(id, "missing.json", JSON.stringify(result)),
      ) as Missing;
    },
  };
}

/** The events of a stored list. @throws where its bytes are not the ones that were stored */
export async function readMissing(
  hdfs: Hdfs,
  missing: MissingTopic,
): Promise<EventCapsule[]> {
  if (missing.events === 0) return [];
  const text = await hdfs.readText(missing.ref);
  if (
    text === undefined ||
    createHash("sha256").update(text).digest("hex") !== missing.digest
  )
    throw new Error(`${missing.ref} is not what was stored there`);
  return text
    .trimEnd()
    .split("\n")
    .map((line) => {
      const parsed = parseCapsuleLine(line);
      if ("error" in parsed) throw new Error(`${missing.ref}: ${parsed.error}`);
      return parsed.event;
    });
}
