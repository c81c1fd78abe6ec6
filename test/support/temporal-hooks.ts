import type { TestWorkflowEnvironment } from "@temporalio/testing";
import type { WorkflowBundleWithSourceMap } from "@temporalio/worker";
import { quietWorkers } from "./quiet";
import { bundleWorkflows, localTemporal } from "./temporal";

/** A Temporal server and all workflows, for the tests of a file. */
export type Temporal = {
  env: TestWorkflowEnvironment;
  workflowBundle: WorkflowBundleWithSourceMap;
};

/**
 * Registers the hooks that start and stop a Temporal server for a test file.
 * @param longHistory see {@link localTemporal}
 * @returns what is there once the tests run
 */
export function withTemporal(longHistory?: number): Temporal {
  const temporal = {} as Temporal;
  beforeAll(async () => {
    quietWorkers();
    [temporal.env, temporal.workflowBundle] = await Promise.all([
      localTemporal(longHistory),
      bundleWorkflows(),
    ]);
  }, 600_000);
  afterAll(() => temporal.env?.teardown());
  return temporal;
}
