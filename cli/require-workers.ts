import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@temporalio/client";
import { CONTROL_QUEUE } from "../domain/settings/task-queues";
import { TASK_KINDS, workersOf } from "./workers";

/** How often it is asked before the command gives up: a worker that has just been started polls within seconds. */
const ATTEMPTS = 6;
const PAUSE_MS = 1000;

/**
 * Makes sure that somebody will take up what a command is about to start. Without a worker, a workflow would wait in silence for ever.
 *
 * @param pause waits between two looks
 * @throws Error that names the task queue, and of which tasks nobody takes any
 */
export async function requireWorkers(
  client: Client,
  pause: () => Promise<unknown> = () => sleep(PAUSE_MS),
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const idle = await tasksThatNobodyTakes(client);
    if (idle.length === 0) return;
    if (attempt === ATTEMPTS)
      throw new Error(
        `no worker takes ${idle.join(" and ")} from the task queue ${CONTROL_QUEUE} of the namespace ${client.options.namespace}, so that nothing was started; \`sisyphus worker\` starts one`,
      );
    await pause();
  }
}

async function tasksThatNobodyTakes(client: Client): Promise<string[]> {
  const idle: string[] = [];
  for (const kind of TASK_KINDS)
    if ((await workersOf(client, CONTROL_QUEUE, [kind])).length === 0)
      idle.push(kind.tasks);
  return idle;
}
