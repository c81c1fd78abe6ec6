import {
  clockAfter,
  isOfThePast,
  presentOf,
} from "../../../../domain/audit/audit-clock";
import { HOUR_MS } from "../../../../lib/hour";

const NOW = 1000 * HOUR_MS;

test("an audit is of the present though it is late, and one as of a past instant is not told what time it is", () => {
  expect(presentOf(undefined, NOW - HOUR_MS, NOW)).toBe(NOW);
  // Without an audit before it nothing tells that the world does not stand there.
  expect(presentOf(undefined, NOW - 9 * HOUR_MS, NOW)).toBe(NOW - 9 * HOUR_MS);
  const hourly = clockAfter(undefined, NOW - HOUR_MS, NOW - HOUR_MS);
  expect(presentOf(hourly, NOW - 9 * HOUR_MS, NOW)).toBe(NOW);
});

test("in a world that stands in the past the time goes on from the newest instant of an audit", () => {
  let clock = clockAfter(undefined, 50 * HOUR_MS, NOW);
  clock = clockAfter(clock, 40 * HOUR_MS, NOW + HOUR_MS);
  expect(presentOf(clock, 40 * HOUR_MS, NOW + 3 * HOUR_MS)).toBe(53 * HOUR_MS);
  expect(presentOf(clock, 60 * HOUR_MS, NOW + 3 * HOUR_MS)).toBe(60 * HOUR_MS);
});

test("an audit is of the past where one that remembers was as of a later instant, but of none that is to come", () => {
  expect(isOfThePast(NOW, undefined)).toBe(false);
  const clock = clockAfter(clockAfter(undefined, NOW, NOW), 5, NOW);
  expect(isOfThePast(NOW - 1, clock)).toBe(true);
  expect(isOfThePast(NOW, clock)).toBe(false);
  const mistaken = clockAfter(undefined, 9 * NOW, NOW);
  expect(isOfThePast(NOW + 1, mistaken)).toBe(false);
});
