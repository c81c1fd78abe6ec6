import {
  isNamedByRun,
  sagaNameOf,
  wholeSagaOf,
} from "../../../../domain/backfill/saga-name";
import { tagOf } from "../../../../activities/backfill/yarn-tag";

const RUNS = [
  "01a21530-5d3f-7f1c-89e7-f754a3c90136",
  "01a21530-5d3f-7f1c-89e7-f754a3c90137",
];

test("two sagas of one workflow id have nothing in common by name", () => {
  const names = RUNS.map((run) => sagaNameOf("backfill/by-policy", run));
  expect(names[0]).toBe("backfill/by-policy@a3c90136");
  expect(new Set(names).size).toBe(2);
  expect(names.map(isNamedByRun)).toEqual([true, true]);
  expect(isNamedByRun(`${names[0]}/replay/0001`)).toBe(true);
  expect(isNamedByRun("backfill/by-policy")).toBe(false);
});

test("a shard's name leads to its saga's, and a saga's to itself", () => {
  const name = sagaNameOf("backfill/by-policy", RUNS[0]!);
  expect(wholeSagaOf(`${name}/replay/0001`)).toBe(name);
  expect(wholeSagaOf(name)).toBe(name);
  expect(wholeSagaOf("backfill/by-policy")).toBe("backfill/by-policy");
});

test.each([
  ["backfill/July", "backfill/july"],
  ["backfill/a.b", "backfill/a_b"],
])("the tags of %s and %s do not fall together", (one, other) => {
  const tags = [one, other].map((id) =>
    tagOf(sagaNameOf(id, RUNS[0]!), "refine"),
  );
  expect(new Set(tags).size).toBe(2);
  for (const tag of tags) expect(tag).toMatch(/^[a-z0-9_-]+$/);
});

test("a saga that began before keeps the tag that its application has", () => {
  expect(tagOf("backfill/July", "refine")).toBe(
    "sisyphus-backfill_july-refine",
  );
});
