import fc from "fast-check";
import {
  addHours,
  hourOf,
  hourOfPartition,
  hoursIn,
  hourStart,
  inRange,
  partitionDayPath,
  partitionPath,
} from "../../../lib/hour";

const anyHour = fc
  .integer({ min: 0, max: 600_000 })
  .map((n) => hourOf(n * 3_600_000));

test("Hive does not pad its partitions", () => {
  expect(partitionPath("2018-07-05T03")).toBe("year=2018/month=7/day=5/hour=3");
});

test.each([
  "year=2018/month=07/day=05/hour=03",
  "year=2018/month=7/day=05/hour=3",
  "datacenter=eqiad/year=2018/month=07/day=05/hour=03",
  "datacenter=eqiad%3Aold/year=2018/month=7/day=5/hour=03%3A00",
  "/wmf/data/event/Edit/year=2018/month=7/day=5/hour=3/_REFINED",
  "year=2018,month=7,day=5,hour=3",
  'datacenter="eqiad",year="2018",month="07",day="05",hour="03"',
])(
  "however a partition's name writes its hour, it is that hour: %s",
  (name) => {
    expect(hourOfPartition(name)).toBe("2018-07-05T03");
  },
);

test.each([
  "year=2018/month=13/day=5/hour=3",
  "year=2018/month=2/day=30/hour=3",
  "year=2018/month=7/day=5/hour=24",
  "year=2018/month=7/day=5/hour=__HIVE_DEFAULT_PARTITION__",
  "year=2018/month=7/day=5/hour=03%3A30",
  "fiscalyear=2018/month=7/day=5/hour=3",
  "year=2018/month=7/day=5",
])("what is no hour of the calendar is none: %s", (name) => {
  expect(hourOfPartition(name)).toBeUndefined();
});

test("a day's directory holds its hours", () => {
  expect(partitionDayPath("2018-07-05")).toBe("year=2018/month=7/day=5");
});

test("every hour survives its partition's name", () => {
  fc.assert(
    fc.property(
      anyHour,
      (h) =>
        hourOfPartition(partitionPath(h)) === h && hourOf(hourStart(h)) === h,
    ),
  );
});

test("a range holds its first hour and not its end", () => {
  fc.assert(
    fc.property(anyHour, fc.integer({ min: 1, max: 200 }), (since, n) => {
      const range = { since, until: addHours(since, n) };
      const hours = hoursIn(range);
      expect(hours).toHaveLength(n);
      expect(hours[0]).toBe(since);
      expect(hours.every((h) => inRange(h, range))).toBe(true);
      expect(inRange(range.until, range)).toBe(false);
    }),
  );
});

test.each([
  "year=2018,month=13,day=5,hour=3",
  "year=2018,month=2,day=30,hour=3",
  "year=2018,month=7,day=5,hour=24",
  "year=2,month=7,day=5,hour=3",
  "year=99999999999,month=7,day=5,hour=3",
])("a partition that is no hour of the calendar has none: %s", (name) => {
  expect(hourOfPartition(name)).toBeUndefined();
});
