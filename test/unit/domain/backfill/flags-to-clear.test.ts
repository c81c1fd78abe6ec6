import { flagsToClear } from "../../../../domain/backfill/flags-to-clear";

const DIR = "/wmf/data/event/Edit/year=2018/month=7/day=5/hour=3";
const partition = (...names: string[]) => ({
  topic: "eventlogging_Edit",
  hour: "2018-07-05T03",
  dir: DIR,
  files: names.map((name) => ({ name, owner: "hdfs", mtime: 1530762000000 })),
});

test("a done flag stays where Refine takes the hour up by itself", () => {
  expect(flagsToClear(partition("_REFINED", "part-00000"), undefined)).toEqual(
    [],
  );
});

test("a done flag over wrong rows goes, with the reason", () => {
  expect(
    flagsToClear(partition("part-00000", "_REFINED"), "rows are missing"),
  ).toEqual([
    {
      topic: "eventlogging_Edit",
      hour: "2018-07-05T03",
      path: `${DIR}/_REFINED`,
      owner: "hdfs",
      mtime: 1530762000000,
      why: "rows are missing",
    },
  ]);
});

test("failure flags go always, the outdated wrapper's misspelt one included", () => {
  expect(
    flagsToClear(partition("_REFINE_FAILED", "_REFINED_FAILED"), undefined).map(
      (f) => [f.path, f.why],
    ),
  ).toEqual([
    [
      `${DIR}/_REFINE_FAILED`,
      "a remembered failure; Refine would skip the hour",
    ],
    [`${DIR}/_REFINED_FAILED`, "the outdated wrapper's misspelt failure flag"],
  ]);
});
