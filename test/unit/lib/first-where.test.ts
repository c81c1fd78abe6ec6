import { firstWhere } from "../../../lib/first-where";

test("the place of the first for which it holds, and the end where it holds for none", () => {
  const items = [1, 3, 3, 8];
  const places = [0, 1, 2, 3, 4, 8, 9].map((wanted) =>
    firstWhere(items, (item) => item >= wanted),
  );
  expect(places).toEqual([0, 0, 1, 1, 3, 3, 4]);
  expect(firstWhere([], () => true)).toBe(0);
});
