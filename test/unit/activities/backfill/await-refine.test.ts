import { MockActivityEnvironment } from "@temporalio/testing";
import { createAwaitRefineActivities } from "../../../../activities/backfill/await-refine";
import { Storage } from "../../../../clients/storage";
import type { Application, Yarn } from "../../../../clients/yarn/yarn";
import { until } from "../../../../sandbox/platform/wait";
import { CONFIG } from "../../../chaos/memory/scenario";
import { MemoryFiles } from "../../../support/memory-hdfs";

const app = (id: string, tag: string, state: string): Application => ({
  id,
  name: `refine_${id}`,
  state,
  finalStatus: state === "FINISHED" ? "SUCCEEDED" : "UNDEFINED",
  startedTime: 1,
  elapsedTime: 2000,
  applicationTags: tag,
  logAggregationStatus: "",
  diagnostics: "",
  user: "hdfs",
});

test("Refines of others that go on beside the saga's own are waited for: what they write is not verified before they have ended", async () => {
  const own = app("own", "saga-refine", "FINISHED");
  const before = app("before", "", "RUNNING");
  const apps = [own, before];
  const { hdfs } = new MemoryFiles();
  const { awaitRefine } = createAwaitRefineActivities({
    config: CONFIG,
    hdfs,
    storage: new Storage(hdfs, "/sisyphus"),
    yarn: {
      application: async (id: string) => apps.find((a) => a.id === id),
      byTag: async (tag: string) =>
        apps.filter((a) => a.applicationTags === tag),
      running: async () => apps.filter((a) => a.state === "RUNNING"),
      endedSince: async () => apps.filter((a) => a.state === "FINISHED"),
      liveLog: async () => undefined,
    } as unknown as Yarn,
  });
  const env = new MockActivityEnvironment({
    workflowExecution: { workflowId: "backfill/july-5", runId: "r" },
  });
  const told: unknown[] = [];
  env.on("heartbeat", (details: unknown) => told.push(details));
  const waiting = env.run(() =>
    awaitRefine({ applicationId: "own", topics: [] }),
  );
  await until(
    "it to wait",
    10,
    () =>
      JSON.stringify(told.at(-1)) === '{"waitingFor":"refine_before (before)"}',
    10,
  );
  // One that begins by now finds the flags set, and is not waited for.
  apps.push(app("later", "", "RUNNING"));
  Object.assign(before, { state: "FINISHED", finalStatus: "SUCCEEDED" });
  expect(await waiting).toEqual({
    finalStatus: "SUCCEEDED",
    seconds: 2,
    besides: ["refine_before (before)"],
  });
});
