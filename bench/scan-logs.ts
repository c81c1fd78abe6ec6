import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { Hdfs } from "../clients/hdfs/hdfs";
import { parseRefineStatus } from "../formats/refine/refine-log-line";
import { yarnLogLines } from "../formats/yarn-log/yarn-log";
import { CONFIG_FILE } from "../sandbox/platform/config";
import { BIN } from "../sandbox/platform/wrappers";
import { loadConfig } from "../workers/config";

/**
 * Status lines of one application's aggregated logs: ours against `yarn logs | grep`, in turn, as a ratio of medians.
 * Run on a sandbox that was left up (`npm run demo -- --keep`): npx tsx bench/scan-logs.ts application_…
 */
const ROUNDS = 5;

async function ours(hdfs: Hdfs, id: string): Promise<number> {
  const dir = `/var/log/hadoop-yarn/apps/hdfs/bucket-logs-tfile/${id.slice(-4)}/${id}`;
  let found = 0;
  for (const file of (await hdfs.list(dir)) ?? []) {
    for await (const { line } of yarnLogLines(
      await hdfs.open(`${dir}/${file.name}`),
    )) {
      if (parseRefineStatus(line)) found++;
    }
  }
  return found;
}

function theirs(id: string): number {
  const command = `'${join(BIN, "yarn")}' logs -applicationId ${id} 2>/dev/null | grep -cE '(Finished|Failed) refinement of (JSON )?dataset'`;
  return Number(execFileSync("sh", ["-c", command]));
}

async function timed(call: () => Promise<number> | number) {
  const from = performance.now();
  const found = await call();
  return { found, ms: performance.now() - from };
}

const median = (xs: number[]) =>
  xs.sort((a, b) => a - b)[Math.floor(xs.length / 2)]!;

async function main(id: string | undefined): Promise<void> {
  if (!id) throw new Error("usage: tsx bench/scan-logs.ts APPLICATION_ID");
  const hdfs = new Hdfs({
    ...loadConfig(CONFIG_FILE).hdfs,
    allowedPrefixes: [],
  });
  const a: number[] = [];
  const b: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const x = await timed(() => ours(hdfs, id));
    const y = await timed(() => theirs(id));
    if (x.found !== y.found)
      throw new Error(`we find ${x.found} status lines, yarn logs ${y.found}`);
    a.push(x.ms);
    b.push(y.ms);
  }
  console.log(
    `${median(a).toFixed(0)} ms against ${median(b).toFixed(0)} ms of yarn logs | grep: ${(median(b) / median(a)).toFixed(1)} times as fast`,
  );
}

main(process.argv[2]).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
