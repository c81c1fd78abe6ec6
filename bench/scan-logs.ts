import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { aggregatedLogFiles } from "../activities/backfill/aggregated-logs";
import { Hdfs } from "../clients/hdfs/hdfs";
import { Yarn } from "../clients/yarn/yarn";
import { parseRefineStatus } from "../formats/refine/refine-log-line";
import { yarnLogLines } from "../formats/yarn-log/yarn-log";
import { CONFIG_FILE } from "../sandbox/platform/config";
import { BIN } from "../sandbox/platform/wrappers";
import { loadConfig } from "../workers/config";

/**
 * Finding the status lines in one application's aggregated logs: by our own reader, and by `yarn logs | grep`. The two take turns; the
 * ratio of the medians is printed.
 *
 * It needs a sandbox that was left up (`npm run demo -- --keep`): npx tsx bench/scan-logs.ts application_…
 */
const ROUNDS = 5;

async function findWithOurReader(id: string): Promise<number> {
  const config = loadConfig(CONFIG_FILE);
  const hdfs = new Hdfs({ ...config.hdfs, allowedPrefixes: [] });
  const yarn = new Yarn(config.yarn.resourceManager, config.hdfs.user);
  const app = await yarn.application(id);
  const files = await aggregatedLogFiles(hdfs, {
    ...config.yarn,
    applicationId: id,
    user: app?.user ?? config.hdfs.user,
  });
  let found = 0;
  for (const { path } of files)
    for await (const { line } of yarnLogLines(await hdfs.open(path)))
      if (parseRefineStatus(line)) found++;
  return found;
}

function findWithYarnLogs(id: string): number {
  const command = `'${join(BIN, "yarn")}' logs -applicationId ${id} 2>/dev/null | grep -cE '(Finished|Failed) refinement of (JSON )?dataset'`;
  return Number(execFileSync("sh", ["-c", command]));
}

/** What a search found, and how long it took (ms). */
async function timed(search: () => Promise<number> | number) {
  const from = performance.now();
  const found = await search();
  return { found, ms: performance.now() - from };
}

const median = (numbers: number[]) =>
  numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

async function main(id: string | undefined): Promise<void> {
  if (!id) throw new Error("usage: tsx bench/scan-logs.ts APPLICATION_ID");
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const our = await timed(() => findWithOurReader(id));
    const their = await timed(() => findWithYarnLogs(id));
    if (our.found !== their.found)
      throw new Error(
        `we find ${our.found} status lines, yarn logs ${their.found}`,
      );
    ours.push(our.ms);
    theirs.push(their.ms);
  }
  console.log(
    `${median(ours).toFixed(0)} ms against ${median(theirs).toFixed(0)} ms of yarn logs | grep: ${(median(theirs) / median(ours)).toFixed(1)} times as fast`,
  );
}

main(process.argv[2]).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
