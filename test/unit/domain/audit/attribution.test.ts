import {
  attributeGaps,
  withLedger,
} from "../../../../domain/audit/attribution";
import {
  type HourEvidence,
  measured,
  unknowable,
} from "../../../../domain/audit/evidence";
import type { Advance, Gap } from "../../../../domain/audit/ledger";

const RANGE = { since: "2018-07-05T00", until: "2018-07-05T04" };
const gap = (over: Partial<Gap> = {}): Gap => ({
  partition: 0,
  from: "100",
  to: "150",
  records: 5,
  run: "2018-07-05-03-05-00",
  time: Date.parse("2018-07-05T03:05:00Z"),
  ...over,
});
const hour = (over: Partial<HourEvidence> = {}): HourEvidence => ({
  hour: "2018-07-05T01",
  produced: unknowable("deleted"),
  archived: unknowable("not asked"),
  queryable: true,
  ...over,
});

test("a gap belongs to the hours that lack records, as far as they explain it", () => {
  const found = attributeGaps(
    [gap()],
    [
      { hour: "2018-07-05T00", records: 2 },
      { hour: "2018-07-05T01", records: 9 },
    ],
    RANGE,
  );
  expect([...found].map(([at, { missing }]) => [at, missing])).toEqual([
    ["2018-07-05T00", 2],
    ["2018-07-05T01", 3],
  ]);
});

test("what no hour explains belongs to the hour before the run", () => {
  const found = attributeGaps([gap()], [], RANGE);
  expect([...found]).toEqual([
    [
      "2018-07-05T02",
      {
        missing: 5,
        why: "5 records of partition 0, offsets 100 to 150, imported by the run 2018-07-05-03-05-00, are in no raw file",
      },
    ],
  ]);
});

test("a gap that is a bound says so; one fact among bounds makes the hour's number no bound", () => {
  const uncounted = gap({ atMost: "uncounted" });
  const [alone] = attributeGaps([uncounted], [], RANGE).values();
  expect(alone).toMatchObject({ missing: 5, missingAtMost: true });
  expect(alone!.why).toMatch(/^at most 5 records .* may hold no record$/);
  const [both] = attributeGaps([gap(), uncounted], [], RANGE).values();
  expect(both).not.toHaveProperty("missingAtMost");
  const [deleted] = attributeGaps(
    [gap({ atMost: "deleted" })],
    [],
    RANGE,
  ).values();
  expect(deleted!.why).toMatch(/^at most 5 records/);
  expect(deleted).not.toHaveProperty("missingAtMost");
});

test("a gap without a run, or of a run outside of the range, is shown in the range's last hour", () => {
  const old = gap({ time: Date.parse("2018-06-01T00:05:00Z") });
  const unnamed: Gap = { partition: 0, from: "1", to: "3", records: 2 };
  const found = attributeGaps([old, unnamed], [], RANGE);
  expect([...found.keys()]).toEqual(["2018-07-05T03"]);
  expect(found.get("2018-07-05T03")!.missing).toBe(7);
});

test("a deficit explains no more than itself, however many gaps there are", () => {
  const found = attributeGaps(
    [gap({ records: 2 }), gap({ records: 2 })],
    [{ hour: "2018-07-05T00", records: 3 }],
    RANGE,
  );
  expect([...found].map(([at, { missing }]) => [at, missing])).toEqual([
    ["2018-07-05T00", 3],
    ["2018-07-05T02", 1],
  ]);
});

test("an hour gets its gap and the importer's errors, also where it has no raw directory; what was given stays as it was", () => {
  const hours = [
    hour({ archived: measured(5) }),
    hour({ hour: "2018-07-05T02" }),
  ];
  const before = structuredClone(hours);
  const failed: Advance = {
    run: "2018-07-05-03-05-00",
    time: Date.parse("2018-07-05T03:05:00Z"),
    partition: 1,
    from: "0",
    to: "9",
    errors: 2,
  };
  const [first, second] = withLedger(hours, [gap()], [failed], RANGE);
  expect(first!.raw).toMatchObject({ count: 0, missing: 5 });
  expect(second!.raw).toMatchObject({
    errors: 2,
    problems: [
      "2 records of partition 1 could not be decoded by the run 2018-07-05-03-05-00",
    ],
  });
  expect(hours).toEqual(before);
});

test("a gap whose task tells its hours belongs to those first, whatever other hours lack", () => {
  const own = gap({ hours: ["2018-07-05T01", "2018-07-05T03"] });
  const found = (deficits: { hour: string; records: number }[]) =>
    [...attributeGaps([own], deficits, RANGE)].map(([at, { missing }]) => [
      at,
      missing,
    ]);
  expect(
    found([
      { hour: "2018-07-05T00", records: 9 },
      { hour: "2018-07-05T01", records: 3 },
    ]),
  ).toEqual([
    ["2018-07-05T01", 3],
    ["2018-07-05T00", 2],
  ]);
  expect(found([])).toEqual([["2018-07-05T03", 5]]);
});

test("what the importer says not to have written is told apart from what was removed", () => {
  const failed = gap({ records: 2, fault: "its task failed" });
  const [both] = attributeGaps([gap(), failed], [], RANGE).values();
  expect(both).toMatchObject({ missing: 7, notWritten: 2 });
  const [removed] = attributeGaps([gap()], [], RANGE).values();
  expect(removed).not.toHaveProperty("notWritten");
});

test("a gap of a task that read several partitions names all of them", () => {
  const others = [{ partition: 3, from: "7", to: "9" }];
  const [found] = attributeGaps(
    [gap({ task: { id: "a", others } })],
    [],
    RANGE,
  ).values();
  expect(found!.why).toContain(
    "of partition 0, offsets 100 to 150, or of partition 3, offsets 7 to 9, imported by",
  );
});
