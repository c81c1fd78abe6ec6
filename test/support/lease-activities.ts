import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { createLeaseActivities } from "../../activities/backfill/leases";
import { Storage } from "../../clients/storage";
import { MemoryFiles } from "./memory-hdfs";

/** The real activities of leases, which keep their book in memory. */
export const leaseActivities = (env: TestWorkflowEnvironment) =>
  createLeaseActivities({
    client: env.client,
    storage: new Storage(new MemoryFiles().hdfs, "/sisyphus"),
  });
