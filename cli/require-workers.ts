import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@temporalio/client";
import { TASK_QUEUE } from "./client";

/** The two kinds of tasks that a queue hands out, by the number that Temporal's API gives them. */
const KINDS = [
  { taskQueueType: 1, tasks: "workflows" },
  { taskQueueType: 2, tasks: "activities" },
] as const;

/** How often it is asked before the command gives up: a worker that has just been started polls within seconds. */
const ATTEMPTS = 6;
const PAUSE_MS = 1000;

/**
 * Makes sure that somebody will take up what a command is about to start. Without a worker, a workflow would wait in silence for ever.
 *
 * Temporal names a worker up to five minutes after its last poll, so that one which has only just ended is still believed.
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
        `no worker takes ${idle.join(" and ")} from the task queue ${TASK_QUEUE} of the namespace ${client.options.namespace}, so that nothing was started; \`sisyphus worker\` starts one`,
      );
    await pause();
  }
}

async function tasksThatNobodyTakes(client: Client): Promise<string[]> {
  const idle: string[] = [];
  for (const { taskQueueType, tasks } of KINDS) {
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: TASK_QUEUE },
      taskQueueType,
    });
    if (!pollers || pollers.length === 0) idle.push(tasks);
  }
  return idle;
}
