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
      [
        ...[file("01", 50, 50), file("01", 50, 20)],
        ...[file("02", 80, 30), file("02", 90, 10)],
      ],
    ),
  ).toMatchObject([{ hour: "2018-07-05T01", records: 20 }]);
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

test("no hour is given more than it has besides its largest file", () => {
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
    ["2018-07-05T02", 10],
    ["2018-07-05T01", 8],
  ]);
  // The newest hour has nothing twice: what the second run took again is in the hour before.
  expect(
    surpluses(
      [run("a", 0, 3), run("b", 1, 43)],
      [file("01", 3, 3), file("01", 3, 2), file("02", 43, 40)],
    ),
  ).toMatchObject([{ hour: "2018-07-05T01", records: 2 }]);
});

/** What hour 01 has perhaps more than once, besides what it has for sure. */
const perhaps = (...about: Parameters<typeof repeatedIn>) =>
  repeatedIn(...about)("2018-07-05T01").perhapsTwice;

test("what offsets without a record hide of a run that was repeated may be there twice", () => {
  // Offset 1 holds no record, and 0 was taken by both runs.
  const copies = [file("01", 1, 1), file("01", 1, 1)];
  expect(perhaps([run("a", 0, 2), run("b", 0, 2)], copies)).toBe(1);
  // Of the four offsets that both took, one is empty: two are too much by the sum, and up to two more may be.
  const files = [file("01", 5, 4), file("01", 8, 6)];
  const runs = [run("a", 0, 5), run("b", 1, 8)];
  expect(repeatedIn(runs, files)("2018-07-05T01")).toMatchObject({
    twice: { records: 2 },
    perhapsTwice: 2,
  });
});

test("copies that a run left which was set aside may be there twice, be they within another run's offsets or in none's", () => {
  const copies = [file("01", 2, 1), file("01", 2, 1)];
  expect(perhaps([], copies)).toBe(1);
  expect(perhaps([run("a", 0, 3)], copies)).toBe(1);
  // Offsets 2 and 3 hold no record; the run has taken 0 and 1 once more.
  const others = [file("01", 2, 2), file("01", 5, 3)];
  expect(perhaps([run("a", 0, 5)], others)).toBe(2);
});

test("files whose names overlap may have records in common, where they are of one hour", () => {
  const named = (hour: string, start: number, end: number, count: number) => ({
    ...file(hour, end, count),
    start: String(start),
  });
  expect(perhaps([], [named("01", 0, 4, 2), named("01", 2, 4, 2)])).toBe(2);
  expect(perhaps([], [named("01", 0, 4, 2), named("02", 2, 6, 2)])).toBe(
    undefined,
  );
});

test("nothing is doubted of a single file, of runs that followed one another, or of other partitions", () => {
  const runs = [run("a", 0, 2), run("b", 2, 9), run("b", 0, 9, 1)];
  const files = [
    ...[file("01", 1, 1), file("01", 5, 1), file("02", 9, 1)],
    file("01", 5, 5, 1),
  ];
  expect(repeatedIn(runs, files)("2018-07-05T01")).toEqual({});
  // A run that went over the same offsets again, and whose hour lies there once.
  expect(perhaps([run("a", 0, 2), run("b", 0, 2)], [file("01", 1, 1)])).toBe(
    undefined,
  );
});

test("an hour's repeated records are summed up over its partitions", () => {
  const repeated = repeatedIn(
    [0, 1].flatMap((p) => [run("a", 0, 3, p), run("b", 0, 3, p)]),
    [0, 1].flatMap((p) => [file("01", 3, 2, p), file("01", 3, 2, p)]),
  );
  expect(repeated("2018-07-05T01")).toEqual({
    twice: {
      records: 2,
      why: expect.stringContaining("partition 1") as string,
    },
    perhapsTwice: 2,
  });
  expect(repeated("2018-07-05T02")).toEqual({});
});
