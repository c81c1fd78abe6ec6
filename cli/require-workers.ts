import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "@temporalio/client";
import { CONTROL_QUEUE, scopeOf } from "../domain/settings/task-queues";
import { controlQueue } from "./pipeline";
import { TASK_KINDS, workersOf } from "./workers";

/** How often it is asked before the command gives up: a worker that has just been started polls within seconds. */
const ATTEMPTS = 6;
const PAUSE_MS = 1000;

/**
 * Makes sure that somebody will take up what a command is about to start. Without a worker, a workflow would wait in silence for ever.
 *
 * @param queue the task queue; of those besides that of workflows, activities alone are taken
 * @param pause waits between two looks
 * @throws Error that names the task queue, and of which tasks nobody takes any
 */
export async function requireWorkers(
  client: Client,
  queue = controlQueue(),
  pause: () => Promise<unknown> = () => sleep(PAUSE_MS),
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const idle = await tasksThatNobodyTakes(client, queue);
    if (idle.length === 0) return;
    if (attempt === ATTEMPTS)
      throw new Error(
        idleText(client, queue, idle, ", so that nothing was started"),
      );
    await pause();
  }
}

/** That nobody would take up what is about to be kept for later; undefined where somebody would. */
export async function warningOfWorkers(
  client: Client,
): Promise<string | undefined> {
  const queue = controlQueue();
  const idle = await tasksThatNobodyTakes(client, queue);
  return idle.length === 0 ? undefined : idleText(client, queue, idle, " yet");
}

const idleText = (
  { options }: Client,
  queue: string,
  idle: string[],
  follows: string,
): string =>
  `no worker takes ${idle.join(" and ")} from the task queue ${queue} of the namespace ${options.namespace}${follows}; ${whatHelps(queue)}`;

/** How to have a worker of a queue, which is named by its role and, for an archive, its host. */
function whatHelps(queue: string): string {
  const [role, host] = queue.slice(scopeOf(queue).length).split("@");
  if (role !== CONTROL_QUEUE)
    return `\`sisyphus worker --role ${role}\`${host ? ` on ${host}` : ""} starts one`;
  return scopeOf(queue) === ""
    ? "`sisyphus worker` starts one; where pipelines have names, choose one with `--pipeline`"
    : "`sisyphus worker` starts one";
}

async function tasksThatNobodyTakes(
  client: Client,
  queue: string,
): Promise<string[]> {
  const idle: string[] = [];
  for (const kind of TASK_KINDS) {
    // Workflows all run on one queue.
    if (kind.tasks === "workflows" && queue !== controlQueue()) continue;
    if ((await workersOf(client, queue, [kind])).length === 0)
      idle.push(kind.tasks);
  }
  return idle;
}
