import fc from "fast-check";
import {
  type Advance,
  advancesHolding,
  type LedgerFile,
  unaccounted,
} from "../../../../domain/audit/ledger";
import { surpluses } from "../../../../domain/audit/surplus";
import { perhapsTwice } from "../../../../domain/audit/perhaps-twice";
import { unaccountedByTask } from "../../../../domain/audit/task-ledger";

const HOUR = "2026-03-07T06";
const read = (
  id: string,
  from: number,
  to: number,
  over: Partial<Advance> & { failure?: string; written?: number } = {},
): Advance => {
  const { failure, written, ...rest } = over;
  return {
    run: `run of ${id}`,
    time: from,
    partition: 0,
    from: String(from),
    to: String(to),
    errors: 0,
    task: {
      id,
      hours: [HOUR],
      ...(failure === undefined ? {} : { failure }),
      ...(written === undefined ? {} : { written }),
    },
    ...rest,
  };
};
const file = (task: string, count: number, hour = HOUR) => ({
  task,
  count,
  partition: -1,
  end: "0",
  hour,
});

test("a task's files add up to what it moved on, in whichever hours and of whichever partitions", () => {
  const advances = [read("a", 0, 40), read("a", 7, 17, { partition: 3 })];
  expect(
    unaccountedByTask(
      advances,
      [file("a", 20), file("a", 30, "2026-03-07T07"), file("b", 9)],
      [],
    ),
  ).toEqual([]);
  expect(unaccountedByTask(advances, [file("a", 20)], [])).toEqual([
    {
      partition: 0,
      from: "0",
      to: "40",
      records: 30,
      run: "run of a",
      time: 0,
      task: { id: "a", others: [{ partition: 3, from: "7", to: "17" }] },
      hours: [HOUR],
    },
  ]);
});

test("records that could not be decoded and markers explain offsets, each once", () => {
  const markers = [{ partition: 0, from: "10", to: "90", empty: 4 }];
  const advances = [read("a", 0, 50, { errors: 1 }), read("b", 50, 100)];
  expect(
    unaccountedByTask(advances, [file("a", 45), file("b", 47)], markers),
  ).toMatchObject([{ records: 3, task: { id: "b" } }]);
});

test("a failed task, and one that wrote less than it read, is named as the reason; a removed file is not its fault", () => {
  const gaps = (advance: Advance, files: LedgerFile[]) =>
    unaccountedByTask([advance], files, []).map(({ records, fault }) => [
      records,
      fault,
    ]);
  const failed = read("a", 52, 72, { failure: "it failed", written: 19 });
  expect(gaps(failed, [])).toEqual([[20, "it failed"]]);
  const short = read("a", 0, 20, { written: 19 });
  expect(gaps(short, [file("a", 19)])).toEqual([
    [1, "it wrote 19 records, and no more"],
  ]);
  expect(gaps(read("a", 0, 20, { written: 20 }), [file("a", 5)])).toEqual([
    [15, undefined],
  ]);
});

test("what another task has read whole as well is not missing, however often the first one failed", () => {
  const lost = read("a", 0, 20, { failure: "it failed" });
  expect(
    unaccountedByTask([lost, read("b", 0, 20)], [file("b", 20)], []),
  ).toEqual([]);
  expect(
    unaccountedByTask([lost, read("b", 5, 30)], [file("b", 25)], []),
  ).toMatchObject([{ records: 5 }]);
  // The other one lacks something itself.
  expect(
    unaccountedByTask([lost, read("b", 0, 20)], [file("b", 19)], []),
  ).toMatchObject([{ records: 20 }, { records: 1 }]);
});

test("a task that did not move on lacks nothing", () => {
  expect(unaccountedByTask([read("a", 5, 5, { tried: "9" })], [], [])).toEqual(
    [],
  );
});

test("tasks and files without them are two ledgers", () => {
  const { task: _, ...plain } = read("a", 0, 20);
  expect(unaccounted([read("a", 0, 20)], [], [])).toEqual([]);
  expect(unaccountedByTask([plain], [], [])).toEqual([]);
  expect(unaccounted([plain], [file("a", 20)], [])).toMatchObject([
    { records: 20 },
  ]);
});

test("what was published though its position stayed, and then read again, is there twice", () => {
  const twice = surpluses(
    [read("a", 0, 0, { tried: "20" }), read("b", 0, 30)],
    [file("a", 20), file("b", 30)],
  );
  expect(twice).toMatchObject([{ hour: HOUR, records: 20 }]);
  expect(twice[0]!.why).toContain("run of a, run of b");
  // Nobody has read it again yet.
  expect(
    surpluses([read("a", 0, 0, { tried: "20" })], [file("a", 20)]),
  ).toEqual([]);
});

test("files of tasks that read different offsets are no copies of one another, though their names tell no offsets", () => {
  const advances = [read("a", 0, 20), read("b", 20, 40)];
  const files = [file("a", 20), file("b", 20)];
  expect(surpluses(advances, files)).toEqual([]);
  expect(perhapsTwice(advances, files).size).toBe(0);
});

test("a file is of the run whose task its name tells", () => {
  const runsOf = advancesHolding([read("a", 0, 20), read("b", 20, 40)]);
  expect(runsOf(file("b", 1)).map(({ run }) => run)).toEqual(["run of b"]);
  expect(runsOf(file("c", 1))).toEqual([]);
});

test("whatever is taken out of whole tasks is found, to the record", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.nat(3), fc.integer({ min: 1, max: 50 }), fc.nat(50)),
        {
          minLength: 1,
          maxLength: 12,
        },
      ),
      (parts) => {
        let at = 0;
        const advances: Advance[] = [];
        const files: LedgerFile[] = [];
        let taken = 0;
        for (const [task, size, without] of parts) {
          const lost = Math.min(size, without);
          advances.push(read(`t${task}`, at, at + size));
          files.push(file(`t${task}`, size - lost));
          taken += lost;
          at += size;
        }
        const gaps = unaccountedByTask(advances, files, []);
        expect(gaps.reduce((sum, { records }) => sum + records, 0)).toBe(taken);
        expect(surpluses(advances, files as never)).toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
});
