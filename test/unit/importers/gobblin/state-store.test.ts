import { fileOf, fixture, realStore, runsIn, SECOND, THIRD } from "./store";

const CURRENT = "/store/pageviews/current.jst";
const NEWEST = `/store/pageviews/${fileOf(THIRD)}`;

test("a copy that is away for a moment, as it is replaced, is read again", async () => {
  const files = realStore();
  const whole = files[CURRENT]!;
  delete files[CURRENT];
  const { runs, pauses } = runsIn(files, {
    meanwhile: (n) => n === 2 && void (files[CURRENT] = whole),
  });
  const { run, problems } = await runs.state();
  expect([run, problems]).toEqual([`job_pageviews_${THIRD}`, []]);
  expect(pauses).toHaveLength(2);
});

test("a copy that is cut short is read again, and then the newest run's own file", async () => {
  for (const cut of [0, 133, 500]) {
    const files = realStore();
    files[CURRENT] = fixture(fileOf(THIRD)).subarray(0, cut);
    const { runs, pauses, reads } = runsIn(files);
    const { run, problems } = await runs.state();
    expect([run, problems]).toEqual([`job_pageviews_${THIRD}`, []]);
    expect(pauses).toHaveLength(3);
    expect(reads.at(-1)).toBe(NEWEST);
  }
});

test("where neither can be read the positions are unknown, and both files are named; no older run stands for them", async () => {
  const files = realStore();
  files[CURRENT] = Buffer.alloc(0);
  files[NEWEST] = Buffer.from("SEQ");
  const { positions, problems } = await runsIn(files).runs.state();
  expect(positions.size).toBe(0);
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(`${CURRENT}: in its header`);
  expect(problems[0]).toContain(`${NEWEST}: in its header`);
});

test("a run's file that could not be read is read anew at the next audit", async () => {
  const files = realStore();
  const path = `/store/pageviews/${fileOf(SECOND)}`;
  const whole = files[path]!;
  files[path] = Buffer.alloc(0);
  const { runs } = runsIn(files);
  expect((await runs.runs(0))[1]!.problems).toHaveLength(1);
  files[path] = whole;
  expect((await runs.runs(0))[1]!.problems).toEqual([]);
});

test("a store without jobs, or that does not exist, has no positions", async () => {
  expect(await runsIn({}).runs.state()).toMatchObject({
    positions: new Map(),
    problems: [],
  });
  expect(await runsIn({}).runs.runs(0)).toEqual([]);
});
