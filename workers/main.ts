import type { Server } from "node:http";
import { hostname } from "node:os";
import { join } from "node:path";
import {
  NativeConnection,
  Worker,
  type WorkerOptions,
} from "@temporalio/worker";
import { hourRulesOf } from "../domain/audit/usable-hours";
import type { Config } from "../domain/settings/config";
import { configDigest } from "../domain/settings/config-digest";
import { type Pipeline, pipelineNamed } from "../domain/settings/pipelines";
import {
  archiveQueueOf,
  LEASES_QUEUE,
  scopeOfPipeline,
} from "../domain/settings/task-queues";
import { identityText } from "../domain/settings/worker-identity";
import { version } from "./version";
import { loadPipelines } from "./config";
import { connectClient, temporalOptions } from "./connection";
import {
  createActivities,
  createDependencies,
  createSharedActivities,
} from "./dependencies";
import { type Served, serveHttp } from "./http-server";

/** What a process does: one job, or all of them. */
export type Role = Job | "all";

const JOBS = ["control", "bulk", "archive"] as const;
/** `control`: workflows and light activities. `bulk`: heavy ones. `archive`: those beside the event archive, on its host. */
type Job = (typeof JOBS)[number];

/**
 * Runs this process' workers until it is told to stop.
 * @param chosen the one pipeline that it works for; all of the file's where none is chosen
 * @throws Error where the configuration or Temporal fails it
 */
export async function runWorkers(
  role: Role,
  configPath: string,
  chosen?: string,
): Promise<void> {
  const all = loadPipelines(configPath);
  const pipelines =
    chosen === undefined ? all : [pipelineNamed(all, chosen, configPath)];
  const jobs: readonly Job[] = role === "all" ? JOBS : [role];

  const { connectionOptions, namespace } = temporalOptions();
  const client = await connectClient();
  const connection = await NativeConnection.connect(connectionOptions as never);
  const served = pipelines.map((pipeline) => ({
    pipeline,
    dependencies: createDependencies(pipeline.config, client, pipeline),
  }));
  const wanted = served.flatMap((each) => workersOf(each, jobs));
  const named = served.find(({ pipeline }) => pipeline.name !== undefined);
  if (named && jobs.includes("control")) wanted.push(leasesWorker(named));
  if (wanted.length === 0)
    throw new Error(
      `the role ${role} has nothing to do: ${configPath} names no archive`,
    );
  const workers = await Promise.all(
    wanted.map((options) =>
      Worker.create({ ...COMMON, ...options, connection, namespace }),
    ),
  );
  const server = jobs.includes("control")
    ? await serveIfConfigured(served)
    : undefined;

  console.log(
    `worker ready: ${wanted.map(({ taskQueue }) => taskQueue).join(", ")}`,
  );
  const tickets = keepTickets(
    served.map(({ dependencies }) => dependencies.freshTicket),
  );
  await Promise.all(workers.map((worker) => worker.run()));
  clearInterval(tickets);
  server?.close();
  for (const { dependencies } of served) await dependencies.archive.close();
  await client.connection.close();
  await connection.close();
}

type Wanted = Pick<
  WorkerOptions,
  "taskQueue" | "activities" | "identity" | "workflowBundle"
> & { maxConcurrentActivityTaskExecutions: number };

/** A pipeline, and what its activities share. */
type ServedPipeline = {
  pipeline: Pipeline;
  dependencies: ReturnType<typeof createDependencies>;
};

/** A pipeline's workers, one for each job. */
function workersOf(
  { pipeline: { name, config }, dependencies }: ServedPipeline,
  jobs: readonly Job[],
): Wanted[] {
  const activities = createActivities(dependencies);
  return jobs.flatMap((job) => {
    const queue = taskQueueOf(job, config);
    if (queue === undefined) return [];
    return {
      taskQueue: scopeOfPipeline(name) + queue,
      activities,
      identity: workerIdentity(config),
      maxConcurrentActivityTaskExecutions: job === "control" ? 20 : 4,
      ...(job === "control" ? WORKFLOWS : {}),
    };
  });
}

/** The worker of what pipelines with names share. */
const leasesWorker = ({
  pipeline: { config },
  dependencies,
}: ServedPipeline): Wanted => ({
  taskQueue: LEASES_QUEUE,
  activities: createSharedActivities(dependencies),
  identity: workerIdentity(config),
  maxConcurrentActivityTaskExecutions: 20,
  ...WORKFLOWS,
});

/** They lie beside this program: see scripts/build.mjs. */
const WORKFLOWS = {
  workflowBundle: { codePath: join(__dirname, "workflows.js") },
};

const COMMON = {
  // An activity learns from the answer to its heartbeat that it was cancelled or taken over: that should not take long.
  maxHeartbeatThrottleInterval: "2s",
  defaultHeartbeatThrottleInterval: "1s",
  shutdownGraceTime: "5s",
  // So long a workflow waits for the worker that it last ran on: where that has crashed, another one goes on after this.
  stickyQueueScheduleToStartTimeout: "3s",
} as const;

/** Programs that run for long read their tickets from a cache in which a worker sees to it that they do not end. */
const TICKETS_MS = 600_000;
function keepTickets(all: (() => Promise<void>)[]): NodeJS.Timeout {
  const keep = () => {
    for (const freshTicket of all)
      void freshTicket().catch((error: Error) => console.warn(error.message));
  };
  // Also at once: commands that need no ticket are to be the same one as all others.
  keep();
  return setInterval(keep, TICKETS_MS);
}

/** Who this worker is, as Temporal's pages and `sisyphus config check` show it. */
const workerIdentity = (config: Config): string =>
  identityText({
    process: `${process.pid}@${hostname()}`,
    version: version(),
    config: configDigest(config),
  });

/** A job's task queue; undefined of an archive where the pipeline has none. */
const taskQueueOf = (job: Job, { archive }: Config): string | undefined => {
  if (job !== "archive") return job;
  return archive && archiveQueueOf(archive.host);
};

/** Metrics and reports, where the configuration says at which address and no other worker of this host serves them. */
async function serveIfConfigured(
  pipelines: ServedPipeline[],
): Promise<Server | undefined> {
  const { metrics } = pipelines[0]!.pipeline.config;
  if (!metrics) return undefined;
  const served = pipelines.map(
    ({ pipeline: { name, config }, dependencies }): Served => ({
      ...(name === undefined ? {} : { name }),
      storage: dependencies.storage,
      rules: hourRulesOf(config),
    }),
  );
  return serveHttp(served, metrics, process.env).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") throw error;
      // Another control worker of this host serves the same.
      console.warn(`metrics are not served here: ${error.message}`);
      return undefined;
    },
  );
}
