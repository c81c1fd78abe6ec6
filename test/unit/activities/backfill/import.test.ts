import { MockActivityEnvironment } from "@temporalio/testing";
import { CancelledFailure } from "@temporalio/common";
import { createImporterActivities } from "../../../../activities/backfill/import";
import { Drivers } from "../../../../activities/backfill/drivers";
import { tagOf } from "../../../../activities/backfill/yarn-tag";
import type { Kafka } from "../../../../clients/kafka/kafka";
import type { Config } from "../../../../domain/settings/config";
import { Storage } from "../../../../clients/storage";
import { sagaPlaces } from "../../../../clients/storage-layout";
import type { Application, Yarn } from "../../../../clients/yarn/yarn";
import type { Importer } from "../../../../importers/importer";
import { partitionKey } from "../../../../lib/keys";
import { until } from "../../../../sandbox/platform/wait";
import { CONFIG } from "../../../chaos/memory/scenario";
import { MemoryFiles } from "../../../support/memory-hdfs";

const SAGA = "backfill/july-5";
const TOPIC = "eventlogging_Edit";

/** An importer that stands before a log which begins at 20 and ends at 23, and moves into it when it is run. */
function world(
  o: {
    driverSeconds?: number;
    importer?: Partial<Config["importer"]>;
    repair?: Config["repair"];
  } = {},
) {
  const runs = ["2018-07-05-01-05-00"];
  const commands: string[][] = [];
  const steered: string[] = [];
  const running: Partial<Application>[] = [];
  /** Those that have ended lately. */
  const ended: Partial<Application>[] = [];
  /** Runs of this saga that YARN shows. */
  const ownRuns: Application[] = [];
  let position = "5";
  let endRun: (() => void) | undefined;
  let isSlow = false;
  let signalled = false;
  /** What happens while positions are put back. */
  let whenPutBack = () => undefined as void;
  /** What happens while a run goes on. */
  let meanwhile: () => void = () => undefined;
  const source = {
    state: async () => ({
      positions: new Map([[partitionKey(TOPIC, 0), { offset: position }]]),
      problems: [],
    }),
    steering: {
      settings: (topics: string[]) => ({ topics: topics.join() }),
      runNames: async () => [...runs],
      settle: async (before: string[]) => {
        const since = runs.filter((run) => !before.includes(run));
        steered.push(`settle ${since.length}`);
        return since;
      },
      putBack: async (topics: string[]) => {
        const isFirst = !steered.some((done) => done.startsWith("put back"));
        steered.push(`put back ${topics.join(",")}`);
        whenPutBack();
        return isFirst ? "a run" : undefined;
      },
    },
  } as unknown as Importer;
  const storage = new Storage(new MemoryFiles().hdfs, "/sisyphus");
  const activities = createImporterActivities({
    config: {
      ...CONFIG,
      repair: o.repair,
      importer: { ...CONFIG.importer, ...o.importer },
      yarn: { ...CONFIG.yarn, driverSeconds: o.driverSeconds ?? 0.01 },
    },
    source,
    kafka: {
      offsets: async () => [{ partition: 0, low: "20", high: "23" }],
    } as unknown as Kafka,
    yarn: {
      byTag: async (tag: string) =>
        ownRuns.filter(({ applicationTags }) => applicationTags === tag),
      running: async () => running as Application[],
      endedSince: async () => ended as Application[],
    } as unknown as Yarn,
    storage,
    drivers: new Drivers({
      host: "here",
      graceMs: 100,
      storage,
      jobs: {
        prepare: async () => undefined,
        driverRuns: () => false,
        runCommand: async (argv, signal) => {
          commands.push(argv);
          signal.addEventListener("abort", () => (signalled = true));
          if (isSlow) await new Promise<void>((done) => (endRun = done));
          meanwhile();
          runs.push(`2018-07-05-0${runs.length + 1}-05-00`);
          position = "23";
          return { code: 0, output: "" };
        },
      },
    }),
  });
  const env = new MockActivityEnvironment({
    workflowExecution: { workflowId: SAGA, runId: "r" },
  });
  /** What its heartbeats said. */
  const waits: unknown[] = [];
  env.on("heartbeat", (details: unknown) => waits.push(details));
  return {
    waits,
    hasSaid: (details: object) =>
      waits.some((said) => JSON.stringify(said) === JSON.stringify(details)),
    runs,
    commands,
    steered,
    running,
    ended,
    ownRuns,
    storage,
    env,
    reset: () => env.run(() => activities.resetImport({ topics: [TOPIC] })),
    importReplayed: () =>
      env.run(() =>
        activities.importReplayed({
          topics: [TOPIC],
          ends: { [partitionKey(TOPIC, 0)]: "23" },
        }),
      ),
    restore: (goesOn = false) =>
      env.run(() =>
        activities.restoreOffsets({ topics: [TOPIC], after: runs[0]!, goesOn }),
      ),
    slowly: () => (isSlow = true),
    endRun: () => endRun!(),
    isRunning: () => endRun !== undefined,
    wasSignalled: () => signalled,
    meanwhile: (happens: () => void) => (meanwhile = happens),
    whenPutBack: (happens: () => void) => (whenPutBack = happens),
  };
}

test("an importer that is under way is waited for when the saga is paused or aborted, never ended", async () => {
  const { env, reset, slowly, endRun, isRunning, wasSignalled } = world();
  slowly();
  let isOver = false;
  const resetting = reset().finally(() => (isOver = true));
  resetting.catch(() => undefined);
  await until("the run", 10, isRunning, 10);
  env.cancel("CANCELLED", {
    notFound: false,
    cancelRequested: true,
    paused: false,
    timedOut: false,
    workerShutdown: false,
    reset: false,
  } as never);
  // Whatever would end it has had its turn by then.
  for (let i = 0; i < 10; i++) await new Promise(setImmediate);
  expect({ isOver, signalled: wasSignalled() }).toEqual({
    isOver: false,
    signalled: false,
  });
  endRun();
  await expect(resetting).rejects.toThrow(CancelledFailure);
});

test("an attempt whose worker ends leaves the importer to itself", async () => {
  const { env, reset, slowly, isRunning, wasSignalled } = world();
  slowly();
  const resetting = reset();
  resetting.catch(() => undefined);
  await until("the run", 10, isRunning, 10);
  env.cancel("WORKER_SHUTDOWN", {
    notFound: false,
    cancelRequested: false,
    paused: false,
    timedOut: false,
    workerShutdown: true,
    reset: false,
  } as never);
  await expect(resetting).rejects.toThrow(CancelledFailure);
  expect(wasSignalled()).toBe(false);
});

test("no run is begun beside one of somebody else", async () => {
  const { reset, commands, running, waits } = world();
  running.push({ id: "application_1_1", name: "Camus Job" });
  const resetting = reset();
  await until("it to wait", 10, () => waits.length > 0 && waits.at(-1), 10);
  expect(waits).toContainEqual({ waitingFor: "Camus Job (application_1_1)" });
  expect(commands).toEqual([]);
  running.length = 0;
  await resetting;
  expect(commands).toHaveLength(1);
});

test("a run that began beside the saga's is waited for before the two are put together", async () => {
  const { reset, runs, steered, running, meanwhile, waits } = world();
  meanwhile(() => running.push({ id: "application_1_1", name: "Camus Job" }));
  const resetting = reset();
  await until("it to wait", 10, () => waits.length > 0 && waits.at(-1), 10);
  expect(steered).toEqual([]);
  runs.push("2018-07-05-02-30-00");
  running.length = 0;
  await resetting;
  expect(steered).toEqual(["settle 2"]);
});

test("positions are put back once no run of somebody else goes on, and again after one that began meanwhile", async () => {
  const { restore, steered, running, whenPutBack, waits } = world();
  const other = { id: "application_1_1", name: "Camus Job" };
  running.push(other);
  whenPutBack(() => running.push(other));
  const restoring = restore();
  await until("it to wait", 10, () => waits.length > 0, 10);
  expect(steered).toEqual([]);
  running.length = 0;
  await until("it to wait again", 10, () => running.length > 0, 10);
  whenPutBack(() => undefined);
  running.length = 0;
  await restoring;
  expect(steered).toEqual([`put back ${TOPIC}`, `put back ${TOPIC}`]);
});

test("flags that are set from the first run on count as set by others", async () => {
  const { reset, storage, meanwhile } = world();
  let isRecorded: Promise<boolean> | undefined;
  meanwhile(
    () => (isRecorded = storage.has(sagaPlaces(SAGA).flagsWatchedFrom)),
  );
  await reset();
  expect(await isRecorded).toBe(true);
});

test("a run that came between is told, after the positions of both were put together", async () => {
  const { reset, runs, steered, meanwhile } = world();
  meanwhile(() => runs.push("2018-07-05-02-00-00"));
  expect(await reset()).toEqual({
    runs: 1,
    besides: ["2018-07-05-02-00-00", "2018-07-05-03-05-00"],
  });
  expect(steered).toEqual(["settle 2"]);
});

test("a run of somebody else that goes on after the saga's own is waited for: it has read positions of before", async () => {
  const { reset, runs, running, steered, meanwhile, hasSaid } = world();
  meanwhile(() =>
    running.push({ id: "application_1_1", name: "camus-eventlogging" }),
  );
  const other = { waitingFor: "camus-eventlogging (application_1_1)" };
  const resetting = reset();
  await until("it to wait", 10, () => hasSaid(other), 10);
  expect(steered).toEqual([]);
  runs.push("2018-07-05-09-05-00");
  running.length = 0;
  expect(await resetting).toMatchObject({ runs: 1 });
  expect(steered).toEqual(["settle 2"]);
});

test.each(["settled", "put back"])(
  "positions are not %s before a run of somebody else that has just ended tells where it has left the importer",
  async (how) => {
    const { reset, restore, runs, ended, steered, meanwhile, hasSaid } =
      world();
    const other = { id: "application_1_1", name: "camus-eventlogging" };
    if (how === "settled") meanwhile(() => ended.push(other));
    else ended.push(other);
    const done = how === "settled" ? reset() : restore();
    const told = {
      waitingFor:
        "camus-eventlogging (application_1_1) to have told where it has left the importer",
    };
    await until("it to wait", 10, () => hasSaid(told), 10);
    expect(steered).toEqual([]);
    runs.push("2018-07-05-09-05-00");
    ended.length = 0;
    await done;
    expect(steered).toEqual([
      how === "settled" ? "settle 2" : `put back ${TOPIC}`,
    ]);
  },
);

/** What a run of somebody else is waited for as that has read where the importer stands, and is not at YARN yet. */
const NOT_SHOWN = {
  waitingFor: "runs of the importer that YARN does not show yet",
};

test.each(["settled", "put back"])(
  "of a run of somebody else that YARN had not shown yet: what is %s takes it into account",
  async (how) => {
    const { reset, restore, runs, running, steered, waits, hasSaid } = world({
      driverSeconds: 20,
    });
    const done = how === "settled" ? reset() : restore();
    await until(
      "it to wait for what is not shown",
      10,
      () => hasSaid(NOT_SHOWN),
      10,
    );
    const before = how === "settled" ? [] : [`put back ${TOPIC}`];
    expect(steered).toEqual(before);
    running.push({ id: "application_1_1", name: "camus-eventlogging" });
    await until(
      "it to see the run",
      10,
      () => JSON.stringify(waits.at(-1)).includes("application_1_1"),
      10,
    );
    expect(steered).toEqual(before);
    runs.push("2018-07-05-09-05-00");
    running.length = 0;
    await done;
    expect(steered).toEqual([
      ...before,
      how === "settled" ? "settle 2" : `put back ${TOPIC}`,
    ]);
  },
);

test("where the importer's schedule is held, nobody waits for runs of it that are not shown yet", async () => {
  const { reset, steered, waits } = world({
    driverSeconds: 600,
    importer: { hold: ["hold", "importer"] },
  });
  await reset();
  expect(steered).toEqual(["settle 1"]);
  expect(waits).not.toContainEqual(NOT_SHOWN);
});

test("an abort waits for no such run where the saga has never run the importer and nothing has moved", async () => {
  const { restore, storage, steered, waits } = world({ driverSeconds: 600 });
  steered.push("put back before");
  expect(await restore()).toEqual([]);
  expect(waits).not.toContainEqual(NOT_SHOWN);
  expect(await storage.has(sagaPlaces(SAGA).importerRun)).toBe(false);
});

test("an attempt that freezes while it records that it begins the importer does not begin it after an abort", async () => {
  const { commands, reset, restore, storage } = world();
  const write = storage.write.bind(storage);
  let isFrozen = true;
  storage.write = async (place, value) => {
    const ref = await write(place, value);
    if (isFrozen && place.folder.includes("drivers/")) {
      isFrozen = false;
      await restore();
    }
    return ref;
  };
  await expect(reset()).rejects.toThrow("has put the importer's offsets back");
  expect(commands).toEqual([]);
});

test("an abort puts no position back beside a run of somebody else, which would write over it", async () => {
  const { restore, running, steered, waits } = world();
  running.push({ id: "application_1_1", name: "camus-eventlogging" });
  const restoring = restore();
  await until("it to wait", 10, () => waits.length > 0, 10);
  expect(waits[0]).toEqual({
    waitingFor: "camus-eventlogging (application_1_1)",
  });
  expect(steered).toEqual([]);
  running.length = 0;
  await restoring;
  expect(steered).toEqual([`put back ${TOPIC}`]);
});

test("what came between while an attempt died is put together by the next", async () => {
  const { reset, runs, steered, storage } = world();
  await storage.write(sagaPlaces(SAGA).importerRun, {
    before: [...runs],
  });
  runs.push("2018-07-05-02-00-00", "2018-07-05-02-05-00");
  expect(await reset()).toMatchObject({
    besides: ["2018-07-05-02-00-00", "2018-07-05-02-05-00"],
  });
  expect(steered).toEqual(["settle 2", "settle 1"]);
});

test.each(["reset", "import"])(
  "an abort puts no position back before the saga's own run of its %s has ended",
  async (step) => {
    const { ownRuns, restore, steered, waits } = world();
    ownRuns.push({
      state: "RUNNING",
      applicationTags: tagOf(SAGA, step),
    } as Application);
    const restoring = restore();
    await until("it to wait", 10, () => waits.length > 0, 10);
    expect(steered).toEqual([]);
    ownRuns[0]!.state = "FINISHED";
    await restoring;
    expect(steered).toEqual([`put back ${TOPIC}`]);
  },
);

test("after an abort no attempt moves the importer again; of a saga that goes on, only what was taken out stays as it is", async () => {
  const aborted = world();
  await aborted.restore();
  await expect(aborted.reset()).rejects.toThrow(
    "has put the importer's offsets back",
  );
  expect(aborted.commands).toEqual([]);

  const goesOn = world();
  await goesOn.storage.write(sagaPlaces(SAGA).leftAlone, [
    "eventlogging_Other",
  ]);
  await goesOn.restore(true);
  await goesOn.reset();
  expect(goesOn.commands).toHaveLength(1);

  const takenOut = world();
  await takenOut.storage.write(sagaPlaces(SAGA).leftAlone, [TOPIC]);
  await takenOut.restore(true);
  await expect(takenOut.reset()).rejects.toThrow(
    "has put the importer's offsets back",
  );
});

test("a topic of which any hour must never be touched is not moved, by a plan of before either, and is put back all the same", async () => {
  const reason = "legal hold";
  const anHour = { topics: TOPIC, until: "2018-07-01T00", reason };
  const { reset, commands, restore, steered } = world({
    repair: { neverTouch: [anHour] },
  });
  await expect(reset()).rejects.toThrow("must never be touched");
  expect(commands).toEqual([]);
  await restore();
  expect(steered).toContain(`put back ${TOPIC}`);
  const whole = world({ repair: { neverTouch: [{ topics: TOPIC, reason }] } });
  await expect(whole.importReplayed()).rejects.toThrow(reason);
  expect(whole.commands).toEqual([]);
});
