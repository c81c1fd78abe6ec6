import { inWords, paceOf } from "../../../lib/pace";

test("a pace tells how long the rest will take; nothing done tells nothing", () => {
  expect(paceOf(840, 840, 4)).toEqual({ perSecond: 210, secondsLeft: 4 });
  expect(paceOf(1, 2, 3)).toEqual({ perSecond: 0.3, secondsLeft: 6 });
  expect(paceOf(0, 840, 4)).toEqual({});
  expect(paceOf(840, 840, 0)).toEqual({});
});

test.each([
  [45, "45 s"],
  [324, "5 min 24 s"],
  [3600, "60 min 00 s"],
])("%d seconds are %s", (seconds, words) => {
  expect(inWords(seconds)).toBe(words);
});
