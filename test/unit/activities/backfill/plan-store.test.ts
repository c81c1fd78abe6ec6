import { MockActivityEnvironment } from "@temporalio/testing";
import { storePlan } from "../../../../activities/backfill/plan-store";
import { Storage } from "../../../../clients/storage";
import type { Plan, PlanSummary } from "../../../../domain/backfill/plan";
import { PLAN } from "../../../chaos/memory/scenario";
import { MemoryFiles } from "../../../support/memory-hdfs";

const store = (plan: Plan): Promise<PlanSummary> =>
  new MockActivityEnvironment().run(() =>
    storePlan(
      {
        config: {
          replay: { eventsPerSecond: 100 },
          refine: { outdatedJobs: "json" },
        },
        storage: new Storage(
          new MemoryFiles().hdfs,
          "/sisyphus",
          "http://reports",
        ),
        yarn: { running: async () => [], link: (id: string) => id },
      } as unknown as Parameters<typeof storePlan>[0],
      plan,
    ),
  );

test("a plan is still the approved one after a further run of the importer, and not with another finding", async () => {
  const approved = await store(PLAN);
  const later = await store({ ...PLAN, importerRun: "2018-07-05-06-05-00" });
  expect(later.digest).toBe(approved.digest);
  // An abort goes by the newest.
  expect(later.importerRun).toBe("2018-07-05-06-05-00");
  const other = await store({ ...PLAN, flags: [] });
  expect(other.digest).not.toBe(approved.digest);
});
