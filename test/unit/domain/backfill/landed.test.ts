import { Landed } from "../../../../domain/backfill/landed";

test("an event that has landed is known by its index in the list of missing events, and one that is there twice is counted once", () => {
  const landed = new Landed();
  for (const index of [0, 7, 8, 100_000, 3_000_000, 7, 7])
    landed.add(index, `uuid-${index}`);
  expect([landed.count, landed.twice]).toEqual([5, 1]);
  expect(
    [0, 1, 7, 8, 99_999, 100_000, 3_000_000].map((n) => landed.has(n, "")),
  ).toEqual([true, false, true, true, false, true, true]);
});

test("an index that is not a whole number from 0 on is refused", () => {
  for (const index of [NaN, -1, 1.5])
    expect(() => new Landed().add(index, "x")).toThrow(
      `${index} is no index in a list of missing events`,
    );
});

test("an event whose message carries no index, as version 0.1.0 produced them, is known by its uuid", () => {
  const landed = new Landed();
  landed.add(undefined, "a");
  landed.add(undefined, "a");
  landed.add(3, "b");
  expect(landed.has(0, "a")).toBe(true);
  expect(landed.has(1, "c")).toBe(false);
  landed.add(5, "a");
  expect([landed.count, landed.twice]).toEqual([2, 1]);
});
