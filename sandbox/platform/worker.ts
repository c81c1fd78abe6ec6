import { readFileSync, existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { environment } from "./config";
import { ROOT } from "./paths";
import { ports } from "./ports";
import { launch, logFile, names, runningPid, signal } from "./processes";
import { Fatal, until } from "./wait";

/** A second worker's name begins like the first one's, so that {@link endWorkers} finds it. */
export type WorkerName = "worker" | `worker-${string}`;

/**
 * Starts Sisyphus' own worker against the sandbox and waits until it polls; where one of that name runs, nothing happens.
 * By another name, it is one more beside the first.
 * @throws Error where it ends while it starts, or has not started after a minute
 */
export async function startWorker(
  name: WorkerName = "worker",
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
      // Without a limit, V8 lets garbage grow with the machine's memory; docs/runbook.md gives operators the same advice.
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

/** Ends a worker as a crash does. @returns its pid @throws Error where none of that name runs */
export async function killWorker(name: WorkerName = "worker"): Promise<number> {
  const pid = runningPid(name);
  if (pid === undefined) throw new Error("no worker runs");
  signal(pid, "SIGKILL");
  await until(`worker ${pid} to die`, 10, () => runningPid(name) === undefined);
  return pid;
}

/**
 * Ends every worker that was started in this sandbox, whatever its name and its configuration; a frozen one as well.
 * A worker that is left alive takes tasks from the next one's queues and answers them by a configuration of its own.
 * @returns the names of those that ran
 */
export async function endWorkers(): Promise<WorkerName[]> {
  const running = names().filter(
    (name): name is WorkerName =>
      /^worker(-|$)/.test(name) && runningPid(name) !== undefined,
  );
  await Promise.all(running.map((name) => killWorker(name)));
  return running;
}
