import { MockActivityEnvironment } from "@temporalio/testing";
import {
  createReplayActivities,
  type Replayed,
} from "../../activities/backfill/replay";
import { Hdfs } from "../../clients/hdfs/hdfs";
import { Kafka } from "../../clients/kafka/kafka";
import { Storage } from "../../clients/storage";
import type { MissingTopic } from "../../domain/backfill/missing";
import { CONFIG_FILE } from "../../sandbox/platform/config";
import { loadConfig } from "../../workers/config";

/**
 * One replay without a bound of its rate, in a process of its own so that its memory can be told:
 * tsx bench/replay/ours.ts <missing topic as JSON> <compression>
 */
async function main(missing: MissingTopic, compression: string) {
  const config = loadConfig(CONFIG_FILE);
  const { replay } = config;
  const hdfs = new Hdfs({
    ...config.hdfs,
    allowedPrefixes: config.allowedPrefixes,
  });
  const kafka = new Kafka(config.kafka.brokers);
  const activities = createReplayActivities({
    kafka,
    storage: new Storage(hdfs, config.storage.path),
    config: {
      ...config,
      replay: {
        ...replay,
        eventsPerSecond: 1e9,
        bytesPerSecond: 1e12,
        batchEvents: 1000,
        compression: compression as typeof replay.compression,
      },
    },
  });
  const env = new MockActivityEnvironment({
    workflowExecution: { workflowId: `bench/${missing.topic}`, runId: "r" },
  });
  const { topic } = missing;
  const starts = await env.run(() =>
    activities.replayStarts({ topics: [topic] }),
  );
  const from = performance.now();
  const { landed, twice } = (await env.run(() =>
    activities.replay({
      topics: [missing],
      starts: starts as Awaited<ReturnType<typeof activities.replayStarts>>,
    }),
  )) as Replayed;
  const seconds = (performance.now() - from) / 1000;
  await kafka.close();
  const peakMb = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ seconds, landed, twice, peakMb }));
}

const [missing, compression] = process.argv.slice(2);
void main(JSON.parse(missing!) as MissingTopic, compression!);
