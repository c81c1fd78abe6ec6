import { createLeaseActivities } from "../../../activities/backfill/leases";
import type { LeaseRequest } from "../../../domain/backfill/leases";
import { takingSagaNames } from "../../../activities/backfill/saga-id";
import { WorkflowFailedError } from "@temporalio/client";
import { activityInfo } from "@temporalio/activity";
import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { Worker, type WorkflowBundle } from "@temporalio/worker";
import { mapPool } from "../../../lib/map-pool";
import { random } from "./faults";
import { wrongs } from "./judge";
import { RANGE } from "./scenario";
import { World } from "./world";
import type { BackfillResult } from "../../../domain/backfill/report";
import type { BackfillProgress } from "../../../domain/backfill/progress";
import { STEPS } from "../../../domain/backfill/steps";

/** What became of one saga. */
export type Run = {
  seed: number;
  outcome: "repaired" | "aborted";
  /** How often each kind of fault happened. */
  faults: Record<string, number>;
  /** What was wrong in the world afterwards; none where all is well. */
  wrong: string[];
};

/** Sagas that run at the same time. */
const WIDTH = 40;
/** The fraction of the first three attempts of activities that have a fault. */
const INTENSITY = 0.4;
/** The fraction of sagas that are aborted. */
const ABORTED = 0.2;
/** How long a saga may take. */
const SECONDS = 240;
/** How long a worker may still be asleep when its saga has ended, in milliseconds: longer than the longest sleep of a fault. */
const ZOMBIE_MS = 3500;
/** An abort may come while one of these runs: from the first step that changes something to the last before the proof. */
const ABORTABLE = STEPS.slice(
  STEPS.indexOf("hold retention"),
  STEPS.indexOf("verify"),
);

/** Runs one saga for each seed, `WIDTH` of them at the same time: the real workflow and the real activities over platforms in memory. */
export async function runMemoryChaos(
  env: TestWorkflowEnvironment,
  workflowBundle: WorkflowBundle,
  seeds: number[],
  each: (run: Run) => void = () => undefined,
): Promise<Run[]> {
  const worlds = new Map<string, World>();
  const names = Object.keys(new World(0, 0).activities());
  const named = Object.fromEntries(
    names.map((name) => [
      name,
      (input: unknown) =>
        worlds
          .get(activityInfo().workflowExecution!.workflowId)!
          .run(name, input),
    ]),
  );
  const activities = takingSagaNames({
    ...named,
    ...leasesOfWorlds(env),
  });
  const shared = {
    connection: env.nativeConnection,
    activities,
    maxConcurrentActivityTaskExecutions: 200,
  };
  const [control, bulk, archive] = await Promise.all([
    Worker.create({ ...shared, taskQueue: "control", workflowBundle }),
    Worker.create({ ...shared, taskQueue: "bulk" }),
    Worker.create({ ...shared, taskQueue: "archive@test" }),
  ]);
  return control.runUntil(() =>
    bulk.runUntil(() =>
      archive.runUntil(() =>
        mapPool(seeds, WIDTH, async (seed) => {
          const id = `backfill/chaos-${seed}`;
          const world = new World(seed, INTENSITY);
          worlds.set(id, world);
          const run = await runSaga(env, id, seed, world);
          worlds.delete(id);
          each(run);
          return run;
        }),
      ),
    ),
  );
}

/** The real leases. Every world has topics of the same names, so what a saga asks for is named by its world as well. */
function leasesOfWorlds(env: TestWorkflowEnvironment) {
  const real = createLeaseActivities({ client: env.client });
  return {
    ...real,
    requestLease: (request: LeaseRequest) =>
      real.requestLease({
        ...request,
        resources: request.resources.map(
          (resource) => `${request.workflowId} ${resource}`,
        ),
      }),
  };
}

/** Runs one saga to its end, aborts it in the middle where the seed says so, and judges the world afterwards. */
async function runSaga(
  env: TestWorkflowEnvironment,
  id: string,
  seed: number,
  world: World,
): Promise<Run> {
  const handle = await env.client.workflow.start("backfill", {
    workflowId: id,
    taskQueue: "control",
    args: [{ ...RANGE, autoApprove: true }],
    workflowExecutionTimeout: `${SECONDS}s`,
  });
  const dice = random(seed ^ 0x5eed);
  const step =
    dice() < ABORTED
      ? ABORTABLE[Math.floor(dice() * ABORTABLE.length)]
      : undefined;
  let over = false;
  const result = (handle.result() as Promise<BackfillResult>).finally(
    () => (over = true),
  );
  result.catch(() => undefined);
  while (step && !over) {
    const progress = await handle
      .query<BackfillProgress>("progress")
      .catch(() => undefined);
    const state = progress?.steps.find((s) => s.name === step)?.state;
    if (state && state !== "waiting") {
      await new Promise((go) => setTimeout(go, dice() * 1500));
      await handle
        .executeUpdate("abort", { args: ["chaos"] })
        .catch(() => undefined);
      break;
    }
    await new Promise((go) => setTimeout(go, 50));
  }
  try {
    const ended = await result;
    // A worker that is still asleep must do no harm when it wakes up.
    await new Promise((go) => setTimeout(go, ZOMBIE_MS));
    return {
      seed,
      outcome: "repaired",
      faults: world.faults,
      wrong: wrongs(world, "holds" in ended ? { holds: ended.holds } : {}),
    };
  } catch (error) {
    const aborted =
      error instanceof WorkflowFailedError
        ? (error.cause?.message ?? "failed")
        : String(error);
    await new Promise((go) => setTimeout(go, ZOMBIE_MS));
    return {
      seed,
      outcome: "aborted",
      faults: world.faults,
      wrong: aborted.startsWith("aborted: chaos")
        ? wrongs(world, { aborted })
        : [`the saga ended with: ${aborted}`, ...wrongs(world, { aborted })],
    };
  }
}
