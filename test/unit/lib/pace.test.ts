import { Pace } from "../../../lib/pace";

test("a pace is that of this attempt, and tells how long the rest takes", () => {
  let now = 0;
  const pace = new Pace(1000, 400, () => now);
  expect(pace.at(400)).toEqual({ done: 400, of: 1000, perSecond: 0 });
  now = 2000;
  expect(pace.at(600)).toEqual({
    done: 600,
    of: 1000,
    perSecond: 100,
    secondsLeft: 4,
  });
});
