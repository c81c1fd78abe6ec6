import { jumps, stillHeld } from "../../../../domain/audit/jumps";
import fc from "fast-check";
import {
  type Advance,
  holes,
  unaccounted,
} from "../../../../domain/audit/ledger";

const advance = (over: Partial<Advance> = {}): Advance => ({
  run: "2018-07-05-03-05-00",
  time: 3,
  partition: 0,
  from: "100",
  to: "150",
  errors: 0,
  ...over,
});
const file = (count: number, end: string, partition = 0) => ({
  partition,
  end,
  count,
});

test("files that add up to what a run advanced leave no gap", () => {
  expect(
    unaccounted([advance()], [file(20, "120"), file(30, "150")], []),
  ).toEqual([]);
});

test("a file that was removed is a gap of its size, at its run", () => {
  expect(unaccounted([advance()], [file(20, "120")], [])).toEqual([
    {
      partition: 0,
      from: "100",
      to: "150",
      records: 30,
      run: "2018-07-05-03-05-00",
      time: 3,
    },
  ]);
});

test("recorded errors and a replay's own markers explain offsets without a record, once", () => {
  const markers = [{ partition: 0, from: "120", to: "140", empty: 4 }];
  const files = [file(45, "150"), file(47, "200")];
  const runs = [
    advance({ errors: 1 }),
    advance({ from: "150", to: "200", time: 4 }),
  ];
  expect(unaccounted(runs, files, markers)).toMatchObject([{ records: 3 }]);
});

test("a run that began beyond the end of the one before tells of offsets deleted unread", () => {
  const runs = [advance(), advance({ from: "170", to: "180", time: 4 })];
  expect(jumps(runs)).toMatchObject([{ from: "150", to: "170", records: 20 }]);
  expect(
    jumps([advance(), advance({ from: "150", to: "180", time: 4 })]),
  ).toEqual([]);
});

test("a reset to the beginning of another log does not hide what is jumped over there", () => {
  const reset = advance({ from: "0", to: "20", time: 4 });
  const next = advance({ from: "30", to: "40", time: 5 });
  expect(jumps([advance(), reset, next])).toMatchObject([
    { from: "20", to: "30", records: 10, since: 4 },
  ]);
});

test("a run may go on where an earlier one ended, as runs that overlapped do, but not where one of another log did", () => {
  const overlapping = advance({ to: "140", time: 4 });
  const next = advance({ from: "150", to: "160", time: 5 });
  const runs = [advance(), overlapping, next];
  expect(jumps(runs)).toEqual([]);
  expect(jumps(runs, false)).toMatchObject([{ from: "140", to: "150" }]);
});

test("what runs have read since a saga moved the importer back was not jumped over, as far as they have read it", () => {
  const jump = advance({ from: "170", to: "180", time: 4 });
  const back = (to: string, bySaga?: true) =>
    advance({
      from: "155",
      to,
      time: 5,
      before: { to: "155", ...(bySaga ? { bySaga } : {}) },
    });
  const ours = (to: string) => back(to, true);
  expect(jumps([advance(), jump, ours("180")])).toMatchObject([
    { from: "150", to: "155", records: 5 },
  ]);
  expect(jumps([advance(), jump, ours("160")])).toMatchObject([
    { from: "150", to: "155" },
    { from: "160", to: "170", records: 10 },
  ]);
  const next = advance({ from: "160", to: "180", time: 6 });
  expect(jumps([advance(), jump, ours("160"), next])).toMatchObject([
    { from: "150", to: "155" },
  ]);
  // A log that was made anew has the same offsets.
  expect(jumps([advance(), jump, back("180")])[0]).toMatchObject({
    from: "150",
    to: "170",
  });
  expect(jumps([advance(), jump, ours("180")], false)[0]).toMatchObject({
    from: "150",
    to: "170",
  });
});

test("of what was jumped over, Kafka holds what its log has", () => {
  const jumped = jumps([
    advance(),
    advance({ from: "170", to: "180", time: 4 }),
  ]);
  const held = (low: string, high: string, partition = 0) =>
    stillHeld(jumped, { partition, low, high });
  expect(held("0", "200")).toEqual([{ from: "150", to: "170" }]);
  expect(held("160", "165")).toEqual([{ from: "160", to: "165" }]);
  expect(held("170", "200")).toEqual([]);
  expect(held("0", "200", 1)).toEqual([]);
});

test("names that tell both ends must follow one another", () => {
  const at = (start: number, end: number) => ({
    ...file(end - start, String(end)),
    start: String(start),
  });
  expect(holes([at(10, 20), at(0, 10), at(23, 30)])).toMatchObject([
    { from: "20", to: "23", records: 3 },
  ]);
});

const span = (start: number, end: number, count?: number) => ({
  ...file(count ?? end - start, String(end)),
  start: String(start),
  ...(count === undefined ? { atMost: true as const } : {}),
});

test("exact files of neighbouring hours that overlap must add up to the offsets they span", () => {
  expect(holes([span(0, 100, 60), span(5, 120, 60)])).toEqual([]);
  expect(holes([span(0, 100, 60), span(5, 120, 52)])).toEqual([
    { partition: 0, from: "0", to: "120", records: 8 },
  ]);
});

test("a file that was removed shows though its neighbours' names span its offsets", () => {
  expect(holes([span(0, 50, 40), span(50, 60, 10)])).toMatchObject([
    { from: "0", to: "50", records: 10 },
  ]);
});

test("names that only bound the records prove neither a loss nor a duplicate where they overlap", () => {
  expect(holes([span(0, 100), span(5, 120, 10)])).toEqual([]);
  expect(holes([span(0, 100), span(5, 120), span(130, 140)])).toMatchObject([
    { from: "120", to: "130", records: 10 },
  ]);
});

test("offsets beyond 2^53 are reckoned exactly", () => {
  const from = 2n ** 60n;
  const gap = unaccounted(
    [advance({ from: from.toString(), to: (from + 5n).toString() })],
    [file(4, (from + 4n).toString())],
    [],
  );
  expect(gap).toMatchObject([{ records: 1 }]);
});

test("however a run's records are spread over files, the sum closes", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      fc.nat(),
      (counts, skip) => {
        let end = 100;
        const files = counts.map((n) => file(n, String((end += n))));
        const run = advance({ to: String(end) });
        const lost = skip % files.length;
        expect(unaccounted([run], files, [])).toEqual([]);
        expect(
          unaccounted(
            [run],
            files.filter((_, i) => i !== lost),
            [],
          ),
        ).toMatchObject([{ records: counts[lost] }]);
      },
    ),
  );
});

test("a run that tells where the one before it stood is believed before the order of a list", () => {
  const next = (to: string) =>
    advance({ from: "170", to: "180", time: 4, before: { to, time: 2 } });
  expect(jumps([advance(), next("160")])).toMatchObject([
    { from: "160", to: "170", records: 10, since: 2 },
  ]);
  expect(jumps([advance(), next("170")])).toEqual([]);
  expect(jumps([next("160")])).toHaveLength(1);
});
