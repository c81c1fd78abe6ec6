import {
  capsuleTime,
  timeProblem,
} from "../../../../formats/eventlogging/event-time";

const AT = Date.parse("2018-07-04T10:00:00Z");

test.each([
  "2018-07-04T10:00:00Z",
  "2018-07-04T10:00:00",
  "2018-07-04t10:00:00z",
  "2018-07-04 10:00:00",
  "2018-07-04T10:00Z",
  "2018-07-04T10:00:00.000Z",
  "2018-07-04T10:00:00,000000Z",
  "2018-07-04T12:00:00+02:00",
  "2018-07-04T12:00:00+0200",
  "2018-07-04T12:00:00+02",
  "2018-07-04T04:15:00-05:45",
  "20180704T100000Z",
  "20180704T1000",
  "20180704T120000+0200",
])("dt %s is read", (dt) => {
  expect(capsuleTime({ dt })).toBe(AT);
  expect(timeProblem({ dt })).toBeUndefined();
});

test("a fraction of a second counts to the millisecond", () => {
  expect(capsuleTime({ dt: "2018-07-04T10:00:00.1239Z" })).toBe(AT + 123);
});

test.each([AT / 1000, AT, AT * 1000])(
  "timestamp %s is in seconds, milliseconds or microseconds, as its size tells",
  (timestamp) => {
    expect(capsuleTime({ timestamp })).toBe(AT);
  },
);

test.each<[Parameters<typeof capsuleTime>[0], string]>([
  [{}, "neither dt nor timestamp"],
  [{ dt: "1970-01-01T00:00:00Z" }, "its dt cannot be"],
  [{ dt: "2018-W27-3" }, "is no date and time of ISO 8601's calendar forms"],
  [{ dt: "2018-02-31T25:00:00Z" }, "is no date and time"],
  [{ timestamp: 1530698 }, "its timestamp cannot be"],
  [{ timestamp: 1e300 }, "its timestamp cannot be"],
  [{ timestamp: Number.NaN }, "its timestamp cannot be"],
  [{ timestamp: -5 }, "its timestamp cannot be"],
])("%j has no time, and it is said why", (event, why) => {
  expect(capsuleTime(event)).toBeUndefined();
  expect(timeProblem(event)).toContain(why);
});

test("where dt cannot be, timestamp tells", () => {
  expect(
    capsuleTime({ dt: "1970-01-01T00:00:00Z", timestamp: AT / 1000 }),
  ).toBe(AT);
});
