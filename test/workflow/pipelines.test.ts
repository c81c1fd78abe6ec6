import { Worker } from "@temporalio/worker";
import type { BackfillProgress } from "../../domain/backfill/progress";
import { LEASES_QUEUE } from "../../domain/settings/task-queues";
import { until } from "../../sandbox/platform/wait";
import { leaseActivities } from "../support/lease-activities";
import { ANSWERS, APPROVED, SETTINGS } from "../support/scripted-saga";
import { withTemporal } from "../support/temporal-hooks";

/** Two pipelines of one configuration, whose sagas are about the same topic. */
const temporal = withTemporal();
const PIPELINES = ["events", "logs"] as const;

test("a saga works by its own pipeline's workers alone, and waits for that of another pipeline which changes the same topic", async () => {
  const { env, workflowBundle } = temporal;
  const leases = leaseActivities(env);
  const calls: string[] = [];
  let endReplay: () => void = () => undefined;
  /** Of a pipeline: they note by whom they are called. */
  const activitiesOf = (pipeline: (typeof PIPELINES)[number]) => ({
    ...Object.fromEntries(
      Object.entries(ANSWERS).map(([name, answer]) => [
        name,
        async () => {
          calls.push(`${pipeline} ${name}`);
          return answer;
        },
      ]),
    ),
    settings: async () => ({
      ...SETTINGS,
      archiveQueue: `${pipeline}/archive@test`,
    }),
    replay: async () => {
      calls.push(`${pipeline} replay`);
      if (pipeline === "events")
        await new Promise<void>((done) => (endReplay = done));
      return ANSWERS["replay"];
    },
    ...leases,
  });
  const connection = env.nativeConnection;
  const workers = await Promise.all([
    Worker.create({
      connection,
      taskQueue: LEASES_QUEUE,
      workflowBundle,
      activities: leases,
    }),
    ...PIPELINES.flatMap((pipeline) => {
      const shared = { connection, activities: activitiesOf(pipeline) };
      return [
        Worker.create({
          ...shared,
          taskQueue: `${pipeline}/control`,
          workflowBundle,
        }),
        Worker.create({ ...shared, taskQueue: `${pipeline}/bulk` }),
        Worker.create({ ...shared, taskQueue: `${pipeline}/archive@test` }),
      ];
    }),
  ]);
  const start = (pipeline: string) =>
    env.client.workflow.start("backfill", {
      workflowId: `${pipeline}/backfill/x`,
      taskQueue: `${pipeline}/control`,
      args: [APPROVED],
    });
  const story = async () => {
    const first = await start("events");
    await until("the replay", 20, () => calls.includes("events replay"));
    const second = await start("logs");
    const waits = await until("the other to wait", 20, async () => {
      const { steps } = await second.query<BackfillProgress>("progress");
      return steps.find(({ detail }) => detail?.includes("backfill/x"))?.detail;
    });
    expect(waits).toContain("events/backfill/x");
    expect(calls).not.toContain("logs holdRetention");
    endReplay();
    await Promise.all([first.result(), second.result()]);
  };
  await workers.reduce<() => Promise<void>>(
    (inner, worker) => () => worker.runUntil(inner),
    story,
  )();
  for (const pipeline of PIPELINES) {
    for (const name of ["makePlan", "joinMissing", "verify"])
      expect(calls).toContain(`${pipeline} ${name}`);
    // One that had gone to the other pipeline's worker would be missing here, and be there twice.
    expect(calls.filter((call) => call === `${pipeline} replay`)).toHaveLength(
      1,
    );
  }
}, 90_000);
