import type { Client } from "@temporalio/client";
import {
  readIdentity,
  type WorkerIdentity,
} from "../domain/settings/worker-identity";

/** Temporal's numbers of the kinds of tasks. */
const KINDS = [1, 2] as const;

/** A worker that polls a task queue. */
export type Poller = {
  queue: string;
  /** Its identity as it stands; of a worker of this version also what it says. */
  identity: string;
  says?: WorkerIdentity;
};

/**
 * The workers that poll these task queues, each once a queue. Temporal names a worker up to five minutes after its last poll.
 */
export async function pollersOf(
  client: Client,
  queues: string[],
): Promise<Poller[]> {
  const found = new Map<string, Poller>();
  for (const queue of queues)
    for (const taskQueueType of KINDS) {
      const { pollers } = await client.workflowService.describeTaskQueue({
        namespace: client.options.namespace,
        taskQueue: { name: queue },
        taskQueueType,
      });
      for (const { identity } of pollers ?? []) {
        const says = readIdentity(identity ?? "");
        found.set(`${queue} ${identity}`, {
          queue,
          identity: identity ?? "",
          ...(says ? { says } : {}),
        });
      }
    }
  return [...found.values()];
}
