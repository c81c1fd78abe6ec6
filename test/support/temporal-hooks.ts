import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { quietWorkers } from "./quiet";
import { builtWorkflows, localTemporal, type Workflows } from "./temporal";

/** A Temporal server and all workflows, for the tests of a file. */
export type Temporal = {
  env: TestWorkflowEnvironment;
  workflowBundle: Workflows;
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
    temporal.workflowBundle = builtWorkflows();
    temporal.env = await localTemporal(longHistory);
  }, 600_000);
  afterAll(() => temporal.env?.teardown());
  return temporal;
}
