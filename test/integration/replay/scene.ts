import { MockActivityEnvironment } from "@temporalio/testing";
import {
  createReplayActivities,
  type Replayed,
} from "../../../activities/backfill/replay";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import { Kafka } from "../../../clients/kafka/kafka";
import { Storage } from "../../../clients/storage";
import { sagaPlaces } from "../../../clients/storage-layout";
import type { MissingTopic } from "../../../domain/backfill/missing";
import { capsuleUuid } from "../../../formats/eventlogging/event-capsule";
import { sha256 } from "../../../lib/digest";
import { ports } from "../../../sandbox/platform/ports";
import { MemoryHdfs } from "../../chaos/memory/systems";
import { CONFIG } from "../../chaos/memory/scenario";

/** A replay whose broker is real and whose storage is in memory, so that a process of its own can make an attempt of it, too. */

export const PARTITIONS = 4;
const FILES = 4;

/** The workflow id of a topic's saga. */
const workflowOf = (topic: string) => `backfill/${topic}`;

/** The texts of a topic's missing events, in order: every one different, some with letters of several bytes, out of the order of time. */
const textsOf = (topic: string, events: number): string[] =>
  Array.from({ length: events }, (_, i) => {
    const dt = `2018-07-04T${String((i * 7) % 24).padStart(2, "0")}:00:${String(i % 60).padStart(2, "0")}Z`;
    return JSON.stringify({
      event: { n: i, text: "äé€".repeat(i % 40) },
      schema: topic,
      revision: 1,
      wiki: "enwiki",
      recvFrom: "cp1",
      seqId: i,
      dt,
      uuid: capsuleUuid(`${topic}cp1`, i, dt),
    });
  });

export async function sceneOf(
  topic: string,
  events: number,
  settings: Partial<typeof CONFIG.replay>,
) {
  const kafka = new Kafka([`127.0.0.1:${ports().kafka}`]);
  const storage = new Storage(
    new MemoryHdfs() as unknown as Hdfs,
    "/wmf/data/sisyphus",
  );
  const env = new MockActivityEnvironment({
    workflowExecution: { workflowId: workflowOf(topic), runId: "r" },
  });
  const texts = textsOf(topic, events);
  // Several files of one topic are as good as one: a part of a topic's list names them.
  const parts = [];
  const size = Math.ceil(events / FILES);
  for (let at = 0; at < events; at += size) {
    const some = texts.slice(at, at + size);
    const text = `${some.join("\n")}\n`;
    const digest = sha256(text);
    const place = sagaPlaces(workflowOf(topic)).missingEvents(
      topic,
      at,
      digest,
    );
    const ref = await storage.writeText(place, text);
    parts.push({ ref, digest, events: some.length });
  }
  const digest = sha256(
    JSON.stringify(parts.map((part) => ({ digest: part.digest, events: part.events }))), // prettier-ignore
  );
  const missing: MissingTopic = {
    topic,
    ref: await storage.write(
      sagaPlaces(workflowOf(topic)).missingParts(topic, digest),
      parts,
    ),
    digest,
    events,
    fromArchive: events,
    fromMysql: 0,
    messages: events,
    unrecoverable: 0,
  };
  const starts = Object.fromEntries(
    Array.from({ length: PARTITIONS }, (_, i) => [`${topic}/${i}`, "0"]),
  );
  const { replay } = createReplayActivities({
    config: {
      ...CONFIG,
      replay: {
        ...CONFIG.replay,
        batchEvents: 100,
        transactionBytes: 200_000,
        ...settings,
      },
    },
    kafka,
    storage,
  });
  return {
    kafka,
    storage,
    env,
    texts,
    attempt: () =>
      env.run(() => replay({ topics: [missing], starts })) as Promise<Replayed>,
  };
}
