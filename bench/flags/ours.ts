import { MockActivityEnvironment } from "@temporalio/testing";
import { createFlagActivities } from "../../activities/backfill/clear-flags";
import { Hdfs } from "../../clients/hdfs/hdfs";
import { Storage } from "../../clients/storage";
import { CONFIG_FILE } from "../../sandbox/platform/config";
import { loadConfig } from "../../workers/config";

/**
 * Clears a plan's flags as a saga does, in a process of its own so that its memory can be told:
 * tsx bench/flags/ours.ts <reference of the plan> <workflow id of the saga>
 */
async function main(planRef: string, workflowId: string): Promise<void> {
  const config = loadConfig(CONFIG_FILE);
  const { allowedPrefixes } = config;
  const hdfs = new Hdfs({ ...config.hdfs, allowedPrefixes });
  const storage = new Storage(hdfs, config.storage.path);
  const { clearFlags } = createFlagActivities({ config, hdfs, storage });
  const env = new MockActivityEnvironment({
    workflowExecution: { workflowId, runId: "r" },
  });
  const from = performance.now();
  const cleared = await env.run(() => clearFlags({ planRef, skip: [] }));
  console.log(
    JSON.stringify({
      seconds: (performance.now() - from) / 1000,
      cleared,
      peakMb: process.resourceUsage().maxRSS / 1024,
    }),
  );
}

const [planRef, workflowId] = process.argv.slice(2);
void main(planRef!, workflowId!);
