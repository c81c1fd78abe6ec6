import { estimateOf } from "../../../../domain/backfill/estimate";
import type { RefineJob } from "../../../../domain/backfill/refine-job";
import type { Finding, PlannedTopic } from "../../../../domain/backfill/plan";

const PLAN = {
  refine: {} as RefineJob,
  topics: [{ missing: 300 }, { missing: 300 }] as PlannedTopic[],
  findings: Array.from({ length: 8 }, () => ({}) as Finding),
};

test("the first plan's estimate says that it rests on an assumption", () => {
  const estimate = estimateOf(PLAN, 100, undefined);
  expect(estimate).toMatchObject({
    replaySeconds: 6,
    partitions: 8,
    refineSeconds: 8,
  });
  expect(estimate.basis.join("; ")).toContain("assumed");
});

test("later ones rest on what the newest backfill's Refine took", () => {
  const estimate = estimateOf(PLAN, 100, {
    partitions: 20,
    seconds: 40,
    by: "backfill/t",
  });
  expect(estimate.refineSeconds).toBe(16);
  expect(estimate.basis).toContain(
    "20 partitions in 40 s by the Refine of backfill/t",
  );
});
