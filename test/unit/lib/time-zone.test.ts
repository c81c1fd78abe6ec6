import { addHours } from "../../../lib/hour";
import { isOfWholeHours, timeZone } from "../../../lib/time-zone";

test.each([
  ["UTC", "2018-07-05T03"],
  ["America/Los_Angeles", "2018-07-04T20"],
  ["Europe/Berlin", "2018-07-05T05"],
  ["Pacific/Kiritimati", "2018-07-05T17"],
])("03:00 UTC is its own hour in %s, there and back", (name, local) => {
  const zone = timeZone(name);
  expect(zone.localOf("2018-07-05T03")).toBe(local);
  expect(zone.utcOf(local)).toBe("2018-07-05T03");
});

test("every hour of a year has a name; only the second one that the end of summer time names alike is not found by it", () => {
  const zone = timeZone("America/Los_Angeles");
  const notFound: string[] = [];
  for (
    let hour = "2018-01-01T00";
    hour < "2019-01-01T00";
    hour = addHours(hour, 1)
  )
    if (zone.utcOf(zone.localOf(hour)) !== hour) notFound.push(hour);
  expect(notFound).toEqual(["2018-11-04T09"]);
  expect(zone.utcOf("2018-11-04T01")).toBe("2018-11-04T08");
  expect(zone.utcOf("2018-03-11T02")).toBeUndefined();
});

test("zones whose hours begin at half past, or do so in summer only, are told", () => {
  for (const name of ["Asia/Kolkata", "Australia/Lord_Howe", "Asia/Kathmandu"])
    expect(isOfWholeHours(name)).toBe(false);
  for (const name of ["UTC", "America/Los_Angeles", "Australia/Sydney"])
    expect(isOfWholeHours(name)).toBe(true);
  expect(() => isOfWholeHours("Mars/Olympus")).toThrow(RangeError);
});
