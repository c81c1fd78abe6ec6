import { jumps } from "../../../../domain/audit/jumps";
import type { ImporterRun } from "../../../../importers/importer";
import { stateFile, taskBytes } from "../../formats/gobblin/state-file";
import {
  FIRST,
  fileOf,
  fixture,
  realStore,
  runsIn,
  SECOND,
  THIRD,
} from "./store";

const PAGES = "eqiad.mediawiki.page_change";
const TIMING = "eqiad.eventlogging_NavigationTiming";
const CODFW = "codfw.mediawiki.page_change";

const advancesOf = (runs: ImporterRun[], topic: string) =>
  runs.flatMap((run) => run.advances.get(topic) ?? []);
const offsetsOf = async (
  files: Parameters<typeof runsIn>[0],
  topic: string,
) => {
  const { positions } = await runsIn(files).runs.state();
  return Object.fromEntries(
    [...positions]
      .filter(([key]) => key.startsWith(`${topic}/`))
      .map(([key, { offset }]) => [key.split("/")[1], offset]),
  );
};

test("the next run begins where the newest one says, a quiet partition's old offset among it", async () => {
  const { runs, pauses } = runsIn(realStore());
  const state = await runs.state();
  expect(state).toMatchObject({
    run: `job_pageviews_${THIRD}`,
    lastRun: THIRD,
    problems: [],
  });
  expect(await offsetsOf(realStore(), PAGES)).toEqual({
    0: "220",
    1: "160",
    2: "110",
    3: "33",
  });
  expect(await offsetsOf(realStore(), TIMING)).toMatchObject({ 3: "91" });
  expect(pauses).toEqual([]);
});

test("what was read up to Kafka's end is imported until the run, else until the newest hour that was written", async () => {
  const task = (
    partition: number,
    actual: string,
    expected: string,
    own = {},
  ) =>
    taskBytes(`task_a_${FIRST}_${partition}`, "t", partition, "0", actual, {
      expected,
      own,
    });
  const path = {
    "writer._internal.partition.path_0": "year=2026/month=03/day=07/hour=06",
  };
  const { runs } = runsIn({
    "/store/a/current.jst": stateFile(`job_a_${FIRST}`, [
      task(0, "9", "9"),
      task(1, "5", "9", path),
      task(2, "5", "9"),
    ]),
  });
  const { positions } = await runs.state();
  expect(Object.fromEntries(positions)).toEqual({
    "t/0": { offset: "9", time: FIRST },
    "t/1": { offset: "5", time: Date.parse("2026-03-07T06:00:00Z") },
    "t/2": { offset: "5" },
  });
});

test("a run begins beyond the end of the one before where Kafka had deleted offsets, and nowhere else", async () => {
  const runs = await runsIn(realStore()).runs.runs(0);
  expect(runs.map(({ time }) => time)).toEqual([FIRST, SECOND, THIRD]);
  expect(runs[1]!.endedAt).toBe(SECOND + 20_000);
  expect(jumps(advancesOf(runs, PAGES))).toEqual([
    {
      partition: 1,
      from: "60",
      to: "100",
      records: 40,
      run: `job_pageviews_${SECOND}`,
      time: SECOND,
      since: FIRST,
    },
  ]);
  for (const topic of [TIMING, CODFW])
    expect(jumps(advancesOf(runs, topic))).toEqual([]);
});

test("a jump is told though the run before it is too old to be asked for", async () => {
  const runs = await runsIn(realStore()).runs.runs(SECOND);
  expect(runs.map(({ time }) => time)).toEqual([SECOND, THIRD]);
  expect(jumps(advancesOf(runs, PAGES))).toMatchObject([
    { from: "60", to: "100", since: FIRST },
  ]);
});

test("a file that cannot be read between two others makes no jump of what its run has read", async () => {
  const files = realStore();
  files[`/store/pageviews/${fileOf(SECOND)}`] = Buffer.from("SEQ");
  const runs = await runsIn(files).runs.runs(0);
  expect(runs[1]!.problems[0]).toContain(
    `/store/pageviews/${fileOf(SECOND)}: `,
  );
  expect(runs[1]!.unknown).toBe(runs[1]!.problems[0]);
  expect(runs[0]).not.toHaveProperty("unknown");
  expect(runs[1]!.advances.size).toBe(0);
  for (const topic of [PAGES, TIMING, CODFW])
    expect(jumps(advancesOf(runs, topic))).toEqual([]);
});

test("newer versions tell themselves where the run before had stood", async () => {
  const jumped = (previous: string) =>
    runsIn({
      [`/store/a/job_a_${FIRST}.jst`]: stateFile(`job_a_${FIRST}`, [
        taskBytes(`task_a_${FIRST}_0`, "t", 0, "100", "160", {
          unit: { previousHighWatermark: previous },
        }),
      ]),
    }).runs.runs(0);
  expect(jumps(advancesOf(await jumped("60"), "t"))).toMatchObject([
    { from: "60", to: "100", records: 40 },
  ]);
  // Nothing was stored before: the partition is new.
  expect(jumps(advancesOf(await jumped("0"), "t"))).toEqual([]);
});

test("a task that failed and moved on is told with its reason, one that did not move is no failure", async () => {
  const runs = await runsIn(realStore()).runs.runs(0);
  const failed = advancesOf(runs, TIMING).filter(({ task }) => task?.failure);
  expect(failed).toMatchObject([
    { partition: 2, from: "52", to: "72", errors: 0 },
    { partition: 3, from: "86", to: "91", errors: 0 },
  ]);
  expect(failed[0]!.task).toEqual({
    id: `task_pageviews_${SECOND}_7`,
    failure: `its task task_pageviews_${SECOND}_7 failed: gobblin.runtime.ForkException`,
    written: 19,
    hours: ["2026-03-07T06"],
  });
});

test("where publishing threw, no partition moves on, and what may lie there twice is known", async () => {
  const name = "job_pubfail_1795629455203.jst";
  const [run] = await runsIn({
    [`/store/pubfail/${name}`]: fixture(name),
  }).runs.runs(0);
  expect(run!.advances.get(CODFW)).toMatchObject([
    { partition: 1, from: "0", to: "0", tried: "4" },
    { partition: 0, from: "0", to: "0", tried: "2" },
    { partition: 2, from: "0", to: "0" },
    { partition: 3, from: "0", to: "0" },
  ]);
  expect(run!.advances.get(CODFW)![2]).not.toHaveProperty("tried");
});

test("records that could not be decoded are told once, of the first partition that moved", async () => {
  const task = taskBytes("task_a_1795629104600_0", "t", 0, "0,5", "0,9", {
    unit: { "partition.id.0": "0", "partition.id.1": "1" },
    own: { "error.message.undecodable.count": "2" },
  });
  const [run] = await runsIn({
    [`/store/a/job_a_${FIRST}.jst`]: stateFile(`job_a_${FIRST}`, [task]),
  }).runs.runs(0);
  expect(run!.advances.get("t")!.map(({ errors }) => errors)).toEqual([0, 2]);
});

test("datasets with files of their own are one run, and jobs are told apart", async () => {
  const of = (job: string, ms: number, topic: string) =>
    stateFile(`job_${job}_${ms}`, [
      taskBytes(`task_${job}_${ms}_0`, topic, 0, "0", "7"),
    ]);
  const files = {
    [`/store/a/t1-job_a_${FIRST}.jst`]: of("a", FIRST, "t1"),
    "/store/a/t1-current.jst": of("a", FIRST, "t1"),
    [`/store/a/t2-job_a_${FIRST}.jst`]: of("a", FIRST, "t2"),
    "/store/a/t2-current.jst": of("a", FIRST, "t2"),
    [`/store/b/job_b_${SECOND}.jst`]: of("b", SECOND, "t3"),
    "/store/b/current.jst": of("b", SECOND, "t3"),
  };
  const runs = await runsIn(files).runs.runs(0);
  expect(
    runs.map(({ name, advances }) => [name, [...advances.keys()]]),
  ).toEqual([
    [`job_a_${FIRST}`, ["t1", "t2"]],
    [`job_b_${SECOND}`, ["t3"]],
  ]);
  const state = await runsIn(files).runs.state();
  expect([...state.positions.keys()]).toEqual(["t1/0", "t2/0", "t3/0"]);
  expect(Object.fromEntries(state.lastRuns!)).toEqual({
    t1: FIRST,
    t2: FIRST,
    t3: SECOND,
  });
  const one = await runsIn(files, { jobs: ["b"] }).runs.state();
  expect([...one.positions.keys()]).toEqual(["t3/0"]);
});

test("a run's file is read once", async () => {
  const { runs, reads } = runsIn(realStore());
  await Promise.all([runs.runs(0), runs.runs(0)]);
  await runs.runs(0);
  expect(reads).toHaveLength(3);
});
