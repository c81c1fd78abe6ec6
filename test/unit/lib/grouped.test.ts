import { grouped } from "../../../lib/grouped";

test("items and groups are in the order in which they come", () => {
  expect([...grouped([3, 1, 4, 5], (n) => n % 2)]).toEqual([
    [1, [3, 1, 5]],
    [0, [4]],
  ]);
  expect(grouped([], String).size).toBe(0);
});
