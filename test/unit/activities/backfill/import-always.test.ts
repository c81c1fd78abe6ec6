import { MockActivityEnvironment } from "@temporalio/testing";
import { createImporterActivities } from "../../../../activities/backfill/import";
import { Storage } from "../../../../clients/storage";
import { CONFIG } from "../../../chaos/memory/scenario";
import { MemoryFiles } from "../../../support/memory-hdfs";

/** An importer that always runs, and stands before a log that begins at 20. */
function world() {
  const done: string[] = [];
  let position = "5";
  const never = () => Promise.reject(new Error("no command, and no wait"));
  const activities = createImporterActivities({
    config: CONFIG,
    source: {
      state: async () => ({
        positions: new Map([["t/0", { offset: position }]]),
        problems: [],
      }),
      steering: {
        settings: () => ({}),
        runNames: async () => [],
        settle: async () => [],
        putBack: async () => {
          done.push("put back");
          return "connector sink";
        },
        always: {
          quietMs: 0,
          letGo: async () => void done.push("let go"),
          moveIntoLog: async (
            topics: string[],
            { mayGoOn }: { mayGoOn: () => Promise<void> },
          ) => {
            await mayGoOn();
            done.push(`move ${topics.join()}`);
            position = "20";
          },
        },
      },
    },
    kafka: { offsets: async () => [{ partition: 0, low: "20", high: "23" }] },
    yarn: { byTag: async () => [], running: never, endedSince: never },
    storage: new Storage(new MemoryFiles().hdfs, "/sisyphus"),
    drivers: { awaitOthers: async () => undefined, run: never },
  } as unknown as Parameters<typeof createImporterActivities>[0]);
  const env = new MockActivityEnvironment({
    workflowExecution: { workflowId: "backfill/t", runId: "r" },
  });
  const topics = ["t"];
  return {
    done,
    stand: (offset: string) => (position = offset),
    reset: () => env.run(() => activities.resetImport({ topics })),
    replayed: () =>
      env.run(() => activities.importReplayed({ topics, ends: {} })),
    restore: () => env.run(() => activities.restoreOffsets({ topics })),
  };
}

test("it is moved into the log, without a command", async () => {
  const { reset, done } = world();
  expect(await reset()).toEqual({ runs: 1 });
  expect(done).toEqual(["let go", "move t"]);
});

test("one that an attempt has left stopped runs again, though nothing is lacking any more", async () => {
  const { reset, done, stand } = world();
  stand("20");
  await reset();
  expect(done).toEqual(["let go"]);
});

test("what was replayed is waited for, and nothing is moved that no abort would put back", async () => {
  const { replayed, done } = world();
  await replayed();
  expect(done).toEqual(["let go"]);
});

test("an abort puts it back without a look at YARN, and nothing moves it after that", async () => {
  const { restore, reset, done } = world();
  expect(await restore()).toEqual(["t"]);
  await expect(reset()).rejects.toThrow("has put the importer's offsets back");
  expect(done).toEqual(["put back", "let go"]);
});
