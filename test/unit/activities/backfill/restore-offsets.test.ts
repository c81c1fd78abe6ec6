import { AsyncResource } from "node:async_hooks";
import { MockActivityEnvironment } from "@temporalio/testing";
import { createImporterActivities } from "../../../../activities/backfill/import";

afterEach(() => jest.restoreAllMocks());

test("putting offsets back heartbeats, however many files of them there are", async () => {
  let tick = () => {};
  jest.spyOn(globalThis, "setInterval").mockImplementation((beat) => {
    tick = AsyncResource.bind(beat as () => void);
    return { unref: () => undefined } as unknown as NodeJS.Timeout;
  });
  let isDone!: (run: string) => void;
  const moving = new Promise<string>((done) => (isDone = done));
  let isMoving!: () => void;
  const begun = new Promise<void>((done) => (isMoving = done));
  const { restoreOffsets } = createImporterActivities({
    config: { importer: { jobNames: "camus" }, yarn: { driverSeconds: 0.01 } },
    kafka: {},
    yarn: { running: async () => [], endedSince: async () => [] },
    drivers: { awaitOthers: async () => undefined },
    storage: {
      read: async () => undefined,
      has: async () => false,
      write: async () => "",
      path: () => "/saga/staging",
    },
    source: {
      steering: {
        putBack: () => {
          isMoving();
          return moving;
        },
      },
    },
  } as unknown as Parameters<typeof createImporterActivities>[0]);
  const environment = new MockActivityEnvironment();
  let heartbeats = 0;
  environment.on("heartbeat", () => heartbeats++);
  const restoring = environment.run(restoreOffsets, {
    after: "run",
    topics: ["eventlogging_Edit"],
  });
  await begun;
  tick();
  tick();
  expect(heartbeats).toBe(2);
  isDone("2018-07-05-03-05-00");
  expect(await restoring).toEqual(["eventlogging_Edit"]);
});
