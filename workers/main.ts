import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { NativeConnection, Worker } from "@temporalio/worker";
import { serveMetrics } from "./metrics";
import { createActivities, createDependencies } from "./dependencies";
import { connectClient, temporalOptions } from "./connection";
import { loadConfig } from "./config";

export type Role = "control" | "bulk" | "archive" | "all";

/** The bundled workflows, in a folder of this process. */
async function bundle(): Promise<{ codePath: string; remove: () => void }> {
  const dir = mkdtempSync(join(tmpdir(), "sisyphus-workflows-"));
  const codePath = join(dir, "bundle.js");
  await promisify(execFile)(process.execPath, [
    "-r",
    "tsx/cjs",
    require.resolve("./bundle.ts"),
    codePath,
  ]);
  return { codePath, remove: () => rmSync(dir, { recursive: true }) };
}

/** Runs this process' workers until it is told to stop: `control` (workflows and light activities), `bulk`, `archive` (on the archive's host) or all three. */
export async function runWorkers(
  role: Role,
  configPath: string,
): Promise<void> {
  const config = loadConfig(configPath);
  const { connectionOptions, namespace } = temporalOptions();
  const client = await connectClient();
  const connection = await NativeConnection.connect(connectionOptions as never);
  const deps = createDependencies(config, client);
  const activities = createActivities(deps);
  const queues = {
    control: "control",
    bulk: "bulk",
    archive: `archive@${config.archive.host}`,
  };
  const roles =
    role === "all" ? (["control", "bulk", "archive"] as const) : [role];
  const workflows = roles.some((r) => r === "control")
    ? await bundle()
    : undefined;
  const workers = await Promise.all(
    roles.map((r) =>
      Worker.create({
        connection,
        namespace,
        taskQueue: queues[r],
        activities,
        maxConcurrentActivityTaskExecutions: r === "control" ? 20 : 4,
        // Cancellation and take-over should be heard of soon.
        maxHeartbeatThrottleInterval: "2s",
        defaultHeartbeatThrottleInterval: "1s",
        ...(r === "control"
          ? { workflowBundle: { codePath: workflows!.codePath } }
          : {}),
        shutdownGraceTime: "5s",
      }),
    ),
  );
  const metrics =
    config.metrics && roles.some((r) => r === "control")
      ? await serveMetrics(deps.storage, config.metrics).catch(
          (error: NodeJS.ErrnoException) => {
            // Another control worker of this host serves the same.
            if (error.code !== "EADDRINUSE") throw error;
            console.warn(`metrics are not served here: ${error.message}`);
            return undefined;
          },
        )
      : undefined;
  workflows?.remove();
  console.log(`worker ready: ${roles.map((r) => queues[r]).join(", ")}`);
  await Promise.all(workers.map((w) => w.run()));
  metrics?.close();
  await client.connection.close();
  await connection.close();
}
