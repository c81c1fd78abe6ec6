import type { Client, WorkflowExecutionStatusName } from "@temporalio/client";
import { WorkflowNotFoundError } from "@temporalio/common";
import { LEASES_ID, type LeaseRequest } from "../../domain/backfill/leases";
import { ownTaskQueue } from "../own-task-queue";

/** A saga with a request, as the leases know it. */
type KnownSaga = Pick<LeaseRequest, "id" | "workflowId" | "firstRunId">;

/** A workflow that the server has paused goes on one day: only what has certainly ended gives its leases back. */
const ENDED: ReadonlySet<WorkflowExecutionStatusName> = new Set([
  "COMPLETED",
  "FAILED",
  "CANCELLED",
  "TERMINATED",
  "TIMED_OUT",
]);

/** Asking for leases, and telling which sagas have ended without giving theirs back. */
export function createLeaseActivities({
  client,
}: {
  client: Pick<Client, "workflow">;
}) {
  /** Whether a saga has ended, or its workflow id belongs to another by now. */
  async function hasEnded({
    workflowId,
    firstRunId,
  }: KnownSaga): Promise<boolean> {
    try {
      const { status, raw, runId } = await client.workflow
        .getHandle(workflowId)
        .describe();
      const first = raw.workflowExecutionInfo?.firstRunId || runId;
      return ENDED.has(status.name) || first !== firstRunId;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return true;
      throw error;
    }
  }

  return {
    /** Asks the book of leases, which is begun if there is none; it answers the saga by a signal. */
    async requestLease(request: LeaseRequest): Promise<void> {
      await client.workflow.signalWithStart("leases", {
        workflowId: LEASES_ID,
        taskQueue: ownTaskQueue(),
        args: [],
        signal: "request",
        signalArgs: [request],
        staticSummary: "Which backfill may change what",
      });
    },
    /** Ids of the requests whose sagas have ended. */
    async endedSagas(input: { sagas: KnownSaga[] }): Promise<string[]> {
      const ended: string[] = [];
      for (const saga of input.sagas)
        if (await hasEnded(saga)) ended.push(saga.id);
      return ended;
    },
  };
}
