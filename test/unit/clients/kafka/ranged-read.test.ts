import { calling } from "../../../../clients/errors";
import { CancelledFailure } from "@temporalio/common";
import { FormatError } from "../../../../formats/format-error";
import {
  type Message,
  readRanges,
} from "../../../../clients/kafka/ranged-read";

// The pauses between attempts last a moment here.
jest.mock("node:timers/promises", () => ({
  setTimeout: () => Promise.resolve(),
}));

type Handler = (event: { payload: Record<string, unknown> }) => void;
type Batch = { topic: string; partition: number; offsets: number[] };

/**
 * A cluster whose consumers get these batches; a batch without records holds control records only, up to `last`. A consumer that
 * reaches "broken" ends as kafkajs ends where it would begin again by itself, and the next consumer gets what follows.
 */
function cluster(batches: ((Batch & { last: number }) | "broken" | Error)[]) {
  const left = [...batches];
  const handlers = new Map<string, Handler>();
  const sought: unknown[] = [];
  const deleted: string[][] = [];
  const emit = (event: string, payload: Record<string, unknown>) =>
    handlers.get(event)?.({ payload });
  const deliver = async (
    eachBatch: (given: { batch: unknown }) => Promise<void>,
  ) => {
    for (let next = left.shift(); next; next = left.shift()) {
      if (next === "broken" || next instanceof Error) {
        const error =
          next === "broken" ? new Error("The coordinator is loading") : next;
        emit("crash", { error, restart: true });
        return;
      }
      const { topic, partition, offsets, last } = next;
      if (offsets.length > 0)
        await eachBatch({
          batch: {
            topic,
            partition,
            messages: offsets.map((offset) => ({
              offset: String(offset),
              value: Buffer.from(`${topic} ${offset}`),
              headers: { uuid: Buffer.from("u") },
            })),
          },
        });
      emit("end", { topic, partition, lastOffset: String(last) });
    }
  };
  const consumer = {
    events: { CRASH: "crash", END_BATCH_PROCESS: "end" },
    on: (event: string, handler: Handler) => handlers.set(event, handler),
    connect: async () => undefined,
    disconnect: async () => undefined,
    subscribe: async () => undefined,
    seek: (to: unknown) => sought.push(to),
    run: async ({ eachBatch }: { eachBatch: never }) =>
      void setImmediate(() => void deliver(eachBatch)),
  };
  const kafka = {
    calling: (call: () => Promise<unknown>) =>
      calling("Kafka", "memory:9092", call),
    js: { consumer: () => consumer },
    withAdmin: async (
      call: (admin: { deleteGroups: (ids: string[]) => void }) => unknown,
    ) => call({ deleteGroups: (ids) => void deleted.push(ids) }),
  } as unknown as Parameters<typeof readRanges>[0];
  return { kafka, sought, deleted, emit };
}

const read = async (
  kafka: Parameters<typeof readRanges>[0],
  ranges: Parameters<typeof readRanges>[1],
) => {
  const found: Message[] = [];
  await readRanges(kafka, ranges, (message) => void found.push(message));
  return found;
};

test("records within the ranges are read from their starts, and no others", async () => {
  const { kafka, sought, deleted } = cluster([
    { topic: "a", partition: 0, offsets: [4, 5, 6], last: 6 },
    { topic: "a", partition: 1, offsets: [0], last: 0 },
    { topic: "b", partition: 0, offsets: [7, 8], last: 8 },
  ]);
  const found = await read(
    kafka,
    new Map([
      ["a", [{ partition: 0, from: "5", to: "6" }]],
      ["b", [{ partition: 0, from: "7", to: "9" }]],
    ]),
  );
  expect(found.map((m) => m.value!.toString())).toEqual(["a 5", "b 7", "b 8"]);
  expect(found[0]!.headers).toEqual({ uuid: "u" });
  expect(sought).toEqual([
    { topic: "a", partition: 0, offset: "5" },
    { topic: "b", partition: 0, offset: "7" },
  ]);
  expect(deleted).toHaveLength(1);
});

test("a range that ends with control records is read to its end", async () => {
  const { kafka } = cluster([
    { topic: "a", partition: 0, offsets: [0, 1], last: 1 },
    { topic: "a", partition: 0, offsets: [], last: 2 },
  ]);
  const found = await read(
    kafka,
    new Map([["a", [{ partition: 0, from: "0", to: "3" }]]]),
  );
  expect(found.map((m) => m.offset)).toEqual(["0", "1"]);
});

test("nothing is asked for empty ranges", async () => {
  const kafka = { js: {} } as never;
  expect(
    await read(kafka, new Map([["a", [{ partition: 0, from: "3", to: "3" }]]])),
  ).toEqual([]);
});

test("a consumer that crashes fails the read, with the brokers' names", async () => {
  const { kafka, emit } = cluster([]);
  const reading = read(
    kafka,
    new Map([["a", [{ partition: 0, from: "0", to: "3" }]]]),
  );
  setImmediate(() => emit("crash", { error: new Error("no leader") }));
  await expect(reading).rejects.toThrow("Kafka at memory:9092: no leader");
});

test("a broken connection is made anew, and no record is handed out twice", async () => {
  const { kafka, sought, deleted } = cluster([
    "broken",
    { topic: "a", partition: 0, offsets: [3, 4], last: 4 },
    { topic: "a", partition: 1, offsets: [0], last: 0 },
    "broken",
    { topic: "a", partition: 0, offsets: [3, 4, 5], last: 5 },
  ]);
  const found = await read(
    kafka,
    new Map([
      [
        "a",
        [
          { partition: 0, from: "3", to: "6" },
          { partition: 1, from: "0", to: "1" },
        ],
      ],
    ]),
  );
  expect(found.map((m) => `${m.partition}:${m.offset}`)).toEqual([
    "0:3",
    "0:4",
    "1:0",
    "0:5",
  ]);
  expect(sought.at(-1)).toEqual({ topic: "a", partition: 0, offset: "5" });
  expect(deleted).toHaveLength(3);
});

test("a connection that breaks again and again fails the read with its reason", async () => {
  const { kafka } = cluster(Array.from({ length: 30 }, () => "broken"));
  await expect(
    read(kafka, new Map([["a", [{ partition: 0, from: "0", to: "3" }]]])),
  ).rejects.toThrow("Kafka at memory:9092: The coordinator is loading");
});

test("what the reader throws ends the reading, and no record follows", async () => {
  const { kafka } = cluster([
    { topic: "a", partition: 0, offsets: [0, 1, 2], last: 2 },
  ]);
  const found: string[] = [];
  const reading = readRanges(
    kafka,
    new Map([["a", [{ partition: 0, from: "0", to: "3" }]]]),
    ({ offset }) => {
      found.push(offset);
      if (offset === "1") throw new Error("the disk is full");
    },
  );
  await expect(reading).rejects.toThrow("the disk is full");
  expect(found).toEqual(["0", "1"]);
});

test("what a beat throws ends the reading as it is: no other attempt is made, and it is no outage of Kafka", async () => {
  const { kafka } = cluster([
    { topic: "a", partition: 0, offsets: [0], last: 0 },
    { topic: "a", partition: 0, offsets: [1], last: 1 },
  ]);
  const cancelled = new CancelledFailure("TIMED_OUT");
  const found: Message[] = [];
  const reading = readRanges(
    kafka,
    new Map([["a", [{ partition: 0, from: "0", to: "2" }]]]),
    (message) => void found.push(message),
    () => {
      if (found.length > 0) throw cancelled;
    },
  );
  await expect(reading).rejects.toBe(cancelled);
  expect(found).toHaveLength(1);
});

test("a batch that cannot be decoded ends the reading at once, and is not Kafka's outage", async () => {
  const wrapped = new Error("retries exceeded");
  wrapped.cause = new FormatError("snappy: corrupt input");
  const { kafka, deleted } = cluster([wrapped]);
  const ranges = new Map([["t", [{ partition: 0, from: "0", to: "2" }]]]);
  await expect(read(kafka, ranges)).rejects.toMatchObject({
    type: "BadFormat",
    nonRetryable: true,
    message: "a batch of t/0 cannot be decoded: snappy: corrupt input",
  });
  expect(deleted).toHaveLength(1);
});

test("whoever waits for what does not come can end the reading", async () => {
  jest.useFakeTimers({ doNotFake: ["setImmediate", "nextTick"] });
  const { kafka, deleted } = cluster([]);
  let isWanted = true;
  const reading = readRanges(
    kafka,
    new Map([["a", [{ partition: 0, from: "0", to: "1" }]]]),
    () => undefined,
    () => {
      if (!isWanted) throw new CancelledFailure("cancelled");
    },
  );
  const ended = expect(reading).rejects.toThrow("cancelled");
  await jest.advanceTimersByTimeAsync(5000);
  isWanted = false;
  await jest.advanceTimersByTimeAsync(1000);
  await ended;
  expect(deleted).toHaveLength(1);
  jest.useRealTimers();
});
