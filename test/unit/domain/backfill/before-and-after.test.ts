import { beforeAndAfter } from "../../../../domain/backfill/before-and-after";
import type { Finding, PlannedTopic } from "../../../../domain/backfill/plan";

const EDIT = "eventlogging_Edit";
const POPUPS = "eventlogging_Popups";
const finding = (
  topic: string,
  hour: string,
  verdict: Finding["verdict"],
): Finding => ({ topic, hour, verdict, missing: 1, why: "" });
const planned = (topic: string, hours: string[]) =>
  ({ topic, hours }) as PlannedTopic;

const PLAN = {
  range: { since: "2018-07-05T03", until: "2018-07-05T06" },
  topics: [
    planned(EDIT, ["2018-07-05T03", "2018-07-05T04"]),
    planned(POPUPS, ["2018-07-05T05"]),
  ],
  findings: [
    finding(EDIT, "2018-07-05T03", "import-missing"),
    finding(EDIT, "2018-07-05T04", "refine-failed"),
    finding(POPUPS, "2018-07-05T05", "rows-lost"),
  ],
};

test("before, planned hours are as the plan found them; after, what nothing is found against is complete", () => {
  expect(
    beforeAndAfter(PLAN, [finding(EDIT, "2018-07-05T04", "rows-lost")], []),
  ).toEqual({
    before: [
      {
        topic: EDIT,
        cells: {
          "2018-07-05T03": "import-missing",
          "2018-07-05T04": "refine-failed",
        },
      },
      { topic: POPUPS, cells: { "2018-07-05T05": "rows-lost" } },
    ],
    after: [
      {
        topic: EDIT,
        cells: { "2018-07-05T03": "complete", "2018-07-05T04": "rows-lost" },
      },
      { topic: POPUPS, cells: { "2018-07-05T05": "complete" } },
    ],
  });
});

test("a topic that was skipped is not called complete", () => {
  const { after } = beforeAndAfter(PLAN, [], [POPUPS]);
  expect(after[1]).toEqual({
    topic: POPUPS,
    cells: { "2018-07-05T05": "rows-lost" },
  });
});
