import { showInstant, showInstants } from "../../../cli/time";

test("an instant is shown in UTC, to the millisecond", () => {
  expect(showInstant(Date.UTC(2018, 6, 5, 5, 20))).toBe(
    "2018-07-05T05:20:00.000Z",
  );
});

test("a sentence keeps its instants as they were written, and its hours, runs and paths", () => {
  for (const text of [
    "as of 2018-07-05T05:20:00Z, its newest run is of 2018-07-05T03:05:00.123Z",
    "1 hours from 2018-07-05T03 to 2018-07-05T03",
    "the run 2018-07-05-03-05-00",
    "/wmf/data/event/Edit/year=2018/month=7/day=5/hour=3/_REFINED",
  ])
    expect(showInstants(text)).toBe(text);
});
