import { randomUUID } from "node:crypto";
import type { Client } from "@temporalio/client";
import type { Preflight } from "../domain/audit/preflight";
import { controlQueue, scoped } from "./pipeline";
import { deepest } from "./client";
import { requireWorkers } from "./require-workers";

/** What a command is about to start: something on the queue of workflows alone, an audit, or a saga. */
export type Needs = "control" | "audit" | "saga";

/** A worker that does not know the question answers never; what it asks of Kafka and HDFS takes seconds. */
const TIMEOUT = "45 seconds";

/**
 * Makes sure that a command may start something: workers poll every task queue that it needs, and its topics are known. Where that cannot be
 * found out, because Kafka does not answer or the workers are of an older version, it says so and lets the command go on.
 *
 * @param warn tells what could not be found out
 * @throws Error that names the queues without a worker, or the topics that nothing knows with others that are like them
 */
export async function preflight(
  client: Client,
  { needs, topics }: { needs: Needs; topics?: string[] | undefined },
  warn: (text: string) => void = (text) => console.error(text),
): Promise<void> {
  await requireWorkers(client);
  if (needs === "control" && !topics) return;
  const found = await ask(client, topics).catch((error: Error) => {
    warn(
      `topics and task queues could not be checked: ${deepest(error).message}`,
    );
    return undefined;
  });
  if (!found) return;
  refuseUnknown(found, warn);
  if (needs === "control") return;
  for (const queue of found.queues[needs]) await requireWorkers(client, queue);
}

const ask = (
  client: Client,
  topics: string[] | undefined,
): Promise<Preflight> =>
  client.workflow.execute("preflight", {
    workflowId: scoped(`preflight/${randomUUID()}`),
    taskQueue: controlQueue(),
    args: [topics ? { topics } : {}],
    workflowExecutionTimeout: TIMEOUT,
    staticSummary: "What a command asks before it starts anything",
  }) as Promise<Preflight>;

function refuseUnknown(
  { unknown, problems }: Preflight,
  warn: (text: string) => void,
): void {
  if (unknown.length === 0) return problems.forEach((problem) => warn(problem));
  const named = unknown
    .map(({ topic, near }) =>
      near.length > 0 ? `${topic} (did you mean ${near.join(" or ")}?)` : topic,
    )
    .join(", ");
  if (problems.length > 0)
    return warn(`topics: nothing is known of ${named}; ${problems.join("; ")}`);
  throw new Error(
    `topics: ${named}: Kafka, the importer's positions, raw hours and tables know no such topic with a dataset; nothing was started`,
  );
}
