import { readFileSync, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { environment } from "./config";
import { ROOT } from "./paths";
import { ports } from "./ports";
import { launch, logFile, runningPid, signal } from "./processes";
import { Fatal, until } from "./wait";

const NAME = "worker";

/** Starts Sisyphus' own worker against the sandbox and waits until it polls. */
export async function startWorker(): Promise<void> {
  if (runningPid(NAME) !== undefined) return;
  const log = logFile(NAME);
  const from = existsSync(log) ? statSync(log).size : 0;
  launch(
    NAME,
    process.execPath,
    [
      // Else V8 lets garbage grow with the machine's memory; docs/runbook.md says the same to operators.
      "--max-old-space-size=256",
      join(ROOT, "bin", "sisyphus.js"),
      "worker",
    ],
    { env: environment(ports()), cwd: ROOT },
  );
  await until(`the worker to start (log: ${log})`, 60, () => {
    if (runningPid(NAME) === undefined)
      throw new Fatal(`the worker ended; see ${log}`);
    return readFileSync(log).subarray(from).includes("worker ready");
  });
}

/** Ends the worker as a crash does. @returns its pid */
export async function killWorker(): Promise<number> {
  const pid = runningPid(NAME);
  if (pid === undefined) throw new Error("no worker runs");
  signal(pid, "SIGKILL");
  await until(`worker ${pid} to die`, 10, () => runningPid(NAME) === undefined);
  return pid;
}
