import { nameOfSaga } from "../../support/saga-name";
import { setTimeout as delay } from "node:timers/promises";
import { type Client, WorkflowFailedError } from "@temporalio/client";
import type { BackfillProgress } from "../../../domain/backfill/progress";
import type { BackfillResult } from "../../../domain/backfill/report";
import { addHours } from "../../../lib/hour";
import { environment } from "../../../sandbox/platform/config";
import { ports } from "../../../sandbox/platform/ports";
import { up } from "../../../sandbox/platform/up";
import { endWorkers } from "../../../sandbox/platform/worker";
import { connectClient } from "../../../workers/connection";
import { inflict, type Kind, oneWorker, type Proxies } from "./faults";
import { type Ended, Judge } from "./judge";
import { Proxy } from "./proxy";
import { openHdfs, prepare, type Scenario, writeChaosConfig } from "./scenario";
import { anyFaults, type Schedule } from "./schedule";

export type SandboxRun = {
  seed: number;
  outcome: "repaired" | "aborted" | "failed";
  faults: { kind: Kind; step: string }[];
  seconds: number;
  /** What was found wrong afterwards; empty for a good run. */
  wrong: string[];
};

/** How long a saga may take before it counts as one that never ends. */
const SECONDS = 360;
/** Seeds whose incident is played together. */
const BATCH = 10;
/** How often a step that gave up is tried again. */
const MAX_RETRIES = 10;
/** An attempt that woke up may still act for as long as a call takes. */
const ZOMBIE_MS = 3000;
const quiet = () => undefined;

/**
 * Runs small sagas, one after the other, on the running sandbox, which it starts. However it ends, no worker of it is left:
 * one that lives on would answer the next user's tasks by the configuration of the chaos.
 */
export async function runSandboxChaos(
  seeds: number[],
  each: (run: SandboxRun) => void = () => undefined,
  schedule: (seed: number) => Schedule = anyFaults,
): Promise<SandboxRun[]> {
  const p = ports();
  Object.assign(process.env, environment(p));
  await up(quiet);
  const proxies: Proxies = {
    webhdfs: new Proxy(p.webHdfsProxy, p.nameNodeHttp),
    metastore: new Proxy(p.metastoreProxy, p.metastore),
  };
  const runs: SandboxRun[] = [];
  const judge = new Judge();
  try {
    await Promise.all([proxies.webhdfs.start(), proxies.metastore.start()]);
    writeChaosConfig();
    await openHdfs();
    for (let i = 0; i < seeds.length; i += BATCH) {
      const batch = await prepare(i / BATCH, seeds.slice(i, i + BATCH));
      for (const scenario of batch) {
        await up(quiet);
        await oneWorker();
        const run = await runScenario(
          scenario,
          batch,
          judge,
          proxies,
          schedule(scenario.seed),
        );
        runs.push(run);
        each(run);
      }
    }
  } finally {
    await endWorkers();
    await judge.close();
    await Promise.all([proxies.webhdfs.stop(), proxies.metastore.stop()]);
  }
  return runs;
}

async function runScenario(
  scenario: Scenario,
  batch: Scenario[],
  judge: Judge,
  proxies: Proxies,
  schedule: Schedule,
): Promise<SandboxRun> {
  const { seed } = scenario;
  const workflowId = `backfill/chaos-${seed}`;
  const before = await judge.state(batch);
  const started = Date.now();
  const { ended, faults, failures } = await sagaUnderFaults(
    workflowId,
    scenario,
    proxies,
    schedule,
  );
  await up(quiet);
  const seconds = Math.round((Date.now() - started) / 1000);
  const client = await connectClient();
  const name = await nameOfSaga(client, workflowId);
  await client.connection.close();
  const wrong = await judge.wrongs(scenario, batch, before, name, ended);
  return {
    seed,
    outcome:
      "result" in ended
        ? "repaired"
        : "aborted" in ended
          ? "aborted"
          : "failed",
    faults,
    seconds,
    wrong: [...failures, ...wrong],
  };
}

/**
 * Starts a saga and makes the scheduled faults while it runs, until it has ended.
 * Every fault is over when this returns or throws: none of them starts a worker or a service later on.
 * @returns how the saga ended, the faults that were made, and those that could not be made
 */
async function sagaUnderFaults(
  workflowId: string,
  { topic, asOf, hours }: Scenario,
  proxies: Proxies,
  { faults, abort, dice }: Schedule,
): Promise<{
  ended: Ended;
  faults: SandboxRun["faults"];
  failures: string[];
}> {
  const client = await connectClient();
  const made: SandboxRun["faults"] = [];
  const failures: string[] = [];
  const underWay = new Set<Promise<void>>();
  const make = (fault: Schedule["faults"][number]) => {
    made.push({ kind: fault.kind, step: fault.step });
    const over: Promise<void> = inflict(
      fault.kind,
      dice,
      proxies,
      fault.freezeMs,
    )
      .catch((error: Error) => {
        failures.push(`the fault "${fault.kind}" failed: ${error.message}`);
      })
      .finally(() => underWay.delete(over));
    underWay.add(over);
  };
  try {
    const started = Date.now();
    const handle = await client.workflow.start("backfill", {
      workflowId,
      taskQueue: "control",
      args: [
        {
          since: hours.outdated,
          until: addHours(hours.stuck, 1),
          topics: [topic],
          asOf,
          autoApprove: true,
        },
      ],
    });
    const waiting = [...faults];
    let toAbort = abort;
    let retries = 0;
    let ended: Ended | undefined;
    while (ended === undefined && Date.now() < started + SECONDS * 1000) {
      const progress = await progressOf(client, workflowId);
      const step = (name: string) =>
        progress?.steps.find((s) => s.name === name);
      // A fault whose step passed unseen happens at once.
      const reached = (name: string) =>
        step(name) && step(name)!.state !== "waiting";
      for (const fault of waiting.filter((f) => reached(f.step))) {
        waiting.splice(waiting.indexOf(fault), 1);
        await delay(fault.afterMs);
        make(fault);
      }
      if (toAbort && reached(toAbort.step)) {
        await delay(toAbort.afterMs);
        const heard = await handle
          .executeUpdate("abort", { args: ["chaos"] })
          .then(
            () => true,
            (e: Error) => /ending already|completed/.test(String(e.cause ?? e)),
          );
        if (heard) toAbort = undefined;
      }
      // The operator: once the platform is well again, a step that gave up is tried again.
      if (
        underWay.size === 0 &&
        progress?.steps.some((s) => s.state === "failed") &&
        retries < MAX_RETRIES
      ) {
        retries++;
        await handle.executeUpdate("retryStep").catch(() => undefined);
      }
      ended = await outcome(client, workflowId);
      await delay(200);
    }
    await Promise.all(underWay);
    if (!ended) {
      const progress = await progressOf(client, workflowId);
      await handle.terminate("it did not end").catch(() => undefined);
      ended = {
        failed: `nothing after ${SECONDS} s; ${JSON.stringify(progress?.steps.find((s) => s.state === "running" || s.state === "failed"))}`,
      };
    }
    await delay(ZOMBIE_MS);
    return { ended, faults: made, failures };
  } finally {
    await Promise.all(underWay);
    await client.connection.close();
  }
}

/** The saga's progress, or undefined where nobody answers. */
const progressOf = (client: Client, id: string) =>
  // A deadline of the call's own: a call that is left behind would go on on a closed connection.
  client
    .withDeadline(Date.now() + 5000, () =>
      client.workflow.getHandle(id).query<BackfillProgress>("progress"),
    )
    .catch(() => undefined);

/** How the saga has ended, or undefined where it still runs or Temporal does not answer. */
async function outcome(client: Client, id: string): Promise<Ended | undefined> {
  const handle = client.workflow.getHandle(id);
  const described = await handle.describe().catch(() => undefined);
  if (!described || described.status.name === "RUNNING") return undefined;
  try {
    return { result: (await handle.result()) as BackfillResult };
  } catch (error) {
    const why =
      error instanceof WorkflowFailedError
        ? (error.cause?.message ?? "failed")
        : String(error);
    return why.startsWith("aborted: chaos")
      ? { aborted: why }
      : { failed: why };
  }
}
