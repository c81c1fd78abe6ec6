import { TestWorkflowEnvironment } from "@temporalio/testing";
import type { WorkerOptions } from "@temporalio/worker";
import { built } from "../../bin/built";
import { SEARCH_ATTRIBUTES } from "../../temporal-config/search-attributes";
import { setup } from "../../sandbox/platform/setup";

/** A local Temporal server with Sisyphus' search attributes, from the binary that set-up installed. */
export async function localTemporal(
  /** The number of events of a history from which on the server suggests to continue as new; default: the server's own, some thousands. */
  longHistory?: number,
): Promise<TestWorkflowEnvironment> {
  const { temporal } = await setup(() => undefined);
  return TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: "existing-path", path: temporal },
      ip: "127.0.0.1",
      extraArgs: [
        ...Object.entries(SEARCH_ATTRIBUTES).map(
          ([name, type]) => `--search-attribute=${name}=${type}`,
        ),
        ...(longHistory === undefined
          ? []
          : [
              `--dynamic-config-value=limit.historyCount.suggestContinueAsNew=${longHistory}`,
            ]),
      ],
    },
  });
}

/** Where a worker finds its workflows. */
export type Workflows = NonNullable<WorkerOptions["workflowBundle"]>;

/** All workflows of Sisyphus as workers run them; they are built first where that is needed. */
export const builtWorkflows = (): Workflows => ({
  codePath: built("workflows.js"),
});
