import { leaseActivities } from "../../support/lease-activities";
import {
  type LeaseBook,
  LEASES_ID,
  type LeaseRequest,
} from "../../../domain/backfill/leases";
import { takingSagaNames } from "../../../activities/backfill/saga-id";
import { WorkflowFailedError, type WorkflowHandle } from "@temporalio/client";
import { activityInfo } from "@temporalio/activity";
import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { Worker } from "@temporalio/worker";
import type { Workflows } from "../../support/temporal";
import { mapPool } from "../../../lib/map-pool";
import { random } from "../../../lib/random";
import { type Ended, wrongs } from "./judge";
import { RANGE, topicOf } from "./scenario";
import { type SagaShape, shapeText } from "./shape";
import { World } from "./world";
import type { BackfillResult } from "../../../domain/backfill/report";
import type { BackfillProgress } from "../../../domain/backfill/progress";
import { STEPS } from "../../../domain/backfill/steps";

/** What became of the sagas of one seed. */
export type Run = {
  seed: number;
  /** What the seed's world is like; see {@link Shape}. */
  shape: string;
  /** How its sagas ended. */
  outcome: string;
  /** How often each kind of fault happened. */
  faults: Record<string, number>;
  /** What was wrong in the world afterwards; none where all is well. */
  wrong: string[];
};

/** Worlds that run at the same time. */
const WIDTH = 20;
/** The fraction of the first three attempts of activities that have a fault. */
const INTENSITY = 0.4;
/** How long a saga may take, on a busy machine and behind another one. */
const SECONDS = 500;
/** How long a worker may still be asleep when its saga has ended, in milliseconds: longer than the longest sleep of a fault. */
const ZOMBIE_MS = 3500;
/** An abort may come while one of these runs: from the wait for leases to the last before the proof. */
const ABORTABLE = STEPS.slice(
  STEPS.indexOf("approve"),
  STEPS.indexOf("verify"),
);

/** Runs the sagas of each seed, `WIDTH` worlds at the same time: the real workflow and the real activities over platforms in memory. */
export async function runMemoryChaos(
  env: TestWorkflowEnvironment,
  workflowBundle: Workflows,
  seeds: number[],
  each: (run: Run) => void = () => undefined,
): Promise<Run[]> {
  const worlds = new Map<string, World>();
  const names = Object.keys(new World(0, 0).activities("bulk-a"));
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
    ...leasesOfWorlds(env, worlds),
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
          const world = new World(seed, INTENSITY);
          const run = await runWorld(env, seed, world, worlds);
          each(run);
          return run;
        }),
      ),
    ),
  );
}

/** The real leases. Every world has topics of the same names, so what a saga asks for is named by its world as well. */
function leasesOfWorlds(
  env: TestWorkflowEnvironment,
  worlds: Map<string, World>,
) {
  const real = leaseActivities(env);
  return {
    ...real,
    requestLease: (request: LeaseRequest) =>
      real.requestLease({
        ...request,
        resources: request.resources.map((resource) =>
          inWorld(worlds.get(request.workflowId)!.seed, resource),
        ),
      }),
  };
}

/** How often the book of leases is asked for before a campaign is given up. */
const QUERIES = 20;

const inWorld = (seed: number, resource: string) => `${seed} ${resource}`;

/** The book of leases of all worlds. Where many of them are at work, a query can be too late, and is asked again. */
async function leaseBook(env: TestWorkflowEnvironment): Promise<LeaseBook> {
  for (let tries = 1; ; tries++)
    try {
      return await env.client.workflow
        .getHandle(LEASES_ID)
        .query<LeaseBook>("progress");
    } catch (error) {
      if (tries === QUERIES) throw error;
      await pause(1000);
    }
}

/** What sagas of a world still hold or wait for. */
async function leasesLeft(
  env: TestWorkflowEnvironment,
  seed: number,
): Promise<string[]> {
  const { held, waiting } = await leaseBook(env);
  return [...held, ...waiting]
    .filter(({ resources }) =>
      resources.some((resource) => resource.startsWith(inWorld(seed, ""))),
    )
    .map(({ id }) => `the lease ${id} is left`);
}

/** Runs the sagas of a world to their ends, and judges it afterwards. */
async function runWorld(
  env: TestWorkflowEnvironment,
  seed: number,
  world: World,
  worlds: Map<string, World>,
): Promise<Run> {
  const ended: EndedSaga[] = [];
  world.begin();
  let before: Promise<void> = Promise.resolve();
  const all = world.shape.sagas.map((saga, i) => {
    const { starts } = saga;
    const id = `backfill/chaos-${seed}${i === 0 || starts === "again" ? "" : "-beside"}`;
    worlds.set(id, world);
    const dice = random(seed ^ 0x5eed ^ (i << 20));
    before = (starts === "again" ? before : pause(starts)).then(async () => {
      ended[i] = await runSaga(env, id, saga, dice);
    });
    return before;
  });
  await Promise.all(all);
  world.schedules.end();
  // A worker that is still asleep must do no harm when it wakes up.
  await pause(ZOMBIE_MS);
  for (const [id, of] of worlds) if (of === world) worlds.delete(id);
  return {
    seed,
    shape: shapeText(world.shape),
    outcome: ended.map(outcomeOf).join(", "),
    faults: world.faults,
    wrong: [
      ...ended.flatMap(({ failed }) =>
        failed === undefined ? [] : [`a saga ended with: ${failed}`],
      ),
      ...wrongs(world, ended),
      ...(await leasesLeft(env, seed)),
    ],
  };
}

const pause = (ms: number) => new Promise((go) => setTimeout(go, ms));

/** Names of the activities that a workflow has begun and that have not ended, as its history says. */
async function underWay(handle: WorkflowHandle): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  const names = new Map<string, string>();
  for (const event of events ?? []) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled)
      names.set(String(event.eventId), String(scheduled.activityType?.name));
    const ended =
      event.activityTaskCompletedEventAttributes ??
      event.activityTaskFailedEventAttributes ??
      event.activityTaskCanceledEventAttributes ??
      event.activityTaskTimedOutEventAttributes;
    if (ended) names.delete(String(ended.scheduledEventId));
  }
  return [...names.values()];
}

/** Which steps of a workflow that has ended were begun and are not done, and what they say: a failed one waits for an operator. */
async function stepsOf(handle: WorkflowHandle): Promise<string> {
  const progress = await handle
    .query<BackfillProgress>("progress")
    .catch(() => undefined);
  return (progress?.steps ?? [])
    .filter(({ state }) => state !== "done" && state !== "waiting")
    .map(({ name, state, detail }) => `${name} ${state} ${detail ?? ""}`)
    .join("; ");
}

type EndedSaga = Ended & {
  /** Why it ended that was to go on. */
  failed?: string;
};

const outcomeOf = ({ aborted, holds }: EndedSaga): string => {
  if (aborted !== undefined) return "aborted";
  return holds === undefined ? "nothing to do" : "repaired";
};

/** Runs one saga to its end, and aborts it in the middle where the seed says so. */
async function runSaga(
  env: TestWorkflowEnvironment,
  id: string,
  { schemas, isAborted }: SagaShape,
  dice: () => number,
): Promise<EndedSaga> {
  const handle = await env.client.workflow.start("backfill", {
    workflowId: id,
    taskQueue: "control",
    args: [{ ...RANGE, topics: schemas.map(topicOf), autoApprove: true }],
    workflowExecutionTimeout: `${SECONDS}s`,
  });
  const step = isAborted
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
      await pause(dice() * 1500);
      await handle
        .executeUpdate("abort", { args: ["chaos"] })
        .catch(() => undefined);
      break;
    }
    await pause(50);
  }
  try {
    const ended = await result;
    return { schemas, ...("holds" in ended ? { holds: ended.holds } : {}) };
  } catch (error) {
    const aborted =
      error instanceof WorkflowFailedError
        ? (error.cause?.message ?? "failed")
        : String(error);
    if (aborted.startsWith("aborted: chaos")) return { schemas, aborted };
    const failed = `${aborted}; under way: ${(await underWay(handle)).join(", ")}; steps: ${await stepsOf(handle)}`;
    return { schemas, aborted, failed };
  }
}
