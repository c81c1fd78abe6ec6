import { repeatedIn, surpluses } from "../../../../domain/audit/surplus";

const run = (name: string, from: number, to: number, partition = 0) => ({
  run: name,
  time: 1,
  partition,
  from: String(from),
  to: String(to),
  errors: 0,
});
const file = (hour: string, end: number, count: number, partition = 0) => ({
  hour: `2018-07-05T${hour}`,
  partition,
  end: String(end),
  count,
});

test("a run that was repeated is found in the hours that it filled twice, and both runs are named", () => {
  const files = [file("01", 30, 20), file("02", 50, 30)];
  const found = surpluses(
    [run("a", 0, 50), run("b", 0, 50)],
    [...files, ...files],
  );
  expect(found.map(({ hour, records }) => [hour, records])).toEqual([
    ["2018-07-05T02", 30],
    ["2018-07-05T01", 20],
  ]);
  expect(found[0]!.why).toBe(
    "50 records more than there are offsets 0 to 50 of partition 0, which the runs a, b took, were imported twice",
  );
});

test("runs that overlap in part are found by the sum of their files", () => {
  expect(
    surpluses(
      [run("a", 0, 50), run("b", 30, 80), run("c", 80, 90)],
      [file("01", 50, 50), file("02", 80, 50), file("02", 90, 10)],
    ),
  ).toMatchObject([{ hour: "2018-07-05T02", records: 20 }]);
});

test("a run that was repeated once its files had been set aside, and one in another partition, are none", () => {
  expect(
    surpluses(
      [run("a", 0, 50), run("b", 0, 50), run("b", 0, 50, 1)],
      [file("01", 50, 50), file("01", 50, 50, 1)],
    ),
  ).toEqual([]);
});

test("a file that lies there twice is found without a second run", () => {
  expect(
    surpluses([run("a", 0, 50)], [file("01", 50, 50), file("01", 50, 50)]),
  ).toMatchObject([{ records: 50 }]);
});

test("files with both ends overlap without a surplus, unless they hold more records than offsets", () => {
  const named = (
    start: number,
    end: number,
    count: number,
    atMost = false,
  ) => ({
    ...file("01", end, count),
    start: String(start),
    ...(atMost ? { atMost: true as const } : {}),
  });
  expect(surpluses([], [named(0, 100, 60), named(50, 120, 60)])).toEqual([]);
  expect(surpluses([], [named(0, 100, 60), named(50, 120, 65)])).toMatchObject([
    { records: 5 },
  ]);
  expect(
    surpluses([], [named(0, 100, 100, true), named(50, 120, 70, true)]),
  ).toEqual([]);
});

test("no hour is given more than it holds", () => {
  const found = surpluses(
    [run("a", 0, 10)],
    [
      file("02", 10, 10),
      file("02", 10, 10),
      file("01", 9, 9),
      file("01", 8, 8),
    ],
  );
  expect(found.map(({ hour, records }) => [hour, records])).toEqual([
    ["2018-07-05T02", 20],
    ["2018-07-05T01", 7],
  ]);
});

test("what offsets without a record hide of a run that was repeated may be there twice", () => {
  // Offset 1 holds no record, and 0 was taken by both runs.
  expect(
    surpluses(
      [run("a", 0, 2), run("b", 0, 2)],
      [file("01", 1, 1), file("01", 1, 1)],
    ),
  ).toMatchObject([{ records: 0, perhaps: 1 }]);
  // Of the four offsets that both took, one is empty.
  expect(
    surpluses(
      [run("a", 0, 5), run("b", 1, 8)],
      [file("01", 5, 4), file("01", 8, 6)],
    ),
  ).toMatchObject([{ records: 2, perhaps: 2 }]);
});

test("nothing of a single file is there twice, nor of an hour whose offsets were taken once", () => {
  expect(
    surpluses(
      [run("a", 0, 2), run("b", 0, 2), run("c", 2, 9)],
      [file("01", 1, 1), file("02", 5, 1), file("02", 9, 1)],
    ),
  ).toEqual([]);
});

test("an hour's repeated records are summed up over its partitions", () => {
  const surplus = surpluses(
    [0, 1].flatMap((p) => [run("a", 0, 3, p), run("b", 0, 3, p)]),
    [0, 1].flatMap((p) => [file("01", 3, 2, p), file("01", 3, 2, p)]),
  );
  expect(repeatedIn("2018-07-05T01", surplus)).toEqual({
    twice: { records: 2, why: expect.stringContaining("partition 1") },
    perhapsTwice: 2,
  });
  expect(repeatedIn("2018-07-05T02", surplus)).toEqual({});
});
