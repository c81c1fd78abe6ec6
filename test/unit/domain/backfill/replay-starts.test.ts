import { startsOf } from "../../../../domain/backfill/replay-starts";

test("a shard takes its own starts, whether they are at hand or in storage", () => {
  const starts = { "a/0": "3", "a/10": "4", "a-b/0": "5", "b/0": "6" };
  expect(startsOf(starts, ["a", "b"])).toEqual({
    "a/0": "3",
    "a/10": "4",
    "b/0": "6",
  });
  expect(startsOf({ ref: "/starts" }, ["a"])).toEqual({
    ref: "/starts",
    topics: ["a"],
  });
});
