import type { Client } from "@temporalio/client";
import { WorkflowNotFoundError } from "@temporalio/common";
import { createLeaseActivities } from "../../../../activities/backfill/leases";

/** The activity, of a Temporal whose newest run of `backfill/july` is this one, or that fails. */
const endedOf = (newest?: { status: string; firstRunId: string } | Error) => {
  const { endedSagas } = createLeaseActivities({
    client: {
      workflow: {
        getHandle: (id: string) => ({
          describe: async () => {
            if (newest instanceof Error) throw newest;
            if (!newest)
              throw new WorkflowNotFoundError("unknown", id, undefined);
            const { status, firstRunId } = newest;
            return {
              status: { name: status },
              raw: { workflowExecutionInfo: { firstRunId } },
              runId: "of a continuation",
            };
          },
        }),
      },
    } as unknown as Pick<Client, "workflow">,
    storage: { read: async () => undefined, write: async () => "" },
  });
  const saga = { id: "one", workflowId: "backfill/july", firstRunId: "r1" };
  return endedSagas({ sagas: [saga] });
};

test.each([
  ["RUNNING", []],
  ["PAUSED", []],
  ["COMPLETED", ["one"]],
  ["FAILED", ["one"]],
  ["CANCELLED", ["one"]],
  ["TERMINATED", ["one"]],
  ["TIMED_OUT", ["one"]],
])("of a saga that is %s, %j have ended", async (status, ended) => {
  expect(await endedOf({ status, firstRunId: "r1" })).toEqual(ended);
});

test("a saga has ended where another of the same workflow id runs, and where nothing of it is kept any more", async () => {
  expect(await endedOf({ status: "RUNNING", firstRunId: "r2" })).toEqual([
    "one",
  ]);
  expect(await endedOf()).toEqual(["one"]);
});

test("of a saga about which the server does not answer nothing is told", async () => {
  await expect(endedOf(new Error("unavailable"))).rejects.toThrow(
    "unavailable",
  );
});
