import { nameOfSaga } from "../support/saga-name";
import { readdirSync, readFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Client } from "@temporalio/client";
import { Hdfs } from "../../clients/hdfs/hdfs";
import { tagOf } from "../../activities/backfill/yarn-tag";
import { hasEnded, Yarn } from "../../clients/yarn/yarn";
import { heartbeats } from "../../cli/commands/backfill";
import {
  attemptOf,
  type PartitionVerdict,
} from "../../domain/backfill/partition-verdict";
import { addHours } from "../../lib/hour";
import { yarnLogLines } from "../support/yarn-log-lines";
import { CONFIG_FILE, enterSandbox } from "../../sandbox/platform/config";
import { down, reset, up } from "../../sandbox/platform/up";
import { until } from "../../sandbox/platform/wait";
import { startWorker } from "../../sandbox/platform/worker";
import { BIN } from "../../sandbox/platform/wrappers";
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
import { sisyphus } from "../support/cli";
import type {
  BackfillReport,
  BackfillResult,
} from "../../domain/backfill/report";
import type { BackfillProgress } from "../../domain/backfill/progress";
import type { RandomAccess } from "../../lib/random-access";

/** Operators who steer sagas in the middle of what takes long: a real replay, a real Refine. One story, told in order. */
const quiet = () => undefined;
const FIRST = "backfill/steered";
/** How long an operator waits for what was asked to have happened. */
const SECONDS = 15;
let client: Client;
let hdfs: Hdfs;
let yarn: Yarn;
let judge: Judge;
/** The first is repaired at once, the second skipped, aborted, and repaired in the end. */
let kept: Scenario;
let skipped: Scenario;
let skippedFlags: Record<string, string>;
let before: Awaited<ReturnType<Judge["state"]>>;

beforeAll(async () => {
  // What other clusters write: one index of compressed logs.
  process.env["SISYPHUS_SANDBOX_LOGS"] = "IFile/gz";
  await reset(quiet);
  await up(quiet);
  enterSandbox();
  [kept, skipped] = (await prepare(0, [1, 2])) as [Scenario, Scenario];
  const direct = loadConfig(CONFIG_FILE);
  writeChaosConfig(CHAOS_CONFIG, (c) => {
    c.hdfs = direct.hdfs;
    c.hive = direct.hive;
    c.replay = { ...c.replay, eventsPerSecond: 1, batchEvents: 1 };
    c.refine!.submit.push("--conf", "spark.yarn.maxAppAttempts=2");
  });
  await startWorker("worker", { SISYPHUS_CONFIG: CHAOS_CONFIG });
  client = await connectClient();
  const config = loadConfig(CONFIG_FILE);
  hdfs = new Hdfs({ ...config.hdfs, allowedPrefixes: [] });
  yarn = new Yarn(config.yarn.resourceManager, config.hdfs.user);
  judge = new Judge();
}, 400_000);

afterAll(async () => {
  await judge?.close();
  await client?.connection.close();
  await down(quiet);
}, 120_000);

const lost = (s: Scenario) => eventsIn(s, s.hours.lost).length;

const progressOf = (id: string) =>
  client.workflow.getHandle(id).query<BackfillProgress>("progress");

const start = (id: string, topics: Scenario[]) =>
  client.workflow.start("backfill", {
    workflowId: id,
    taskQueue: "control",
    args: [
      {
        since: kept.hours.outdated,
        until: addHours(kept.hours.stuck, 1),
        topics: topics.map((s) => s.topic),
        asOf: kept.asOf,
        autoApprove: true,
      },
    ],
  });

/** What the saga's running activity last told. */
async function told(id: string, activity: string) {
  const beat = (await heartbeats(client, id))[activity];
  return beat && ((beat.progress ?? {}) as Record<string, unknown>);
}

const nothingRuns = (id: string) =>
  until("the running activity to end", SECONDS, async () => {
    const { raw } = await client.workflow.getHandle(id).describe();
    return (raw.pendingActivities ?? []).length === 0;
  });

const refineOf = (id: string) =>
  until("its Refine to run", 90, async () => {
    const [app] = await yarn.byTag(
      tagOf(await nameOfSaga(client, id), "refine"),
    );
    return app?.state === "RUNNING" && app;
  });

const cli = async (...args: string[]) => {
  const ran = await sisyphus("backfill", ...args);
  expect(ran.stderr).toBe("");
  expect(ran.code).toBe(0);
};

test("a pause stops a running replay, and a resume goes on with what is left", async () => {
  before = await judge.state([kept]);
  skippedFlags = (await judge.state([skipped])).flags;
  await start(FIRST, [kept, skipped]);
  await until("the replay to be under way", 120, async () => {
    const replayed = (await told(FIRST, "replay"))?.["replayed"];
    return typeof replayed === "number" && replayed >= 2;
  });
  await cli("pause", "steered");
  await nothingRuns(FIRST);
  expect(await progressOf(FIRST)).toMatchObject({
    paused: true,
    phase: "replay",
  });
  const events = (await judge.replayed(kept)) + (await judge.replayed(skipped));
  expect(events).toBeGreaterThanOrEqual(2);
  expect(events).toBeLessThan(lost(kept) + lost(skipped));
  await cli("resume", "steered");
  // It counts what the first attempt landed.
  await until("the replay to go on", 60, async () => {
    const replayed = (await told(FIRST, "replay"))?.["replayed"];
    return typeof replayed === "number" && replayed > events;
  });
}, 300_000);

test("a topic is skipped in the middle of its replay, the other one's goes on", async () => {
  await cli("skip-topic", "steered", skipped.topic);
  await until("the replay to end", 90, async () => {
    const { steps } = await progressOf(FIRST);
    return steps.find((s) => s.name === "replay")!.state === "done";
  });
  expect(await judge.replayed(kept)).toBe(lost(kept));
  expect(await judge.replayed(skipped)).toBeLessThan(lost(skipped));
}, 200_000);

/** Processes of this machine whose command line has all of the texts. */
const processesWith = (...texts: string[]) =>
  readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return line.startsWith("/") && texts.every((t) => line.includes(t));
      } catch {
        return false;
      }
    })
    .map(Number);

test("a pause leaves a running Refine to itself; its driver is killed, a second attempt ends it, a resume takes the result", async () => {
  const app = await refineOf(FIRST);
  const driver = app.id.replace("application_", "container_") + "_01_000001";
  await until("the driver to begin a partition", 60, async () => {
    const now = await yarn.application(app.id);
    return (await yarn.liveLog(now!, "stderr", 100_000))?.includes(
      "Beginning refinement of",
    );
  });
  for (const pid of processesWith(driver, "java")) process.kill(pid, "SIGKILL");
  await cli("pause", "steered");
  await nothingRuns(FIRST);
  expect(await progressOf(FIRST)).toMatchObject({
    paused: true,
    phase: "refine",
  });
  expect(hasEnded((await yarn.application(app.id))!)).toBe(false);
  await cli("resume", "steered");
  const result = (await client.workflow
    .getHandle(FIRST)
    .result()) as BackfillResult & { dryRun: false };
  expect(
    await judge.wrongs(kept, [kept], before, await nameOfSaga(client, FIRST), {
      result,
    }),
  ).toEqual([]);
  // The hour that the reset imported is not refined: its topic was skipped since.
  expect((await judge.state([skipped])).flags).toEqual(skippedFlags);
  const name = await nameOfSaga(client, FIRST);
  const apps = await yarn.byTag(tagOf(name, "refine"));
  expect(apps.map((a) => [a.id, a.finalStatus])).toEqual([
    [app.id, "SUCCEEDED"],
  ]);
}, 300_000);

test("the logs of both attempts are read as `yarn logs` prints them, and joined with the plan", async () => {
  const name = await nameOfSaga(client, FIRST);
  const [app] = await yarn.byTag(tagOf(name, "refine"));
  const dir = `${loadConfig(CONFIG_FILE).yarn.logDir}/${app!.user}/bucket-logs-ifile/${app!.id.slice(-4)}/${app!.id}`;
  const ours: string[] = [];
  const lines = async (file: RandomAccess, into: string[]) => {
    for await (const { container, logType, line } of yarnLogLines(file))
      into.push(`${container} ${logType} ${line}`);
  };
  for (const file of (await hdfs.list(dir))!)
    await lines(await hdfs.open(`${dir}/${file.name}`), ours);
  const printed = execFileSync(
    join(BIN, "yarn"),
    ["logs", "-applicationId", app!.id],
    { stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 28 },
  );
  const theirs: string[] = [];
  await lines(
    {
      size: printed.length,
      read: async (at, n) => printed.subarray(at, at + n),
    },
    theirs,
  );
  expect(ours.sort()).toEqual(theirs.sort());
  const attempts = new Set(ours.map((l) => attemptOf(l.split(" ")[0]!)));
  expect([...attempts].sort()).toEqual([1, 2]);

  const report = JSON.parse(
    (await hdfs.readText(`/wmf/data/sisyphus/${name}/report.json`))!,
  ) as BackfillReport;
  expect(report.skipped).toEqual([skipped.topic]);
  expect(report.refine!.logsUnread).toBeUndefined();
  expect(
    report.topics!.map((t) => [
      t.topic,
      t.losses?.reduce((sum, l) => sum + l.offsets, 0),
    ]),
  ).toEqual(
    [kept, skipped].map((s) => [
      s.topic,
      report.topics!.find((t) => t.topic === s.topic)!.lostOffsets,
    ]),
  );
  expect(report.refine!.logs).toMatchObject({
    attempts: 2,
    outcomes: [{ outcome: "finished", planned: 3 }],
    notWhole: [],
  });
  const partitions = JSON.parse(
    (await hdfs.readText(report.refine!.logs!.ref))!,
  ) as PartitionVerdict[];
  expect(partitions.filter((p) => p.planned)).toEqual(
    Object.values(kept.hours).map((hour) => ({
      partition: `event.${kept.schema.toLowerCase()} ${hour}`,
      planned: true,
      outcome: "finished",
      records: eventsIn(kept, hour).length,
      container: expect.stringContaining(
        app!.id.replace("application_", "container_"),
      ) as string,
    })),
  );
}, 120_000);

test("an abort kills a running Refine and puts flags back, and the next saga repairs what is left, once", async () => {
  before = await judge.state([kept, skipped]);
  const id = "backfill/aborted";
  const handle = await start(id, [skipped]);
  const app = await refineOf(id);
  await cli("abort", "aborted", "the wrong moment");
  const aborted = await handle.result().then(
    () => "it was not aborted",
    (error: Error) => String((error.cause as Error).message),
  );
  expect(aborted).toContain(`kill the Refine application: ${app.id}`);
  expect((await yarn.application(app.id))!.finalStatus).toBe("KILLED");
  expect(aborted).toMatch(/restore flags: \d+ flags/);
  expect(aborted).toContain("replayed events stay in Kafka");
  const after = await judge.state([kept, skipped]);
  expect(Object.keys(after.flags).sort()).toEqual(
    Object.keys(before.flags).sort(),
  );
  expect(after.retention).toEqual(before.retention);

  const result = (await client.workflow.execute("backfill", {
    workflowId: "backfill/again",
    taskQueue: "control",
    args: [
      {
        since: kept.hours.outdated,
        until: addHours(kept.hours.stuck, 1),
        topics: [skipped.topic],
        asOf: kept.asOf,
        autoApprove: true,
      },
    ],
  })) as BackfillResult & { dryRun: false };
  expect(result).toHaveProperty("report");
  // The whole report, so that a failure tells what the proof lacks.
  expect(
    await hdfs.readText("report" in result ? result.report : ""),
  ).toContain("The proof holds.");
  expect(await judge.replayed(skipped)).toBe(lost(skipped));
  expect(await judge.rowsOnce(skipped)).toBe(
    Object.values(skipped.hours).flatMap((h) => eventsIn(skipped, h)).length,
  );
}, 400_000);
