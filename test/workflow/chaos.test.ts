import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { runMemoryChaos } from "../chaos/memory/run";
import { quietWorkers } from "../support/quiet";
import { bundleWorkflows, localTemporal } from "../support/temporal";

const RUNS = 24;

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  quietWorkers();
  env = await localTemporal();
}, 600_000);
afterAll(() => env?.teardown());

test("whatever fails, dies or wakes up again: every lost event once, no flag lost, one Refine a saga, all as before", async () => {
  const workflowBundle = await bundleWorkflows();
  const first = Math.floor(Math.random() * 1e9);
  const seeds = Array.from({ length: RUNS }, (_, i) => first + i);
  const runs = await runMemoryChaos(env, workflowBundle, seeds);
  expect(runs.filter((r) => r.wrong.length > 0)).toEqual([]);
  expect(runs.some((r) => Object.keys(r.faults).length > 0)).toBe(true);
}, 600_000);
