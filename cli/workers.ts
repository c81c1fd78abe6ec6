import type { Client } from "@temporalio/client";

/** The two kinds of tasks that a queue hands out, by the number that Temporal's API gives them. */
export const TASK_KINDS = [
  { taskQueueType: 1, tasks: "workflows" },
  { taskQueueType: 2, tasks: "activities" },
] as const;

type TaskKind = (typeof TASK_KINDS)[number];

/**
 * The identities of the workers that take tasks of these kinds from a queue, each once. Temporal names a worker up to five minutes after its
 * last poll, so that one which has only just ended is still believed.
 */
export async function workersOf(
  client: Client,
  queue: string,
  kinds: readonly TaskKind[] = TASK_KINDS,
): Promise<string[]> {
  const identities = new Set<string>();
  for (const { taskQueueType } of kinds) {
    const { pollers } = await client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: queue },
      taskQueueType,
    });
    for (const { identity } of pollers ?? []) identities.add(identity ?? "");
  }
  return [...identities];
}
