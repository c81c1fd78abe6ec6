import { setTimeout as delay } from "node:timers/promises";
import { type Client, WorkflowFailedError } from "@temporalio/client";
import { addHours } from "../../../lib/hour";
import { environment } from "../../../sandbox/platform/config";
import { ports } from "../../../sandbox/platform/ports";
import { up } from "../../../sandbox/platform/up";
import { connectClient } from "../../../workers/connection";
import { random } from "../memory/faults";
import { inflict, type Kind, KINDS, oneWorker, type Proxies } from "./faults";
import { type Ended, Judge } from "./judge";
import { Proxy } from "./proxy";
import { openHdfs, prepare, type Scenario, writeChaosConfig } from "./scenario";
import type { BackfillResult } from "../../../domain/backfill/report";
import type { BackfillProgress } from "../../../domain/backfill/progress";
import { STEPS } from "../../../domain/backfill/steps";

export type SandboxRun = {
  seed: number;
  outcome: "repaired" | "aborted" | "failed";
  faults: { kind: Kind; step: string }[];
  seconds: number;
  wrong: string[];
};

const SECONDS = 360;
/** Seeds whose incident is played together. */
const BATCH = 10;
const ABORTED = 0.2;
const MAX_RETRIES = 10;
/** An attempt that woke up may still act for as long as a call takes. */
const ZOMBIE_MS = 3000;
const quiet = () => undefined;

const UNTIL_REPORT = STEPS.filter((s) => s !== "approve" && s !== "report");

/** What is to happen in a run: at which step, how long after it began, what. */
export type Schedule = {
  faults: { kind: Kind; step: string; afterMs: number; freezeMs?: number }[];
  abort?: { step: string; afterMs: number };
  dice: () => number;
};

/** One to three faults of any kind, and in a fifth of the runs an abort. */
export function anyFaults(seed: number): Schedule {
  const dice = random(seed ^ 0xfa17);
  const pick = <T>(from: readonly T[]) =>
    from[Math.floor(dice() * from.length)]!;
  const count = 1 + Math.floor(dice() * 3);
  const steps = [
    ...new Set(Array.from({ length: count }, () => pick(UNTIL_REPORT))),
  ];
  const faults = steps.map((step) => ({
    kind: pick(KINDS),
    step,
    afterMs: dice() ** 2 * 4000,
  }));
  const aborts = dice() < ABORTED;
  return {
    faults,
    ...(aborts
      ? { abort: { step: pick(UNTIL_REPORT.slice(1)), afterMs: dice() * 3000 } }
      : {}),
    dice,
  };
}

/** Past the heartbeat timeout (`workflows/activities.ts`) of steps whose timeout is a long one. */
const LONG_FREEZE_MS: Record<string, number> = {
  plan: 33_000,
  "find missing": 63_000,
  verify: 63_000,
};

/** Seed by seed the worker is killed, or frozen and thawed, in each step in turn. */
export function workerInEveryStep(seed: number): Schedule {
  const dice = random(seed ^ 0x3f1);
  const step = UNTIL_REPORT[Math.floor(seed / 2) % UNTIL_REPORT.length]!;
  const kind = seed % 2 === 0 ? "kill worker" : "freeze worker";
  const freezeMs = LONG_FREEZE_MS[step];
  const fault = { kind, step, afterMs: dice() ** 2 * 1500 } as const;
  return { faults: [{ ...fault, ...(freezeMs ? { freezeMs } : {}) }], dice };
}

/** Runs small sagas, one after the other, on the running sandbox, which it starts. */
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
  await Promise.all([proxies.webhdfs.start(), proxies.metastore.start()]);
  writeChaosConfig();
  await openHdfs();
  const runs: SandboxRun[] = [];
  const judge = new Judge();
  try {
    for (let i = 0; i < seeds.length; i += BATCH) {
      const batch = await prepare(i / BATCH, seeds.slice(i, i + BATCH));
      for (const scenario of batch) {
        await up(quiet);
        await oneWorker();
        const done = await one(
          scenario,
          batch,
          judge,
          proxies,
          schedule(scenario.seed),
        );
        runs.push(done);
        each(done);
      }
    }
  } finally {
    await judge.close();
    await Promise.all([proxies.webhdfs.stop(), proxies.metastore.stop()]);
  }
  return runs;
}

async function one(
  scenario: Scenario,
  batch: Scenario[],
  judge: Judge,
  proxies: Proxies,
  { faults, abort, dice }: Schedule,
): Promise<SandboxRun> {
  const { seed, topic, asOf, hours } = scenario;
  const workflowId = `backfill/chaos-${seed}`;
  const before = await judge.state(batch);
  const client = await connectClient();
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
  const told: SandboxRun["faults"] = [];
  const under = new Set<Promise<void>>();
  const waiting = [...faults];
  let toAbort = abort;
  let retries = 0;
  let ended: Ended | undefined;
  while (ended === undefined && Date.now() < started + SECONDS * 1000) {
    const progress = await asked(client, workflowId);
    const step = (name: string) => progress?.steps.find((s) => s.name === name);
    // A fault whose step passed unseen happens at once.
    const reached = (name: string) =>
      step(name) && step(name)!.state !== "waiting";
    for (const fault of waiting.filter((f) => reached(f.step))) {
      waiting.splice(waiting.indexOf(fault), 1);
      await delay(fault.afterMs);
      told.push({ kind: fault.kind, step: fault.step });
      const over = inflict(fault.kind, dice, proxies, fault.freezeMs).finally(
        () => under.delete(over),
      );
      under.add(over);
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
      under.size === 0 &&
      progress?.steps.some((s) => s.state === "failed") &&
      retries < MAX_RETRIES
    ) {
      retries++;
      await handle.executeUpdate("retryStep").catch(() => undefined);
    }
    ended = await outcome(client, workflowId);
    await delay(200);
  }
  await Promise.all(under);
  if (!ended) {
    const progress = await asked(client, workflowId);
    await handle.terminate("it did not end").catch(() => undefined);
    ended = {
      failed: `nothing after ${SECONDS} s; ${JSON.stringify(progress?.steps.find((s) => s.state === "running" || s.state === "failed"))}`,
    };
  }
  await delay(ZOMBIE_MS);
  await client.connection.close();
  await up(quiet);
  return {
    seed,
    outcome:
      "result" in ended
        ? "repaired"
        : "aborted" in ended
          ? "aborted"
          : "failed",
    faults: told,
    seconds: Math.round((Date.now() - started) / 1000),
    wrong: await judge.wrongs(scenario, batch, before, workflowId, ended),
  };
}

/** A deadline of the call's own: one that is left behind would go on on a closed connection. */
const asked = (client: Client, id: string) =>
  client
    .withDeadline(Date.now() + 5000, () =>
      client.workflow.getHandle(id).query<BackfillProgress>("progress"),
    )
    .catch(() => undefined);

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
