import { isCancellation, rootCause } from "@temporalio/workflow";
import type { Preflight, UnknownTopics } from "../../domain/audit/preflight";
import { CONTROL_QUEUE } from "../../domain/settings/task-queues";
import { control } from "../support/activities";
import { scoped } from "../support/scope";

/**
 * Tells a command what is wrong with the topics that it was given, and which task queues an audit or a saga needs. The command itself may have
 * no reach to Kafka and no configuration. Where the topics cannot be checked the queues are told all the same.
 */
export async function preflight(input: {
  topics?: string[];
}): Promise<Preflight> {
  const { archiveQueue, sagaQueues } = await control.quick.settings();
  const audit = [scoped(CONTROL_QUEUE), archiveQueue];
  const found = await unknownAmong(input.topics ?? []);
  return { ...found, queues: { audit, saga: sagaQueues ?? audit } };
}

async function unknownAmong(topics: string[]): Promise<UnknownTopics> {
  if (topics.length === 0) return { unknown: [], problems: [] };
  try {
    return await control.quick.unknownTopics({ topics });
  } catch (error) {
    if (isCancellation(error)) throw error;
    const problem = `topics could not be checked: ${rootCause(error)}`;
    return { unknown: [], problems: [problem] };
  }
}
