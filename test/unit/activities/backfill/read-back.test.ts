import { ServiceError } from "../../../../clients/errors";
import { MockActivityEnvironment } from "@temporalio/testing";
import {
  type Asked,
  type ReadBack,
  ReplayedLogs,
} from "../../../../activities/backfill/read-back";
import type { Message, Range } from "../../../../clients/kafka/ranged-read";
import { MemoryKafka } from "../../../chaos/memory/kafka";
import { replayHeaders } from "../../../../domain/backfill/replay-headers";

const SAGA = "backfill/july-5";

type Log = {
  low: number;
  high: number;
  messages: Record<number, Message["headers"]>;
};

/** Kafka with one partition a topic; offsets without a message hold no record. */
function kafka(logs: Record<string, Log>, ids: Record<string, string> = {}) {
  const asked: Record<string, Range[]> = {};
  return {
    asked,
    topics: async () => Object.keys(logs),
    refuseHidden: async (_: readonly string[]): Promise<void> => undefined,
    topicIds: async () => new Map(Object.entries(ids)),
    offsets: async (topic: string) => {
      const { low, high } = logs[topic]!;
      return [{ partition: 0, low: String(low), high: String(high) }];
    },
    read: async (
      ranges: Map<string, Range[]>,
      each: (message: Message) => Promise<void> | void,
    ) => {
      for (const [topic, ofTopic] of ranges) {
        asked[topic] = ofTopic;
        for (const [offset, headers] of Object.entries(logs[topic]!.messages)) {
          const [{ from, to }] = ofTopic as [Range];
          if (Number(offset) < Number(from) || Number(offset) >= Number(to))
            continue;
          const message = { topic, partition: 0, offset, value: null, headers };
          await each(message);
        }
      }
    },
  };
}

const back = (
  client: ReturnType<typeof kafka>,
  topics: string[],
  starts: Record<string, string>,
  more: Partial<Asked> = {},
): Promise<ReadBack> =>
  new MockActivityEnvironment().run(async () => {
    const logs = new ReplayedLogs(client, SAGA, { topics, starts, ...more });
    await logs.look();
    return logs.found;
  });

test("what a saga has replayed is told from live events and other sagas', and offsets without a record are named", async () => {
  const client = kafka({
    Edit: {
      low: 0,
      high: 16,
      messages: {
        9: replayHeaders(SAGA, 0, "before the start"),
        10: {},
        11: replayHeaders(SAGA, 3, "d"),
        12: replayHeaders(SAGA, 4, "e"),
        // 13 is a transaction's marker.
        14: replayHeaders("backfill/other", 9, "z"),
      },
    },
  });
  const { landed, twice, ends, markers } = await back(client, ["Edit"], {
    "Edit/0": "10",
  });
  expect(landed.get("Edit")!.count).toBe(2);
  expect([0, 3, 4, 9].map((n) => landed.get("Edit")!.has(n, ""))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(twice).toBe(0);
  expect(ends).toEqual({ "Edit/0": "13" });
  expect(markers).toEqual({
    Edit: [{ partition: 0, from: "10", to: "16", empty: 2 }],
  });
});

test("an event that is there more than once is counted as landed once", async () => {
  const headers = replayHeaders(SAGA, 0, "a");
  const client = kafka({
    Edit: { low: 0, high: 3, messages: { 0: headers, 1: headers, 2: headers } },
  });
  const { landed, twice } = await back(client, ["Edit"], { "Edit/0": "0" });
  expect([landed.get("Edit")!.count, twice]).toEqual([1, 1]);
});

test("a topic to which nobody has written since the start is not read, and has landed nothing", async () => {
  const client = kafka({ Edit: { low: 0, high: 10, messages: { 3: {} } } });
  const { landed, markers } = await back(client, ["Edit"], { "Edit/0": "10" });
  expect(client.asked).toEqual({});
  expect(landed.get("Edit")!.count).toBe(0);
  expect(markers).toEqual({});
});

test.each([
  ["that begins behind the start", { low: 12, high: 14, messages: {} }],
  ["that ends before the start", { low: 0, high: 8, messages: {} }],
])(
  "a log %s does not tell what has landed: nothing is produced by it, and of a topic that was left it has no markers",
  async (_, log) => {
    const starts = { "Edit/0": "10", "Other/0": "0" };
    const client = kafka({
      Edit: log,
      Other: { low: 0, high: 1, messages: {} },
    });
    await expect(back(client, ["Edit"], starts)).rejects.toMatchObject({
      type: "CannotTell",
      nonRetryable: true,
    });
    const besides = ["Edit"];
    const { markers } = await back(client, ["Other"], starts, { besides });
    expect(Object.keys(markers)).toEqual(["Other"]);
  },
);

const WHOLE = { low: 0, high: 10, messages: {} };

test("a topic that was made anew does not tell what has landed, however long its log is by now", async () => {
  const starts = { "Edit/0": "0" };
  const ids = { Edit: "one" };
  await expect(
    back(kafka({ Edit: WHOLE }, { Edit: "two" }), ["Edit"], starts, { ids }),
  ).rejects.toMatchObject({ type: "CannotTell" });
  await expect(
    back(kafka({ Edit: WHOLE }, ids), ["Edit"], starts, { ids }),
  ).resolves.toMatchObject({ twice: 0 });
  // What cannot be asked now may be asked later.
  await expect(
    back(kafka({ Edit: WHOLE }), ["Edit"], starts, { ids }),
  ).rejects.not.toHaveProperty("nonRetryable", true);
});

test("a partition that is gone does not tell what has landed", async () => {
  const starts = { "Edit/0": "0", "Edit/1": "5" };
  await expect(
    back(kafka({ Edit: WHOLE }), ["Edit"], starts),
  ).rejects.toMatchObject({ type: "CannotTell" });
});

test("a cluster that names no topic at all is asked again", async () => {
  const looking = back(kafka({}), ["Edit"], { "Edit/0": "0" });
  await expect(looking).rejects.toThrow("names no topic at all");
  await expect(looking).rejects.not.toHaveProperty("nonRetryable", true);
});

test("a topic that Kafka does not have does not tell what has landed, and where the saga has left it nothing is asked of it", async () => {
  const client = kafka({ Other: WHOLE });
  const starts = { "Edit/0": "10", "Other/0": "0" };
  await expect(back(client, ["Edit"], starts)).rejects.toMatchObject({
    type: "CannotTell",
  });
  const besides = ["Edit"];
  const { markers } = await back(client, ["Other"], starts, { besides });
  expect(Object.keys(markers)).toEqual(["Other"]);
});

test("what comes after a look is read by the next one, and nothing is read twice", async () => {
  const kafka = new MemoryKafka();
  kafka.create("Edit", 2);
  const put = (partition: number, index: number) =>
    kafka.partition("Edit", partition).log.push({
      marker: false,
      value: "{}",
      headers: replayHeaders(SAGA, index, `u${index}`),
      transaction: { state: "committed" },
    });
  const mark = (partition: number) =>
    kafka.partition("Edit", partition).log.push({ marker: true });
  const reads = jest.spyOn(kafka, "read");
  await new MockActivityEnvironment().run(async () => {
    const logs = new ReplayedLogs(kafka, SAGA, {
      topics: ["Edit"],
      starts: { "Edit/0": "0", "Edit/1": "0" },
    });
    put(0, 0);
    mark(0);
    await logs.look();
    expect(logs.found.landed.get("Edit")!.count).toBe(1);
    put(1, 1);
    await logs.look();
    put(0, 2);
    mark(0);
    await logs.look();
    await logs.look();
    const { landed, ends, markers, twice } = logs.found;
    expect([landed.get("Edit")!.count, twice]).toEqual([3, 0]);
    expect(ends).toEqual({ "Edit/0": "3", "Edit/1": "1" });
    expect(markers).toEqual({
      Edit: [{ partition: 0, from: "0", to: "4", empty: 2 }],
    });
  });
  // Each read began where the one before had ended.
  expect(reads.mock.calls.map(([ranges]) => ranges.get("Edit"))).toEqual([
    [{ partition: 0, from: "0", to: "2" }],
    [{ partition: 1, from: "0", to: "1" }],
    [{ partition: 0, from: "2", to: "4" }],
  ]);
});

test("what was read and is gone does not tell what has landed", async () => {
  // As where a leader was elected that was behind, or where brokers that know no ids had the topic made anew.
  const kafka = new MemoryKafka();
  kafka.create("Edit");
  kafka.fill("Edit", 0, 0, 5);
  await new MockActivityEnvironment().run(async () => {
    const starts = { "Edit/0": "0" };
    const logs = new ReplayedLogs(kafka, SAGA, { topics: ["Edit"], starts });
    await logs.look();
    kafka.partition("Edit", 0).log.length = 3;
    await expect(logs.look()).rejects.toMatchObject({ type: "CannotTell" });
  });
});

test("a topic that brokers hide is not taken for one that is gone: it is asked again", async () => {
  const client = kafka({});
  client.topics = async () => ["Other"];
  client.refuseHidden = async (topics) => {
    throw new ServiceError("Kafka", "b:9092", `hide ${topics[0]}`, undefined);
  };
  await expect(back(client, ["Edit"], {})).rejects.toBeInstanceOf(ServiceError);
});
