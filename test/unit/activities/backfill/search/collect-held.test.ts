import { MockActivityEnvironment } from "@temporalio/testing";
import {
  collectHeldUuids,
  type HeldDeps,
} from "../../../../../activities/backfill/search/collect-held";
import { SearchUnits } from "../../../../../activities/backfill/search/search-units";
import type { Message } from "../../../../../clients/kafka/ranged-read";
import { Storage } from "../../../../../clients/storage";
import type { Collected } from "../../../../../domain/backfill/missing";
import { replayHeaders } from "../../../../../domain/backfill/replay-headers";
import { namingRules } from "../../../../../domain/settings/dataset";
import { MemoryFiles } from "../../../../support/memory-hdfs";

const TOPIC = "eventlogging_Edit";
const SAGA = "backfill/july-5";
const RANGE = { since: "2018-07-05T01", until: "2018-07-05T03" };

const message = (digit: string, headers = {}) =>
  ({
    topic: TOPIC,
    value: Buffer.from(JSON.stringify({ uuid: digit.repeat(32) })),
    headers,
  }) as unknown as Message;

test("messages that other sagas have replayed are held, and counted; this saga's own are held", async () => {
  const { hdfs } = new MemoryFiles();
  const storage = new Storage(hdfs, "/sisyphus");
  const messages = [
    message("a"),
    message("b", replayHeaders("backfill/june@1", 0, "b")),
    message("c", replayHeaders(SAGA, 0, "c")),
  ];
  const deps = {
    config: { naming: namingRules.parse({}) },
    kafka: {
      offsets: async () => [{ partition: 0, low: "0", high: "3" }],
      read: async (_: unknown, each: (m: Message) => Promise<void>) => {
        for (const one of messages) await each(one);
      },
    },
    // No raw hour is there.
    hdfs: { ...hdfs, summary: async () => undefined },
    source: { dayOf: (hour: string) => hour.slice(0, 10), dayDir: () => "/" },
  } as unknown as HeldDeps;
  const environment = new MockActivityEnvironment({
    workflowExecution: { workflowId: SAGA, runId: "r" },
  });
  const ref: string = await environment.run(() =>
    collectHeldUuids(deps, new SearchUnits(storage), {
      topics: [{ topic: TOPIC, schema: "Edit" }],
      range: RANGE,
    }),
  );
  expect(await storage.readRef<Collected>(ref)).toMatchObject({
    lines: 3,
    replayed: { [TOPIC]: 1 },
  });
});
