import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundleWorkflowCode } from "@temporalio/worker";
import { Command, InvalidArgumentError } from "commander";
import { type Run, runMemoryChaos } from "../test/chaos/run";
import { localTemporal } from "../test/support/temporal";
import { quietWorkers } from "../test/support/quiet";

/**
 * Sagas under faults, in memory: the real workflow on a real Temporal server, the real activities, platforms that refuse, lose answers,
 * die and wake up again. A seed is a run; what was run is kept in `var/chaos/memory.ndjson`, so that a call that was ended goes on.
 *
 *   npm run chaos -- --runs 2000
 */
const whole = (text: string) => {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 0)
    throw new InvalidArgumentError("a whole number");
  return n;
};

type Options = { runs: number; from: number; seed?: number };

const o = new Command("chaos")
  .option("--runs <n>", "sagas", whole, 2000)
  .option("--from <seed>", "the first seed", whole, 1)
  .option("--seed <seed>", "this one only, again", whole)
  .parse()
  .opts<Options>();

const FILE = join(__dirname, "..", "var", "chaos", "memory.ndjson");

function told(runs: Run[]): void {
  const faults: Record<string, number> = {};
  for (const run of runs)
    for (const [kind, n] of Object.entries(run.faults))
      faults[kind] = (faults[kind] ?? 0) + n;
  const wrong = runs.filter((r) => r.wrong.length > 0);
  console.log(
    `${runs.length} sagas: ${runs.filter((r) => r.outcome === "repaired").length} repaired, ${runs.filter((r) => r.outcome === "aborted").length} aborted; ` +
      `${Object.entries(faults)
        .map(([kind, n]) => `${kind} ${n}`)
        .join(", ")}; ${wrong.length} wrong`,
  );
  for (const r of wrong.slice(0, 20))
    console.log(`  seed ${r.seed} (${r.outcome}): ${r.wrong.join("; ")}`);
}

async function main(): Promise<number> {
  mkdirSync(dirname(FILE), { recursive: true });
  const before =
    o.seed === undefined && existsSync(FILE)
      ? readFileSync(FILE, "utf8")
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line) as Run)
      : [];
  const done = new Set(before.map((r) => r.seed));
  const seeds =
    o.seed === undefined
      ? Array.from({ length: o.runs }, (_, i) => o.from + i)
      : [o.seed];
  const left = seeds.filter((s) => !done.has(s));
  quietWorkers();
  const env = await localTemporal();
  let n = 0;
  const runs = await runMemoryChaos(
    env,
    await bundleWorkflowCode({
      workflowsPath: require.resolve("../workflows/index.ts"),
    }),
    left,
    (run) => {
      if (o.seed === undefined)
        appendFileSync(FILE, `${JSON.stringify(run)}\n`);
      if (++n % 100 === 0) console.log(`${n} of ${left.length}`);
    },
  );
  await env.teardown();
  const all = [...before.filter((r) => seeds.includes(r.seed)), ...runs];
  told(all);
  return all.some((r) => r.wrong.length > 0) ? 1 : 0;
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
