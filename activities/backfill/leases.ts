import type { Client, WorkflowExecutionStatusName } from "@temporalio/client";
import { WorkflowNotFoundError } from "@temporalio/common";
import {
  type LeaseBook,
  LEASES_ID,
  type LeaseRequest,
} from "../../domain/backfill/leases";
import type { Storage } from "../../clients/storage";
import { leaseBookPlace } from "../../clients/storage-layout";
import { leasesQueueOf } from "../../domain/settings/task-queues";
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
  storage,
}: {
  client: Pick<Client, "workflow">;
  storage: Pick<Storage, "read" | "write">;
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

  /** Signals the book of leases, which is begun if there is none. */
  const tellBook = (signal: string, argument: unknown) =>
    client.workflow.signalWithStart("leases", {
      workflowId: LEASES_ID,
      taskQueue: leasesQueueOf(ownTaskQueue()),
      args: [],
      signal,
      signalArgs: [argument],
      staticSummary: "Which backfill may change what",
    });

  return {
    /** Asks for leases; the book answers the saga by a signal. */
    async requestLease(request: LeaseRequest): Promise<void> {
      await tellBook("request", request);
    },
    /** Gives back what a request holds, where no workflow keeps the book at the moment: a new one would find it held. */
    async returnLease(input: { id: string }): Promise<void> {
      await tellBook("return", input.id);
    },
    /** What leases were held when somebody last kept the book; undefined where nobody has. */
    readLeaseBook: (): Promise<LeaseBook | undefined> =>
      storage.read(leaseBookPlace),
    /** Keeps what leases are held, so that they outlive the workflow which grants them. It is called before a saga hears that it has one. */
    async keepLeaseBook({ held }: LeaseBook): Promise<void> {
      await storage.write(leaseBookPlace, { held, waiting: [] });
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
