import type { TestWorkflowEnvironment } from "@temporalio/testing";
import { NativeConnection, Worker } from "@temporalio/worker";
import { takingSagaNames } from "../../activities/backfill/saga-id";
import { until } from "../../sandbox/platform/wait";
import { quietWorkers } from "../support/quiet";
import {
  ANSWERS,
  APPROVED,
  grantedAtOnce,
  SETTINGS,
} from "../support/scripted-saga";
import {
  builtWorkflows,
  localTemporal,
  type Workflows,
} from "../support/temporal";

let env: TestWorkflowEnvironment;
let workflowBundle: Workflows;
/** Two workers of one process may poll the same queue only by two connections. */
let connections: NativeConnection[];
beforeAll(async () => {
  quietWorkers();
  workflowBundle = builtWorkflows();
  env = await localTemporal();
  const second = await NativeConnection.connect({ address: env.address });
  connections = [env.nativeConnection, second];
}, 600_000);
afterAll(async () => {
  await connections?.[1]?.close();
  await env?.teardown();
});

/** Scripted activities of a worker with this configuration, which note who did what: `new replay`. */
function activitiesOf(config: string, did: string[]) {
  const byName = Object.fromEntries(
    Object.entries({
      ...ANSWERS,
      settings: { ...SETTINGS, configDigest: config },
    }).map(([name, answer]) => [
      name,
      async (input: unknown) => {
        did.push(`${config} ${name}`);
        if (name === "requestLease") await grantedAtOnce(env)(input);
        return answer;
      },
    ]),
  );
  return takingSagaNames(byName, config);
}

/** Runs workers while `use` runs: on each queue those of the given configurations. */
async function withWorkers(
  queues: Record<string, string[]>,
  did: string[],
  use: () => Promise<void>,
) {
  const workers = await Promise.all(
    Object.entries(queues).flatMap(([taskQueue, configs]) =>
      configs.map((config, i) =>
        Worker.create({
          connection: connections[i]!,
          activities: activitiesOf(config, did),
          taskQueue,
          ...(taskQueue === "control" && i === 0 ? { workflowBundle } : {}),
        }),
      ),
    ),
  );
  await workers.reduceRight<() => Promise<void>>(
    (inner, worker) => () => worker.runUntil(inner),
    use,
  )();
}

const start = (name: string) =>
  env.client.workflow.start("backfill", {
    workflowId: `backfill/${name}`,
    taskQueue: "control",
    args: [APPROVED],
  });

test("a worker that somebody forgot does no step of a saga that goes by another configuration", async () => {
  const did: string[] = [];
  const queues = {
    control: ["new"],
    bulk: ["old", "new"],
    "archive@test": ["new", "old"],
  };
  await withWorkers(queues, did, async () => {
    const saga = await start("rollout");
    expect(await saga.result()).toMatchObject({ holds: true });
    expect(did).toContain("new replay");
    expect(did.filter((each) => each.startsWith("old"))).toEqual([]);
  });
}, 120_000);

test("a saga that no worker fits any more fails visibly, and goes on once an operator has it adopt what they have", async () => {
  const did: string[] = [];
  const saga = await withWorkersOfOne("old", did, async () => {
    const started = await start("upgrade");
    await until("the replay", 30, () => did.includes("old replay"));
    return started;
  });
  await withWorkers(
    { control: ["new"], bulk: ["new"], "archive@test": ["new"] },
    did,
    async () => {
      await until("a refusal", 60, async () => {
        const { raw } = await saga.describe();
        return raw.pendingActivities?.some(({ lastFailure }) =>
          lastFailure?.message?.includes(
            "is not the one that the saga goes by",
          ),
        );
      });
      expect(await saga.executeUpdate("adoptConfig")).toBe("new");
      // The step that was refused begins again, under what was adopted.
      expect(await saga.result()).toMatchObject({ holds: true });
    },
  );
}, 180_000);

/** The same with one configuration everywhere, whose bulk workers never end a replay. */
async function withWorkersOfOne<T>(
  config: string,
  did: string[],
  use: () => Promise<T>,
): Promise<T> {
  let result: T;
  await withWorkers(
    { control: [config], "archive@test": [config] },
    did,
    async () => {
      const bulk = await Worker.create({
        connection: env.nativeConnection,
        taskQueue: "bulk",
        activities: {
          ...activitiesOf(config, did),
          replay: async () => {
            did.push(`${config} replay`);
            throw new Error("Kafka does not answer");
          },
        },
      });
      result = await bulk.runUntil(use);
    },
  );
  return result!;
}
