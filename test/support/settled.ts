import type { Client } from "@temporalio/client";
import { until } from "../../sandbox/platform/wait";

/**
 * Waits until no workflow has a task or an activity under way. A worker that ends at the moment in which it is given one takes it along, and
 * whoever comes next waits for it until the server gives it up, for a minute in the case of the book of leases.
 */
export async function settled(client: Client): Promise<void> {
  await until("all that is under way to end", 60, async () => {
    const open = client.workflow.list({
      query: 'ExecutionStatus = "Running"',
    });
    for await (const { workflowId } of open) {
      const { raw } = await client.workflow.getHandle(workflowId).describe();
      if (raw.pendingWorkflowTask || raw.pendingActivities?.length)
        return false;
    }
    return true;
  });
}
