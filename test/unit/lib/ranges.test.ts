import { joined, type Range, without } from "../../../lib/ranges";

const ranges = (...pairs: [number, number][]): Range[] =>
  pairs.map(([low, high]) => [BigInt(low), BigInt(high)]);

test("ranges that touch or overlap are one", () => {
  expect(joined(ranges([0, 5]), [5n, 8n])).toEqual(ranges([0, 8]));
  expect(joined(ranges([0, 5], [9, 12]), [4n, 10n])).toEqual(ranges([0, 12]));
  expect(joined(ranges([0, 5]), [6n, 8n])).toEqual(ranges([0, 5], [6, 8]));
});

test("what is left of a range lies in none of the others", () => {
  expect(without(ranges([0, 5]), 3n, 8n)).toEqual(ranges([5, 8]));
  expect(without(ranges([4, 5], [7, 9]), 3n, 8n)).toEqual(
    ranges([3, 4], [5, 7]),
  );
  expect(without(ranges([0, 9]), 3n, 8n)).toEqual([]);
  expect(without([], 3n, 8n)).toEqual(ranges([3, 8]));
});
