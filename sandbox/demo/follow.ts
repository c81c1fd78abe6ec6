import { setTimeout as delay } from "node:timers/promises";
import type { Client } from "@temporalio/client";
import { heartbeats } from "../../cli/commands/backfill";
import { paint } from "../../cli/output";
import type { BackfillProgress } from "../../domain/backfill/progress";
import type { BackfillResult } from "../../domain/backfill/report";
import { killWorker, startWorker } from "../platform/worker";
import { clearTicker, say, ticker } from "./print";

/** What the activities of the long steps say of themselves. */
type Beats = Record<
  string,
  { progress?: { replayed?: number; refined?: number; total?: number } }
>;

/**
 * Prints what a saga does until it has ended, and kills the worker twice: in the middle of the replay, and while Refine runs.
 * @param trouble what else happens in the middle of the replay, after the worker; it tells what it has done
 * @throws Error where a step fails
 */
export async function followSaga(
  client: Client,
  id: string,
  trouble?: () => Promise<string>,
): Promise<BackfillResult> {
  const handle = client.workflow.getHandle(id);
  const printSteps = stepPrinter();
  const killed = new Set<"replay" | "refine">();
  let ended = false;
  const result = handle
    .result()
    .finally(() => (ended = true)) as Promise<BackfillResult>;
  // It is awaited below; until then a failure is no unhandled one.
  result.catch(() => undefined);
  while (!ended) {
    const progress = await handle
      .query<BackfillProgress>("progress")
      .catch(() => undefined);
    printSteps(progress?.steps ?? []);
    const stuck = progress?.steps.find(
      ({ state }) => state === "failed" || state === "stalled",
    );
    if (stuck)
      throw new Error(`step ${stuck.name} ${stuck.state}: ${stuck.detail}`);
    const beats = (await heartbeats(client, id)) as Beats;
    const replay = beats["replay"]?.progress;
    const refine = beats["awaitRefine"]?.progress;
    if (replay?.replayed !== undefined)
      ticker(`replayed ${replay.replayed} of ${replay.total} events`);
    if (refine?.refined !== undefined)
      ticker(`refined ${refine.refined} of ${refine.total} partitions`);
    if (
      !killed.has("replay") &&
      replay?.replayed &&
      replay.replayed < replay.total!
    ) {
      killed.add("replay");
      await replaceWorker(
        `${replay.replayed} of ${replay.total} events are replayed`,
      );
      if (trouble) say(paint("yellow", `x ${await trouble()}`));
    }
    if (!killed.has("refine") && refine?.total !== undefined) {
      killed.add("refine");
      await replaceWorker("Refine runs on YARN");
    }
    await delay(250);
  }
  clearTicker();
  if (trouble && !killed.has("replay"))
    throw new Error("the replay was over before its trouble came");
  return result;
}

/** Prints a step whenever its state or detail has changed. */
function stepPrinter(): (steps: BackfillProgress["steps"]) => void {
  const printed = new Map<string, string>();
  return (steps) => {
    for (const step of steps) {
      const text = `${step.state}${step.detail ? ` — ${step.detail}` : ""}`;
      if (step.state === "waiting" || printed.get(step.name) === text) continue;
      printed.set(step.name, text);
      clearTicker();
      say(`${signOf(step.state)} ${step.name.padEnd(15)} ${text}`);
    }
  };
}

const signOf = (state: string) =>
  state === "done"
    ? paint("green", "+")
    : state === "failed" || state === "stalled"
      ? paint("red", "!")
      : ">";

async function replaceWorker(why: string): Promise<void> {
  clearTicker();
  say(
    paint(
      "yellow",
      `x the worker is killed (SIGKILL, pid ${await killWorker()}) while ${why}; another is started`,
    ),
  );
  await startWorker();
}
