import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { runMemoryChaos } from "../chaos/memory/run";
import { quietWorkers } from "../support/quiet";
import { builtWorkflows, localTemporal } from "../support/temporal";

/**
 * Seeds that once went wrong, and the first few. They are always the same, so that a change is not refused for a world that it has nothing to do
 * with; `npm run chaos` looks for new ones.
 */
const WENT_WRONG = [
  108, 229, 1433, 1469, 5022, 247565179, 285680064, 310308975,
];
const SEEDS = [...WENT_WRONG, ...Array.from({ length: 16 }, (_, i) => 1 + i)];

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  quietWorkers();
  env = await localTemporal();
}, 600_000);
afterAll(() => env?.teardown());

test("whatever fails, dies or wakes up again: every lost event once, no flag lost, one Refine a saga, all as before", async () => {
  const runs = await runMemoryChaos(env, builtWorkflows(), SEEDS);
  expect(runs.filter((r) => r.wrong.length > 0)).toEqual([]);
  expect(runs.some((r) => Object.keys(r.faults).length > 0)).toBe(true);
}, 600_000);
