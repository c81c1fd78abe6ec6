import { readFileSync, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { environment } from "./config";
import { ROOT } from "./paths";
import { ports } from "./ports";
import { launch, logFile, runningPid, signal } from "./processes";
import { Fatal, until } from "./wait";

/** Starts Sisyphus' own worker against the sandbox and waits until it polls; by another name, one more beside it. */
export async function startWorker(
  name = "worker",
  env: NodeJS.ProcessEnv = {},
  args: string[] = [],
): Promise<void> {
  if (runningPid(name) !== undefined) return;
  const log = logFile(name);
  const from = existsSync(log) ? statSync(log).size : 0;
  launch(
    name,
    process.execPath,
    [
      // Else V8 lets garbage grow with the machine's memory; docs/runbook.md says the same to operators.
      "--max-old-space-size=256",
      join(ROOT, "bin", "sisyphus.js"),
      "worker",
      ...args,
    ],
    { env: { ...environment(ports()), ...env }, cwd: ROOT },
  );
  await until(`the worker to start (log: ${log})`, 60, () => {
    if (runningPid(name) === undefined)
      throw new Fatal(`the worker ended; see ${log}`);
    return readFileSync(log).subarray(from).includes("worker ready");
  });
}

/** Ends the worker as a crash does. @returns its pid */
export async function killWorker(name = "worker"): Promise<number> {
  const pid = runningPid(name);
  if (pid === undefined) throw new Error("no worker runs");
  signal(pid, "SIGKILL");
  await until(`worker ${pid} to die`, 10, () => runningPid(name) === undefined);
  return pid;
}
