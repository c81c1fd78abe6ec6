import { cutByCount, cutByLength } from "../../../../workflows/backfill/cut";

test("a list is cut into parts of so many items, the last one shorter", () => {
  expect(cutByCount([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(cutByCount([], 2)).toEqual([]);
});

test("a list is cut so that no part is longer than allowed as JSON", () => {
  expect(cutByLength(["aa", "bb", "cc"], 8)).toEqual([["aa", "bb"], ["cc"]]);
  expect(cutByLength([], 8)).toEqual([]);
});

test("an item that is longer than allowed is a part of its own", () => {
  expect(cutByLength(["a", "bbbbbbbbbb", "c"], 8)).toEqual([
    ["a"],
    ["bbbbbbbbbb"],
    ["c"],
  ]);
});
