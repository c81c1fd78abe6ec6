import { hour } from "../../../../domain/settings/hour-text";

test("an hour is written 2018-07-05T03, and nothing else is an hour", () => {
  expect(hour.safeParse("2018-07-05T03").success).toBe(true);
  for (const bad of [
    "2018-07-05",
    "2018-07-05T24",
    "2018-02-30T01",
    "2018-7-5T3",
    "2018-07-05T03:00",
  ]) {
    expect(hour.safeParse(bad).success).toBe(false);
  }
});
