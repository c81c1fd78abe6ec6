import type { Client } from "@temporalio/client";
import { sagaNameOf } from "../../domain/backfill/saga-name";

/** What the newest saga of a workflow id names all that it keeps and marks by. */
export async function nameOfSaga(
  client: Pick<Client, "workflow">,
  workflowId: string,
): Promise<string> {
  const { raw, runId } = await client.workflow.getHandle(workflowId).describe();
  return sagaNameOf(workflowId, raw.workflowExecutionInfo?.firstRunId || runId);
}
