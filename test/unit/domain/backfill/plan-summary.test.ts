import type { Plan } from "../../../../domain/backfill/plan";
import { planNumbers } from "../../../../domain/backfill/plan-summary";
import { hoursIn } from "../../../../lib/hour";

function planOf(until: string): Plan {
  const range = { since: "2018-01-01T00", until };
  const hours = hoursIn(range);
  const topic = "eventlogging_Edit";
  return {
    range,
    asOf: "2018-07-09T00:00:00Z",
    topics: [
      {
        topic,
        schema: "Edit",
        table: "edit",
        tableDir: "Edit",
        hours,
        lostOffsets: 5,
        reset: true,
        missing: 4,
      },
    ],
    findings: hours.map((hour) => ({
      topic,
      hour,
      verdict: "refine-outdated",
      missing: 0,
      why: "",
    })),
    flags: [],
    refine: { jar: "j", sha256: "s", class: "c", arguments: [] },
  };
}

test("a plan's summary names its hours", () => {
  const summary = planNumbers(planOf("2018-01-01T03"));
  expect(summary).toMatchObject({
    oldest: "2018-01-01T00",
    topicHours: 3,
    missing: 4,
    lostOffsets: 5,
    outdatedPartitions: 3,
  });
  expect(summary.topics[0]!.hours).toHaveLength(3);
  expect(summary.topics[0]).not.toHaveProperty("byReference");
});

test("a plan too large for workflow state leaves its hours to the stored plan", () => {
  const summary = planNumbers(planOf("2018-04-01T00"));
  expect(summary).toMatchObject({ oldest: "2018-01-01T00", topicHours: 2160 });
  expect(summary.topics[0]).toMatchObject({ hours: [], byReference: true });
});
