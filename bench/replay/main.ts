import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { MockActivityEnvironment } from "@temporalio/testing";
import { CompressionTypes } from "kafkajs";
import {
  createReplayActivities,
  type Replayed,
} from "../../activities/backfill/replay";
import { addHours } from "../../lib/hour";
import { capsuleTime } from "../../formats/eventlogging/event-time";
import { moveClockTo } from "../../sandbox/platform/clock";
import { CONFIG_FILE, environment } from "../../sandbox/platform/config";
import { eventsOf } from "../../sandbox/incident/events";
import { sandboxKafka } from "../../sandbox/platform/commands";
import { SANDBOX_DIR } from "../../sandbox/platform/paths";
import { ports } from "../../sandbox/platform/ports";
import { down, reset, up } from "../../sandbox/platform/up";
import { loadConfig } from "../../workers/config";
import { connectClient } from "../../workers/connection";
import { createDependencies } from "../../workers/dependencies";
import type { MissingTopic } from "../../domain/backfill/missing";
import { sagaPlaces } from "../../clients/storage-layout";
import { sha256 } from "../../lib/digest";

const EVENTS = 40_000;
/** Of more, `replay.batchBytes` makes smaller ones. */
const BATCHES = [20, 200, 1000];
const say = (line: string) => console.log(line);
const bytesOf = (topic: string) => {
  const dir = join(SANDBOX_DIR, "kafka", `${topic}-0`);
  return readdirSync(dir)
    .filter((name) => name.endsWith(".log"))
    .reduce((sum, name) => sum + statSync(join(dir, name)).size, 0);
};

export async function main(): Promise<void> {
  await reset(say);
  await up(say);
  Object.assign(process.env, environment(ports()));
  moveClockTo(new Date("2018-07-05T05:00:00Z"));
  const client = await connectClient();
  const config = loadConfig(CONFIG_FILE);
  const deps = createDependencies(config, client);
  const admin = sandboxKafka().admin();
  await admin.connect();
  const events = Array.from({ length: 20 }, (_, i) =>
    eventsOf(
      {
        schema: "Replayed",
        revision: 18_000_000,
        rate: EVENTS / 20,
        archived: true,
        seconds: false,
      },
      addHours("2018-07-04T00", i),
    ),
  ).flat();
  const distinct = [...new Map(events.map((e) => [e.uuid, e])).values()];
  const text = `${distinct.map((e) => JSON.stringify(e)).join("\n")}\n`;
  const ref = await deps.storage.writeText(
    sagaPlaces("bench").missingEvents("bench", 0, sha256(text)),
    text,
  );
  const topicOf = async (name: string) => {
    const topic = `bench_${name}`;
    await admin.createTopics({
      topics: [
        {
          topic,
          configEntries: [
            { name: "message.timestamp.type", value: "CreateTime" },
          ],
        },
      ],
    });
    return topic;
  };

  /** The peer: the same events in the same batches, and nothing else. */
  async function plain(batch: number, gzip: boolean) {
    const topic = await topicOf(`plain_${batch}_${gzip ? "gzip" : "none"}`);
    const producer = sandboxKafka().producer({
      idempotent: true,
      maxInFlightRequests: 1,
    });
    await producer.connect();
    const from = performance.now();
    for (let i = 0; i < distinct.length; i += batch)
      await producer.send({
        topic,
        acks: -1,
        compression: gzip ? CompressionTypes.GZIP : CompressionTypes.None,
        messages: distinct.slice(i, i + batch).map((e) => ({
          value: JSON.stringify(e),
          timestamp: String(capsuleTime(e)),
        })),
      });
    const seconds = (performance.now() - from) / 1000;
    await producer.disconnect();
    return { seconds, bytes: bytesOf(topic) };
  }

  async function replay(batch: number, gzip: boolean) {
    const topic = await topicOf(`replay_${batch}_${gzip ? "gzip" : "none"}`);
    const missing: MissingTopic = {
      topic,
      ref,
      digest: sha256(text),
      events: distinct.length,
      fromArchive: distinct.length,
      fromMysql: 0,
      messages: distinct.length,
      unrecoverable: 0,
    };
    const activities = createReplayActivities({
      ...deps,
      config: {
        ...config,
        replay: {
          ...config.replay,
          eventsPerSecond: 1e6,
          bytesPerSecond: 1e9,
          batchEvents: batch,
          compression: gzip ? "gzip" : "none",
        },
      },
    });
    const env = new MockActivityEnvironment({
      workflowExecution: { workflowId: `bench/${topic}`, runId: "r" },
    });
    const starts = await activities.replayStarts({ topics: [topic] });
    const from = performance.now();
    const { landed, twice } = (await env.run(activities.replay, {
      topics: [missing],
      starts,
    })) as Replayed;
    if (landed !== distinct.length || twice > 0)
      throw new Error(`${landed} of ${distinct.length} landed, ${twice} twice`);
    return {
      seconds: (performance.now() - from) / 1000,
      bytes: bytesOf(topic),
    };
  }

  try {
    // Of neither is the first run counted: the broker and the code warm up.
    await plain(500, true);
    await replay(500, true);
    say(
      `${distinct.length} events, ${(text.length / 1e6).toFixed(0)} MB of JSON`,
    );
    say(
      "| a batch | compression | replay, events/s | plain producer, events/s | ratio | bytes in Kafka |",
    );
    say("| --: | --- | --: | --: | --: | --: |");
    for (const gzip of [true, false])
      for (const batch of BATCHES) {
        const a = await plain(batch, gzip);
        const b = await replay(batch, gzip);
        const rate = (s: number) => Math.round(distinct.length / s);
        say(
          `| ${batch} | ${gzip ? "gzip" : "none"} | ${rate(b.seconds)} | ${rate(a.seconds)} | ${(a.seconds / b.seconds).toFixed(2)} | ${(b.bytes / 1e6).toFixed(1)} MB |`,
        );
      }
  } finally {
    await admin.disconnect();
    await deps.kafka.close();
    await client.connection.close();
    await down(say);
  }
}
