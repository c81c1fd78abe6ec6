import { WorkflowNotFoundError } from "@temporalio/common";
import { createLeaseActivities } from "../../../../activities/backfill/leases";

const SAGA = { id: "request", workflowId: "backfill/july-5", firstRunId: "a" };

/** What the server says of a workflow id. */
const endedWhere = (describe: () => Promise<unknown>) =>
  createLeaseActivities({
    client: { workflow: { getHandle: () => ({ describe }) } } as never,
  }).endedSagas({ sagas: [SAGA] });

const described =
  (name: string, runId: string, firstRunId = "") =>
  async () => ({
    status: { name },
    runId,
    raw: { workflowExecutionInfo: { firstRunId } },
  });

test.each([
  ["its first run goes on", described("RUNNING", "a"), []],
  ["a later run of it goes on", described("RUNNING", "b", "a"), []],
  ["it has ended", described("TERMINATED", "a"), ["request"]],
  [
    "another has its workflow id by now",
    described("RUNNING", "b", "b"),
    ["request"],
  ],
  [
    "the server has forgotten it",
    () =>
      Promise.reject(
        new WorkflowNotFoundError("gone", "backfill/july-5", undefined),
      ),
    ["request"],
  ],
])("of a saga that holds a lease, where %s", async (_, describe, ended) => {
  expect(await endedWhere(describe)).toEqual(ended);
});

test("a saga of which the server cannot tell keeps its lease", async () => {
  await expect(
    endedWhere(() => Promise.reject(new Error("unavailable"))),
  ).rejects.toThrow("unavailable");
});
