import { MockActivityEnvironment } from "@temporalio/testing";
import {
  collectHeldSince,
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
      topicIds: async () => new Map([[TOPIC, "id"]]),
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
    ends: { [`${TOPIC}/0`]: "3" },
    topicIds: { [TOPIC]: "id" },
  });
});

test("what has come since is read from where the reading before has ended, and a log that was made anew from its beginning", async () => {
  const files = new MemoryFiles();
  let asked: unknown[] = [];
  let id = "first";
  const kafka = {
    offsets: async () => [
      { partition: 0, low: "2", high: "9" },
      { partition: 1, low: "6", high: "9" },
      { partition: 2, low: "0", high: "3" },
      { partition: 3, low: "1", high: "2" },
    ],
    topicIds: async () => new Map([[TOPIC, id]]),
    read: async (
      ranges: Map<string, unknown>,
      each: (m: Message) => Promise<void>,
    ) => {
      asked = [...ranges];
      await each(message("d"));
    },
  } as unknown as HeldDeps["kafka"];
  const storage = new Storage(files.hdfs, "/sisyphus");
  const ends = {
    [`${TOPIC}/0`]: "7",
    [`${TOPIC}/1`]: "4",
    [`${TOPIC}/2`]: "5",
  };
  const collect = () =>
    new MockActivityEnvironment({
      workflowExecution: { workflowId: SAGA, runId: "r" },
    }).run(() =>
      collectHeldSince(
        { kafka, storage, config: { naming: namingRules.parse({}) } },
        [{ topic: TOPIC, schema: "Edit" }],
        { ends, topicIds: { [TOPIC]: "first" } },
      ),
    ) as Promise<Pick<Collected, "refs" | "lines">>;
  const since = await collect();
  expect(asked).toEqual([
    [
      TOPIC,
      [
        { partition: 0, from: "7", to: "9" },
        { partition: 1, from: "6", to: "9" },
        { partition: 2, from: "0", to: "3" },
        { partition: 3, from: "1", to: "2" },
      ],
    ],
  ]);
  expect(since.lines).toBe(1);
  expect(await storage.readRefText(since.refs[0]!)).toBe(
    `${TOPIC}\t${"d".repeat(32)}\n`,
  );
  // Grown past where it ended, but another log.
  id = "second";
  await collect();
  expect(asked).toEqual([
    [
      TOPIC,
      [
        { partition: 0, from: "2", to: "9" },
        { partition: 1, from: "6", to: "9" },
        { partition: 2, from: "0", to: "3" },
        { partition: 3, from: "1", to: "2" },
      ],
    ],
  ]);
});
