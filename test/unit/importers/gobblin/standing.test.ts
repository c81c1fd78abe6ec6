import { readGobblinState } from "../../../../formats/gobblin/dataset-state";
import { GobblinRuns } from "../../../../importers/gobblin/runs";
import { GobblinStanding } from "../../../../importers/gobblin/standing";
import { GobblinStateStore } from "../../../../importers/gobblin/state-store";
import { timeZone } from "../../../../lib/time-zone";
import { stateFile, taskBytes } from "../../formats/gobblin/state-file";
import { type TreeFile, treeOf } from "../tree";
import { FIRST, fileOf, fixture, realStore, SECOND, THIRD } from "./store";

const PAGES = "eqiad.mediawiki.page_change";
const TIMING = "eqiad.eventlogging_NavigationTiming";
const runOf = (ms: number) => `job_pageviews_${ms}`;

/** A state store that can be written to, and everything that reads it. */
function gobblin(files: Record<string, Buffer | TreeFile>) {
  let writes = 0;
  const hdfs = {
    ...treeOf(files).hdfs,
    replace: async (path: string, bytes: Buffer) => {
      files[path] = { bytes, mtime: THIRD + 60_000 + ++writes };
    },
  } as never;
  const store = () =>
    new GobblinStateStore(hdfs, "/store", [], async () => undefined);
  const standing = new GobblinStanding(hdfs, store());
  const runs = () => new GobblinRuns(store(), timeZone("UTC"));
  const positions = async () =>
    Object.fromEntries(
      [...(await runs().state()).positions].map(([key, { offset }]) => [
        key,
        offset,
      ]),
    );
  const putBack = (topics: string[], after: string | undefined) =>
    standing.putBack(topics, { after, staging: "/staging", by: "a saga" });
  return { files, standing, runs, positions, putBack };
}

const bytesOf = (file: Buffer | TreeFile | undefined): Buffer =>
  Buffer.isBuffer(file) ? file : (file as { bytes: Buffer }).bytes;

test("topics go back to where they stood after a run, and everybody else stays", async () => {
  const { files, positions, putBack } = gobblin(realStore());
  const before = await positions();
  const then = await gobblin({
    [`/store/pageviews/${fileOf(FIRST)}`]: fixture(fileOf(FIRST)),
  }).positions();
  const name = await putBack([PAGES], runOf(FIRST));
  expect(name).toBe(runOf(THIRD + 1000));
  expect(await positions()).toEqual({
    ...before,
    ...Object.fromEntries(
      Object.entries(then).filter(([key]) => key.startsWith(PAGES)),
    ),
  });
  expect(before).not.toEqual(await positions());
  // As Gobblin leaves them: one for the run, and a copy.
  expect(bytesOf(files[`/store/pageviews/${name}.jst`])).toEqual(
    bytesOf(files["/store/pageviews/current.jst"]),
  );
});

test("a partition goes back to what was jumped over, and what has been read meanwhile counts all the same", async () => {
  const { positions, runs, standing } = gobblin(realStore());
  const before = await positions();
  const [key, offset] = Object.entries(before).find(
    ([, at]) => BigInt(at) > 5n,
  )!;
  const about = { staging: "/staging", by: "a saga" };
  const advances = JSON.stringify(await runs().runs(0), mapsToo);
  expect(await standing.moveBack(new Map([[key, "5"]]), about)).toMatch(
    /^job_pageviews_/,
  );
  expect(await positions()).toEqual({ ...before, [key]: "5" });
  const after = await runs().runs(0);
  expect(JSON.stringify(after.slice(0, -1), mapsToo)).toBe(advances);
  // It is not moved forwards, and not twice.
  expect(
    await standing.moveBack(new Map([[key, offset]]), about),
  ).toBeUndefined();
});

/** Maps as JSON has them. */
const mapsToo = (_: string, value: unknown) =>
  value instanceof Map ? [...(value as Map<unknown, unknown>)] : value;

test("what stands there already is not moved, nor is anything written", async () => {
  const { files, putBack } = gobblin(realStore());
  await putBack([PAGES], runOf(FIRST));
  const count = Object.keys(files).length;
  expect(await putBack([PAGES], runOf(FIRST))).toBeUndefined();
  expect(await putBack([TIMING], runOf(THIRD))).toBeUndefined();
  expect(Object.keys(files)).toHaveLength(count);
});

test("where there was no run before, the topics are new again", async () => {
  const { positions, putBack } = gobblin(realStore());
  await putBack([PAGES], undefined);
  const keys = Object.keys(await positions());
  expect(keys.filter((key) => key.startsWith(PAGES))).toEqual([]);
  expect(keys.filter((key) => key.startsWith(TIMING))).toHaveLength(4);
});

test("what was taken back counts no more, and the next run has not jumped", async () => {
  const { files, runs, putBack } = gobblin(realStore());
  const name = await putBack([PAGES], runOf(SECOND));
  const all = await runs().runs(0);
  expect(
    all.map((run) => [
      run.name,
      run.advances.has(PAGES),
      run.advances.has(TIMING),
    ]),
  ).toEqual([
    [runOf(FIRST), true, true],
    [runOf(SECOND), true, true],
    [runOf(THIRD), false, true],
    [name, false, false],
  ]);
  expect(all.at(-1)!.takenBack).toEqual({
    after: runOf(SECOND),
    topics: [PAGES],
  });
  const next = THIRD + 60_000;
  files[`/store/pageviews/${fileOf(next)}`] = stateFile(runOf(next), [
    taskBytes(`task_pageviews_${next}_0`, PAGES, 0, "210", "230"),
  ]);
  const [advance] = (await runs().runs(next))[0]!.advances.get(PAGES)!;
  expect(advance).toMatchObject({ from: "210", to: "230" });
  expect(advance!.before).toMatchObject({ to: "210" });
});

test("who has put a position somewhere has imported nothing until then", async () => {
  const { runs, putBack } = gobblin(realStore());
  await putBack([PAGES], runOf(FIRST));
  const { positions } = await runs().state();
  expect(positions.get(`${PAGES}/0`)).toEqual({ offset: "120" });
});

test("a state of ours says what Gobblin needs to go on, in the class that is there, and none of the job's settings", async () => {
  const { files, putBack } = gobblin(realStore());
  await putBack([PAGES], runOf(SECOND));
  const bytes = bytesOf(files["/store/pageviews/current.jst"]);
  expect(bytes.toString("latin1")).not.toContain("kafka.brokers");
  const [ours] = readGobblinState("ours", bytes);
  const [real] = readGobblinState("real", fixture(fileOf(THIRD)));
  expect(ours!.stored).toEqual(real!.stored);
  const ranges = ours!.tasks.find(({ topic }) => topic === PAGES)!.ranges;
  expect(
    ranges
      .map(({ partition, low, expected, actual }) =>
        [partition, low, expected, actual].join(),
      )
      .sort(),
  ).toEqual(["0,210,210,210", "1,160,160,160", "2,110,110,110", "3,33,33,33"]);
  for (const { leader } of ranges)
    expect(leader).toEqual({ id: "1", hostAndPort: "127.0.0.1:28092" });
});

test("each dataset with files of its own is put back in these, as one run of the job", async () => {
  const dataset = (topic: string, ms: number, to: string) =>
    stateFile(`job_d_${ms}`, [taskBytes(`task_d_${ms}_0`, topic, 0, "0", to)]);
  const { files, positions, putBack } = gobblin({
    [`/store/d/a-${fileOf(FIRST, "d")}`]: dataset("a", FIRST, "10"),
    [`/store/d/a-${fileOf(SECOND, "d")}`]: dataset("a", SECOND, "20"),
    "/store/d/a-current.jst": dataset("a", SECOND, "20"),
    [`/store/d/b-${fileOf(SECOND, "d")}`]: dataset("b", SECOND, "5"),
    "/store/d/b-current.jst": dataset("b", SECOND, "5"),
  });
  const name = await putBack(["a", "b"], `job_d_${FIRST}`);
  expect(name).toBe(`job_d_${SECOND + 1000}`);
  // b was new after that run.
  expect(await positions()).toEqual({ "a/0": "10" });
  expect(
    Object.keys(files)
      .filter((path) => path.includes(name!))
      .sort(),
  ).toEqual([`/store/d/a-${name}.jst`, `/store/d/b-${name}.jst`]);
});

test("runs that went on beside one another lose nothing of what either has moved", async () => {
  const job = (ms: number, a: string, b: string) =>
    stateFile(`job_d_${ms}`, [
      taskBytes(`task_d_${ms}_0`, "a", 0, "10", a),
      taskBytes(`task_d_${ms}_1`, "b", 0, "10", b),
    ]);
  const { positions, standing } = gobblin({
    [`/store/d/${fileOf(FIRST, "d")}`]: job(FIRST, "10", "10"),
    [`/store/d/${fileOf(SECOND, "d")}`]: job(SECOND, "30", "10"),
    [`/store/d/${fileOf(THIRD, "d")}`]: job(THIRD, "10", "25"),
    "/store/d/current.jst": job(THIRD, "10", "25"),
  });
  const about = { staging: "/staging", by: "a saga" };
  const first = `job_d_${FIRST}`;
  expect(await standing.settle([first], about)).toHaveLength(2);
  expect(await positions()).toEqual({ "a/0": "30", "b/0": "25" });
});

test("one run since is nobody else's", async () => {
  const { files, standing } = gobblin(realStore());
  const count = Object.keys(files).length;
  const since = await standing.settle([runOf(FIRST), runOf(SECOND)], {
    staging: "/staging",
    by: "a saga",
  });
  expect(since).toEqual([runOf(THIRD)]);
  expect(Object.keys(files)).toHaveLength(count);
});

test("a run whose file is gone, or that cannot be read, is no place to go back to", async () => {
  const gone = gobblin(realStore());
  await expect(gone.putBack([PAGES], runOf(FIRST - 1))).rejects.toThrow(
    /has no file of job_pageviews_\d+ beside it any more/,
  );
  const damaged = gobblin({
    ...realStore(),
    [`/store/pageviews/${fileOf(FIRST)}`]: Buffer.from("SEQ"),
  });
  await expect(damaged.putBack([PAGES], runOf(FIRST))).rejects.toThrow(
    fileOf(FIRST),
  );
});

test("a run's own file counts, and no older one in its place", async () => {
  const files = realStore();
  delete files[`/store/pageviews/${fileOf(SECOND)}`];
  await expect(gobblin(files).putBack([PAGES], runOf(SECOND))).rejects.toThrow(
    `has no file of ${runOf(SECOND)} beside it any more`,
  );
});

test("topics of one job are put back whatever another job has kept", async () => {
  const other = stateFile(`job_other_${THIRD}`, [
    taskBytes(`task_other_${THIRD}_0`, "x", 0, "0", "9"),
  ]);
  const { files, positions, putBack } = gobblin({
    ...realStore(),
    [`/store/other/${fileOf(THIRD, "other")}`]: other,
    "/store/other/current.jst": other,
  });
  const count = Object.keys(files).length;
  expect(await putBack([PAGES], runOf(FIRST))).toBe(runOf(THIRD + 1000));
  expect(await positions()).toMatchObject({
    "x/0": "9",
    [`${PAGES}/0`]: "120",
  });
  expect(Object.keys(files)).toHaveLength(count + 1);
  // The newest run before a saga may have been the other job's.
  const again = gobblin({
    ...realStore(),
    [`/store/other/${fileOf(SECOND + 5, "other")}`]: other,
    "/store/other/current.jst": other,
  });
  await again.putBack([PAGES], `job_other_${SECOND + 5}`);
  expect(await again.positions()).toMatchObject({ [`${PAGES}/0`]: "210" });
});
