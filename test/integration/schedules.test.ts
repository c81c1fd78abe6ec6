import { isDeepStrictEqual } from "node:util";
import { nameOfSaga } from "../support/saga-name";
import { join } from "node:path";
import type { Client } from "@temporalio/client";
import type { AuditReport } from "../../domain/audit/audit-report";
import type { BackfillProgress } from "../../domain/backfill/progress";
import type { BackfillResult } from "../../domain/backfill/report";
import { Yarn } from "../../clients/yarn/yarn";
import { addHours } from "../../lib/hour";
import { CONFIG_FILE, enterSandbox } from "../../sandbox/platform/config";
import { SANDBOX_DIR } from "../../sandbox/platform/paths";
import {
  awaitScheduledRuns,
  type Happened,
  historyOf,
  SCHEDULED,
  scheduleStatus,
} from "../../sandbox/platform/schedule";
import { REFINE_NAME } from "../../sandbox/platform/refine";
import { down, reset, up } from "../../sandbox/platform/up";
import { until } from "../../sandbox/platform/wait";
import { endWorkers, startWorker } from "../../sandbox/platform/worker";
import { CAMUS_JOB } from "../../sandbox/platform/wrappers";
import { loadConfig } from "../../workers/config";
import { connectClient } from "../../workers/connection";
import { Judge } from "../chaos/sandbox/judge";
import {
  CHAOS_CONFIG,
  eventsIn,
  prepare,
  type Scenario,
  writeChaosConfig,
} from "../chaos/sandbox/scenario";
import { sandbox, sisyphus } from "../support/cli";

/**
 * Others at work, on real services: the importer and Refine are started again and again as by cron, and two sagas over the same topic
 * are started at once. However they fall together, every event ends up once.
 */
const quiet = () => undefined;
/** Seconds between two times at which each is due, so that runs of both lie all over the sagas. */
const EVERY = ["--importer", "15", "--refine", "45"];
/** The same where nobody holds them. A saga submits its Refine in a pause of the other, and a busy machine must leave it one. */
const EVERY_UNHELD = ["--importer", "15", "--refine", "90"];
/** How long a saga may take beside all that runs here. */
const SAGA_MS = 900_000;
/** The worker's configuration where nobody tells sagas how schedules are held. */
const UNHELD_CONFIG = join(SANDBOX_DIR, "unheld.yaml");
let client: Client;
let judge: Judge;
/** Each has a topic of two partitions with a retention of its own. */
let held: Scenario;
let unheld: Scenario;
/** When the schedules were put on, epoch ms. */
let begin: number;

beforeAll(async () => {
  await reset(quiet);
  await up(quiet);
  enterSandbox();
  [held, unheld] = (await prepare(0, [3, 9])) as [Scenario, Scenario];
  const direct = loadConfig(CONFIG_FILE);
  const config = (file: string, isHeld: boolean) =>
    writeChaosConfig(file, (c) => {
      c.hdfs = direct.hdfs;
      c.hive = direct.hive;
      if (isHeld) return;
      for (const job of [c.importer, c.refine!]) {
        delete job.hold;
        delete job.release;
      }
    });
  config(CHAOS_CONFIG, true);
  config(UNHELD_CONFIG, false);
  await startWorker("worker", { SISYPHUS_CONFIG: CHAOS_CONFIG });
  client = await connectClient();
  judge = new Judge();
  begin = Date.now();
  await operator("schedule", "start", ...EVERY);
}, 900_000);

afterAll(async () => {
  await judge?.close();
  await client?.connection.close();
  await down(quiet);
}, 120_000);

async function operator(...args: string[]): Promise<void> {
  const ran = await sandbox(...args);
  expect(ran.stderr).toBe("");
  expect(ran.code).toBe(0);
}

const progressOf = (id: string) =>
  client.workflow.getHandle(id).query<BackfillProgress>("progress");

/** A workflow's page in the Web UI. */
const pageOf = async (id: string) =>
  (
    await client.workflow
      .getHandle(id)
      .query<{ currentDetails: string }>("__temporal_workflow_metadata")
  ).currentDetails;

/** An operator starts a saga over a scenario's topic, approved whatever its plan says. @returns its workflow id */
async function start(name: string, s: Scenario): Promise<string> {
  const ran = await sisyphus(
    ...["backfill", "start", "--name", name, "--yes", "--json"],
    ...["--topics", s.topic, "--as-of", s.asOf],
    ...["--since", s.hours.outdated, "--until", addHours(s.hours.stuck, 1)],
  );
  expect(ran.stderr).toBe("");
  return (JSON.parse(ran.stdout) as { workflowId: string }).workflowId;
}

/** Waits until one of two sagas says on its page that it waits for the other. @returns the one that goes on, and the one that waits */
const whoWaits = (ids: [string, string]) =>
  until("one saga to wait for the other", 300, async () => {
    for (const [first, second] of [ids, [...ids].reverse()] as string[][]) {
      const { steps } = await progressOf(second!);
      const { detail } = steps.find(({ name }) => name === "approve")!;
      if (detail?.includes(`waits for ${first}`))
        return { first: first!, second: second! };
    }
    return undefined;
  });

const resultOf = async (id: string) =>
  (await client.workflow.getHandle(id).result()) as BackfillResult;

const NOTHING_TO_DO = { dryRun: false, nothingToDo: true };
const isProven = (result: BackfillResult) => "holds" in result && result.holds;

/** Starts two sagas over one topic at once. One must wait for the other, and say so. @returns the one that went first, and both results */
async function race(s: Scenario, names: [string, string]) {
  const ids = await Promise.all(names.map((name) => start(name, s)));
  const { first, second } = await whoWaits(ids as [string, string]);
  expect(await pageOf(second)).toContain(`waits for ${first}`);
  const book = (await pageOf("leases")).split("\n");
  const line = (id: string) => book.find((row) => row.includes(`| ${id} |`));
  expect(line(first)).toMatch("holds");
  expect(line(second)).toMatch("waits");
  const result = await resultOf(first);
  const resultOfSecond = await resultOf(second);
  await until("all leases to be given back", 30, async () =>
    (await pageOf("leases")).startsWith("No backfill"),
  );
  return { first, result, resultOfSecond };
}

/** What a topic has in the end: events that were lost and replayed once, all that have one row, and its own retention. */
async function endOf(s: Scenario) {
  const { retention } = await judge.state([s]);
  return {
    replayed: await judge.replayed(s),
    rowsOnce: await judge.rowsOnce(s),
    retention: retention[s.topic],
  };
}

const WEEK_MS = "604800000";
/** The same as it must be. */
const rightEndOf = (s: Scenario) => ({
  replayed: new Set(eventsIn(s, s.hours.lost).map(({ uuid }) => uuid)).size,
  rowsOnce: Object.values(s.hours).flatMap((hour) => eventsIn(s, hour)).length,
  retention: WEEK_MS,
});

/** Names of runs that no saga has tagged and that have succeeded since a time, epoch ms. */
async function succeededSince(time: number): Promise<string[]> {
  const { yarn, hdfs } = loadConfig(CONFIG_FILE);
  const ended = await new Yarn(yarn.resourceManager, hdfs.user).endedSince(
    time,
  );
  return ended
    .filter(
      ({ applicationTags, finalStatus }) =>
        !applicationTags && finalStatus === "SUCCEEDED",
    )
    .map(({ name }) => name);
}

/** Waits until runs of both schedules have succeeded since a time, epoch ms. */
const bothRanSince = (time: number) =>
  until("a scheduled run of the importer and of Refine", 300, async () => {
    const names = await succeededSince(time);
    return [CAMUS_JOB, REFINE_NAME].every((name) => names.includes(name));
  });

/** What an audit finds in a scenario's hours that is no mere warning of something imported twice, which Refine has made one again. */
async function faultsOf(s: Scenario) {
  const ran = await sisyphus(
    ...["audit", "run", "--json", "--topics", s.topic, "--as-of", s.asOf],
    ...["--since", s.hours.outdated, "--until", addHours(s.hours.stuck, 1)],
  );
  expect(ran.stderr).toBe("");
  const shown = await sisyphus("audit", "show", "--json");
  const { audits } = JSON.parse(shown.stdout) as AuditReport;
  const audit = audits.find(({ topic }) => topic === s.topic)!;
  expect(Object.keys(audit.cells)).toHaveLength(3);
  return audit.findings.filter(({ cause }) => cause !== "imported-twice");
}

const isHold = ({ what }: Happened) => what === "held";

/** What happened to a schedule while it was held. */
function whileHeld(all: Happened[]): Happened[] {
  const during: Happened[] = [];
  let isHeld = false;
  for (const each of all) {
    if (each.what === "held" || each.what === "released")
      isHeld = each.what === "held";
    else if (isHeld) during.push(each);
  }
  return during;
}

test(
  "two sagas at once over one topic, schedules held: one repairs all of it, the other waits and has nothing to do",
  async () => {
    await bothRanSince(begin);
    const before = await judge.state([held]);
    expect(before.retention[held.topic]).toBe(WEEK_MS);
    const { first, result, resultOfSecond } = await race(held, ["one", "two"]);
    const { steps } = await progressOf(first);
    const wrongs = await judge.wrongs(
      held,
      [held],
      before,
      await nameOfSaga(client, first),
      { result },
    );
    // With the saga's steps, so that a failure tells what had fallen together.
    expect({ wrongs, steps }).toEqual({ wrongs: [], steps });
    expect(resultOfSecond).toEqual(NOTHING_TO_DO);
    for (const job of SCHEDULED) {
      const history = historyOf(job);
      expect(history.filter(isHold)).not.toEqual([]);
      expect(whileHeld(history).filter(({ what }) => what === "began")).toEqual(
        [],
      );
    }
    expect(scheduleStatus()).toMatchObject([
      { job: "importer", isHeld: false, isOn: true },
      { job: "refine", isHeld: false, isOn: true },
    ]);
  },
  SAGA_MS,
);

test(
  "where nobody holds the schedules, what a Refine beside the saga's own spoils is told, and done again by the next",
  async () => {
    await endWorkers();
    await startWorker("worker", { SISYPHUS_CONFIG: UNHELD_CONFIG });
    const holdsBefore = historyOf("importer").filter(isHold).length;
    const began = Date.now();
    await operator("schedule", "start", ...EVERY_UNHELD);
    const { result, resultOfSecond } = await race(unheld, ["three", "four"]);
    expect(historyOf("importer").filter(isHold)).toHaveLength(holdsBefore);
    // The one that waited has planned anew: it does what the first has found not to be right, unless Refine's own schedule has by then.
    const isDone = isDeepStrictEqual(resultOfSecond, NOTHING_TO_DO);
    if (isProven(result)) expect(isDone).toBe(true);
    else if (!isDone) expect(resultOfSecond).toHaveProperty("holds");
    await bothRanSince(began);
    await operator("schedule", "stop");
    await awaitScheduledRuns(300);
    if (!isProven(result) && !isDone && !isProven(resultOfSecond))
      expect(await resultOf(await start("five", unheld))).toMatchObject({
        holds: true,
      });
    expect([await endOf(unheld), await endOf(held)]).toEqual([
      rightEndOf(unheld),
      rightEndOf(held),
    ]);
    expect([await faultsOf(unheld), await faultsOf(held)]).toEqual([[], []]);
  },
  SAGA_MS,
);
