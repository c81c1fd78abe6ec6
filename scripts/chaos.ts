import "./chaos-sandbox";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Command } from "commander";
import { down, reset } from "../sandbox/platform/up";
import {
  type Run as MemoryRun,
  runMemoryChaos,
} from "../test/chaos/memory/run";
import { runSandboxChaos, type SandboxRun } from "../test/chaos/sandbox/run";
import {
  anyFaults,
  type Schedule,
  workerInEveryStep,
} from "../test/chaos/sandbox/schedule";
import { quietWorkers } from "../test/support/quiet";
import { builtWorkflows, localTemporal } from "../test/support/temporal";
import { wholeFrom } from "./whole";

/**
 * Runs sagas under faults. A run follows from its seed, and the same seed makes the same run again.
 * In memory: the real workflow and activities, over platforms that refuse, lose answers, die and come back.
 * On the sandbox: small sagas on real services, one after the other, while workers and services are killed and frozen.
 * Results are kept in `var/chaos/`, so that a call that was interrupted goes on where it ended.
 *
 *   npm run chaos -- memory --runs 2000
 *   npm run chaos -- sandbox --runs 60
 *   npm run chaos -- workers
 */
const ROOT = join(__dirname, "..");

const whole = wholeFrom(0);

type Options = { runs: number; from: number; seed?: number };
type Run = {
  seed: number;
  /** What the run was made of beside its faults. */
  shape?: string;
  outcome: string;
  wrong: string[];
};

/** The runs of one kind, each a line of a file. */
class Results<R extends Run> {
  private readonly file: string;
  private readonly before: R[];

  constructor(
    what: string,
    private readonly o: Options,
  ) {
    this.file = join(ROOT, "var", "chaos", `${what}.ndjson`);
    mkdirSync(dirname(this.file), { recursive: true });
    this.before = existsSync(this.file)
      ? readFileSync(this.file, "utf8")
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line) as R)
      : [];
  }

  private get wanted(): number[] {
    const { seed, runs, from } = this.o;
    return seed === undefined
      ? Array.from({ length: runs }, (_, i) => from + i)
      : [seed];
  }

  /** Seeds that were not run yet. One that was given with `--seed` is run again. */
  get left(): number[] {
    if (this.o.seed !== undefined) return this.wanted;
    const done = new Set(this.before.map((r) => r.seed));
    return this.wanted.filter((s) => !done.has(s));
  }

  /** Writes a run down; one that was asked for with `--seed` is only looked at. */
  keep(run: R): void {
    if (this.o.seed === undefined)
      appendFileSync(this.file, `${JSON.stringify(run)}\n`);
  }

  /** These runs, and those that earlier calls have made of the seeds that are wanted. */
  all(runs: R[]): R[] {
    if (this.o.seed !== undefined) return runs;
    const wanted = new Set(this.wanted);
    return [...this.before.filter((r) => wanted.has(r.seed)), ...runs];
  }
}

/** Prints how the runs ended, and every fault that was made. @returns the command's exit code */
function printSummary(runs: Run[], faults: string[]): number {
  const kinds: Record<string, number> = {};
  for (const kind of faults) kinds[kind] = (kinds[kind] ?? 0) + 1;
  const wrong = runs.filter((r) => r.wrong.length > 0);
  const outcomes = [...new Set(runs.map((r) => r.outcome))].map(
    (o) => `${runs.filter((r) => r.outcome === o).length} ${o}`,
  );
  console.log(
    `${runs.length} runs: ${outcomes.join(", ")}; ${Object.entries(kinds)
      .map(([kind, n]) => `${kind} ${n}`)
      .join(", ")}; ${wrong.length} wrong`,
  );
  if (runs.length === 1 && runs[0]!.shape) console.log(`  ${runs[0]!.shape}`);
  for (const r of wrong.slice(0, 20))
    console.log(
      `  seed ${r.seed} (${[r.shape, r.outcome].filter(Boolean).join("; ")}): ${r.wrong.join("; ")}`,
    );
  return wrong.length > 0 ? 1 : 0;
}

async function memory(o: Options): Promise<number> {
  const results = new Results<MemoryRun>("memory", o);
  quietWorkers();
  const env = await localTemporal();
  const end = (code: number) =>
    void env.teardown().finally(() => process.exit(code));
  process.once("SIGINT", () => end(130)).once("SIGTERM", () => end(130));
  // An error that the platforms in memory throw outside of any call would end this process and leave the server running.
  process.once("uncaughtException", (error) => {
    console.error(error);
    end(1);
  });
  const { left } = results;
  let n = 0;
  const runs = await runMemoryChaos(env, builtWorkflows(), left, (run) => {
    results.keep(run);
    if (++n % 100 === 0) console.log(`${n} of ${left.length}`);
  });
  await env.teardown();
  const all = results.all(runs);
  return printSummary(
    all,
    all.flatMap((r) =>
      Object.entries(r.faults).flatMap(([kind, count]) =>
        Array<string>(count).fill(kind),
      ),
    ),
  );
}

const sandbox = (o: Options) => onSandbox("sandbox", anyFaults, o);
const workers = (o: Options) => onSandbox("workers", workerInEveryStep, o);

async function onSandbox(
  name: string,
  schedule: (seed: number) => Schedule,
  o: Options,
): Promise<number> {
  const results = new Results<SandboxRun>(name, o);
  const quiet = () => undefined;
  await reset(quiet);
  const ending = () => void down(quiet).finally(() => process.exit(130));
  process.once("SIGINT", ending).once("SIGTERM", ending);
  const { left } = results;
  let n = 0;
  try {
    const runs = await runSandboxChaos(
      left,
      (run) => {
        results.keep(run);
        console.log(
          `${++n} of ${left.length}: seed ${run.seed} ${run.outcome} in ${run.seconds} s; ${run.faults.map((f) => `${f.kind} in ${f.step}`).join(", ")}${run.wrong.length > 0 ? `; WRONG: ${run.wrong.join("; ")}` : ""}`,
        );
      },
      schedule,
    );
    const all = results.all(runs);
    return printSummary(
      all,
      all.flatMap((r) => r.faults.map((f) => f.kind)),
    );
  } finally {
    await down(quiet);
  }
}

const program = new Command("chaos").description("sagas under seeded faults");
let code = 0;
const command = (
  name: string,
  description: string,
  runs: number,
  work: (o: Options) => Promise<number>,
) =>
  program
    .command(name)
    .description(description)
    .option("--runs <n>", "worlds", whole, runs)
    .option("--from <seed>", "the first seed", whole, 1)
    .option("--seed <seed>", "this one only, again", whole)
    .action(async (o: Options) => void (code = await work(o)));
command("memory", "platforms in memory, sagas side by side", 2000, memory);
command("sandbox", "real services, one saga after the other", 60, sandbox);
command(
  "workers",
  "the same, the worker killed or frozen in each step in turn",
  20,
  workers,
);

program.parseAsync().then(
  () => process.exit(code),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
