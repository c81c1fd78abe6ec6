import { Landed } from "../../../../domain/backfill/landed";

test("what has landed is known by its place in the list, and what stands twice is counted once", () => {
  const landed = new Landed();
  for (const place of [0, 7, 8, 100_000, 3_000_000, 7, 7])
    landed.add(place, `uuid-${place}`);
  expect([landed.count, landed.twice]).toEqual([5, 1]);
  expect(
    [0, 1, 7, 8, 99_999, 100_000, 3_000_000].map((n) => landed.has(n, "")),
  ).toEqual([true, false, true, true, false, true, true]);
  expect(() => landed.add(NaN, "x")).toThrow("NaN is no place");
});

test("what an attempt of before has landed without a place is known by its uuid", () => {
  const landed = new Landed();
  landed.add(undefined, "a");
  landed.add(undefined, "a");
  landed.add(3, "b");
  expect(landed.has(0, "a")).toBe(true);
  expect(landed.has(1, "c")).toBe(false);
  landed.add(5, "a");
  expect([landed.count, landed.twice]).toEqual([2, 1]);
});
