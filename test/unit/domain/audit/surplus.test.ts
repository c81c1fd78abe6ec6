import { surpluses } from "../../../../domain/audit/surplus";

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
