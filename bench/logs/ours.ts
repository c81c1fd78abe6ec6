import { MockActivityEnvironment } from "@temporalio/testing";
import { aggregatedLogFiles } from "../../activities/backfill/aggregated-logs";
import { LogReading } from "../../activities/backfill/log-reading";
import { Hdfs } from "../../clients/hdfs/hdfs";
import { Storage } from "../../clients/storage";
import { CONFIG_FILE } from "../../sandbox/platform/config";
import { HADOOP_USER } from "../../sandbox/platform/java";
import { loadConfig } from "../../workers/config";

/**
 * Reads one application's logs as a saga does, in a process of its own so that its memory can be told:
 * tsx bench/logs/ours.ts application_…
 */
async function main(applicationId: string): Promise<void> {
  const config = loadConfig(CONFIG_FILE);
  const { allowedPrefixes } = config;
  const hdfs = new Hdfs({ ...config.hdfs, allowedPrefixes });
  const storage = new Storage(hdfs, config.storage.path);
  const env = new MockActivityEnvironment({
    workflowExecution: { workflowId: `bench/${Date.now()}`, runId: "r" },
  });
  const from = performance.now();
  const files = await aggregatedLogFiles(hdfs, {
    ...config.yarn,
    applicationId,
    user: HADOOP_USER,
  });
  const reading = new LogReading({ hdfs, storage }, applicationId, files);
  const gathered = (await env.run(() => reading.read())) as Awaited<
    ReturnType<LogReading["read"]>
  >;
  console.log(
    JSON.stringify({
      seconds: (performance.now() - from) / 1000,
      found: gathered.verdicts([]).length,
      peakMb: process.resourceUsage().maxRSS / 1024,
    }),
  );
}

void main(process.argv[2]!);
