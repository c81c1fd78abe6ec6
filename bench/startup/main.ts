import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { Worker } from "@temporalio/worker";
import { built } from "../../bin/built";
import { CONTROL_QUEUE } from "../../domain/settings/task-queues";
import { setup } from "../../sandbox/platform/setup";
import { ROOT } from "../../sandbox/platform/paths";
import { localTemporal } from "../../test/support/temporal";
import { quietWorkers } from "../../test/support/quiet";
import { alternating, secondsOf } from "../alternating";

const say = (line: string) => console.log(line);
const run = promisify(execFile);

const SAGA = "bench";
const YARDSTICK = "temporal --help";

/** Lets a real saga wait on the server: nobody takes its activities, and a worker answers what it is asked. */
async function withSaga<T>(
  { client, nativeConnection }: TestWorkflowEnvironment,
  use: () => Promise<T>,
): Promise<T> {
  const worker = await Worker.create({
    connection: nativeConnection,
    taskQueue: CONTROL_QUEUE,
    workflowBundle: { codePath: built("workflows.js") },
  });
  await client.workflow.start("backfill", {
    workflowId: `backfill/${SAGA}`,
    taskQueue: CONTROL_QUEUE,
    args: [{ since: "2018-07-04T22", until: "2018-07-05T05" }],
  });
  return worker.runUntil(use);
}

/** A command that must answer with some words. @returns how long it took, seconds */
const timed =
  (program: string, args: string[], words: string, env: NodeJS.ProcessEnv) =>
  (): Promise<number> =>
    secondsOf(async () => {
      const { stdout } = await run(program, args, { env });
      if (!stdout.includes(words))
        throw new Error(`${args.join(" ")} did not say ${words}: ${stdout}`);
    });

export async function main({ rounds }: { rounds: number }): Promise<void> {
  const { temporal } = await setup(say);
  quietWorkers();
  const server = await localTemporal();
  try {
    const env = { ...process.env, TEMPORAL_ADDRESS: server.address };
    const node = (args: string[], words: string) =>
      timed(process.execPath, args, words, env);
    const sisyphus = (args: string[], words: string) =>
      node([join(ROOT, "bin", "sisyphus.js"), ...args], words);
    const saga = ["--workflow-id", `backfill/${SAGA}`];
    const medians = await withSaga(server, () =>
      alternating(
        {
          [YARDSTICK]: timed(temporal, ["--help"], "Usage", env),
          "temporal workflow describe": timed(
            temporal,
            ["workflow", "describe", ...saga],
            SAGA,
            env,
          ),
          // No program for Node can be quicker.
          "node -e 0": node(["-e", "0"], ""),
          "sisyphus --help": sisyphus(["--help"], "Usage"),
          "sisyphus backfill status": sisyphus(
            ["backfill", "status", SAGA],
            "plan",
          ),
          "sisyphus audit status": sisyphus(["audit", "status"], "no audit"),
        },
        rounds,
      ),
    );
    say(`| command | seconds | × \`${YARDSTICK}\` |`);
    say("| --- | --: | --: |");
    for (const [name, seconds] of Object.entries(medians))
      say(
        `| \`${name}\` | ${seconds.toFixed(3)} | ${(seconds / medians[YARDSTICK]!).toFixed(1)} |`,
      );
  } finally {
    await server.teardown();
  }
}
