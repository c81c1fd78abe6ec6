import type { Server } from "node:http";
import { hostname } from "node:os";
import { join } from "node:path";
import { NativeConnection, Worker } from "@temporalio/worker";
import type { Storage } from "../clients/storage";
import { hourRulesOf } from "../domain/audit/usable-hours";
import type { Config } from "../domain/settings/config";
import { configDigest } from "../domain/settings/config-digest";
import { archiveQueueOf } from "../domain/settings/task-queues";
import { identityText } from "../domain/settings/worker-identity";
import { version } from "./version";
import { loadConfig } from "./config";
import { connectClient, temporalOptions } from "./connection";
import { createActivities, createDependencies } from "./dependencies";
import { serveHttp } from "./http-server";

/** What a process does: one job, or all of them. */
export type Role = Job | "all";

const JOBS = ["control", "bulk", "archive"] as const;
/** `control`: workflows and light activities. `bulk`: heavy ones. `archive`: those beside the event archive, on its host. */
type Job = (typeof JOBS)[number];

/** Runs this process' workers until it is told to stop. @throws Error where the configuration or Temporal fails it */
export async function runWorkers(
  role: Role,
  configPath: string,
): Promise<void> {
  const config = loadConfig(configPath);
  const jobs: readonly Job[] = role === "all" ? JOBS : [role];
  const hasControl = jobs.includes("control");

  const { connectionOptions, namespace } = temporalOptions();
  const client = await connectClient();
  const connection = await NativeConnection.connect(connectionOptions as never);
  const dependencies = createDependencies(config, client);
  const activities = createActivities(dependencies);
  const identity = workerIdentity(config);
  const workers = await Promise.all(
    jobs.map((job) =>
      Worker.create({
        connection,
        namespace,
        activities,
        identity,
        ...optionsOf(job, config),
        ...(job === "control"
          ? // It lies beside this program: see scripts/build.mjs.
            { workflowBundle: { codePath: join(__dirname, "workflows.js") } }
          : {}),
      }),
    ),
  );
  const server = hasControl
    ? await serveIfConfigured(dependencies.storage, config)
    : undefined;

  console.log(
    `worker ready: ${jobs.map((job) => taskQueueOf(job, config)).join(", ")}`,
  );
  const tickets = keepTickets(dependencies.freshTicket);
  await Promise.all(workers.map((worker) => worker.run()));
  clearInterval(tickets);
  server?.close();
  await dependencies.archive.close();
  await client.connection.close();
  await connection.close();
}

/** Programs that run for long read their tickets from a cache in which a worker sees to it that they do not end. */
const TICKETS_MS = 600_000;
function keepTickets(freshTicket: () => Promise<void>): NodeJS.Timeout {
  const keep = () =>
    void freshTicket().catch((error: Error) => console.warn(error.message));
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

const taskQueueOf = (job: Job, config: Config) =>
  job === "archive" ? archiveQueueOf(config.archive.host) : job;

const optionsOf = (job: Job, config: Config) =>
  ({
    taskQueue: taskQueueOf(job, config),
    maxConcurrentActivityTaskExecutions: job === "control" ? 20 : 4,
    // An activity learns from the answer to its heartbeat that it was cancelled or taken over: that should not take long.
    maxHeartbeatThrottleInterval: "2s",
    defaultHeartbeatThrottleInterval: "1s",
    shutdownGraceTime: "5s",
  }) as const;

/** Metrics and reports, where the configuration says at which address and no other worker of this host serves them. */
async function serveIfConfigured(
  storage: Storage,
  config: Config,
): Promise<Server | undefined> {
  const { metrics } = config;
  if (!metrics) return undefined;
  return serveHttp(storage, metrics, process.env, hourRulesOf(config)).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") throw error;
      // Another control worker of this host serves the same.
      console.warn(`metrics are not served here: ${error.message}`);
      return undefined;
    },
  );
}
