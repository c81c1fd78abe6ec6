import { type Kafka as KafkaJs, KafkaJSProtocolError } from "kafkajs";
import {
  connectTransactionalProducer,
  type TransactionalProducer,
} from "../../../../clients/kafka/transactional-producer";
import { isPassing } from "../../../../clients/kafka/produce-errors";

// The pauses between questions last a moment here.
jest.mock("node:timers/promises", () => ({
  setTimeout: () => Promise.resolve(),
}));

type Topics = { topic: string; partitions: number[] }[];
type Call = {
  request: { encode: () => Promise<{ buffer: Buffer }> };
  response: { decode: (bytes: Buffer) => Promise<unknown> };
};
type Batch = { partition: number; firstSequence: number; records: number };

const refusal = (type: string) =>
  new KafkaJSProtocolError(Object.assign(new Error(type), { type }));

/** What a request of one topic says: `tx`, acks, timeout, then a topic of four letters and its batches. */
function batchesIn(request: Buffer): Batch[] {
  let at = 2 + 2 + 2 + 4 + 4 + 2 + 4;
  const batches: Batch[] = [];
  for (let left = request.readInt32BE(at); left > 0; left--) {
    const partition = request.readInt32BE(at + 4);
    const length = request.readInt32BE(at + 8);
    const batch = request.subarray(at + 12, at + 12 + length);
    batches.push({
      partition,
      firstSequence: batch.readInt32BE(53),
      records: batch.readInt32BE(57),
    });
    at += 8 + length;
  }
  return batches;
}

const answer = (batches: Batch[], errors: Record<number, number>) => {
  const bytes = [0, 0, 0, 1, 0, 4, ...Buffer.from("Edit")];
  bytes.push(0, 0, 0, batches.length);
  for (const { partition } of batches) {
    bytes.push(0, 0, 0, partition, 0, errors[partition] ?? 0);
    bytes.push(...Buffer.alloc(16));
  }
  return Buffer.from([...bytes, 0, 0, 0, 0]);
};

/** Two brokers, of which the first leads the even partitions of `Edit`, which has four, and the second coordinates. */
class TwoBrokers {
  readonly asked: unknown[] = [];
  connections = 0;
  /** By partition, the number of the error with which it refuses. */
  errors: Record<number, number> = {};
  /** Whether connections close before a batch is answered. */
  areClosed = false;
  /** What the coordinator refuses with next, by request. */
  refusals: Record<string, unknown[]> = {};
  /** Resolved, the answers of the second broker come. */
  held: Promise<void> = Promise.resolve();

  get js(): KafkaJs {
    const cluster = {
      connect: async () => void this.connections++,
      disconnect: async () => void this.connections--,
      refreshMetadataIfNecessary: async () => undefined,
      addTargetTopic: async () => undefined,
      findGroupCoordinator: async () => this.broker(2),
      findBroker: async ({ nodeId }: { nodeId: string }) =>
        this.broker(Number(nodeId)),
      findLeaderForPartitions: (_: string, partitions: number[]) => {
        const led: Record<string, number[]> = {};
        for (const each of partitions)
          if (each < 4) (led[1 + (each % 2)] ??= []).push(each);
        return led;
      },
    };
    return {
      [Symbol("private:Kafka:createCluster")]: () => cluster,
    } as unknown as KafkaJs;
  }

  private refuse(request: string): void {
    const refused = this.refusals[request]?.shift();
    if (refused) throw refused;
  }

  private broker(nodeId: number) {
    const send = async ({ request, response }: Call) => {
      const batches = batchesIn((await request.encode()).buffer);
      this.asked.push({ produce: nodeId, batches });
      if (nodeId === 2) await this.held;
      if (this.areClosed) throw new Error("Closed connection");
      return response.decode(answer(batches, this.errors));
    };
    return {
      nodeId,
      versions: { 0: { maxVersion: 9 } },
      connectionPool: { getConnection: async () => ({ send }) },
      initProducerId: async () => {
        this.refuse("init");
        return { producerId: "7", producerEpoch: 3 };
      },
      addPartitionsToTxn: async ({ topics }: { topics: Topics }) => {
        this.asked.push({ add: topics[0]!.partitions });
        this.refuse("add");
      },
      endTxn: async (asked: { transactionResult: boolean }) => {
        this.asked.push(asked.transactionResult ? "commit" : "abort");
        this.refuse("end");
      },
    };
  }
}

const records = (...partitions: number[]) =>
  partitions.map((partition, i) => ({
    partition,
    value: `{"n": ${i}}`,
    timestamp: 1_530_759_600_000,
    headers: {},
  }));

const send = async (
  producer: TransactionalProducer,
  some: ReturnType<typeof records>,
) => producer.send(await producer.prepare("Edit", some, "none"));

async function connected(brokers = new TwoBrokers()) {
  const producer = await connectTransactionalProducer(brokers.js, "tx", {
    transactionTimeoutMs: 30_000,
  });
  return { brokers, producer };
}

test("each partition's records go to its leader in one batch, and a later transaction goes on where the one before ended", async () => {
  const { brokers, producer } = await connected();
  await send(producer, records(0, 1, 2, 0));
  await send(producer, records(0));
  await producer.commit();
  await send(producer, records(0, 2));
  await producer.commit();
  expect(brokers.asked).toEqual([
    { add: [0, 1, 2] },
    {
      produce: 1,
      batches: [
        { partition: 0, firstSequence: 0, records: 2 },
        { partition: 2, firstSequence: 0, records: 1 },
      ],
    },
    {
      produce: 2,
      batches: [{ partition: 1, firstSequence: 0, records: 1 }],
    },
    {
      produce: 1,
      batches: [{ partition: 0, firstSequence: 2, records: 1 }],
    },
    "commit",
    { add: [0, 2] },
    {
      produce: 1,
      batches: [
        { partition: 0, firstSequence: 3, records: 1 },
        { partition: 2, firstSequence: 1, records: 1 },
      ],
    },
    "commit",
  ]);
});

test("nothing is ended where nothing was sent", async () => {
  const { brokers, producer } = await connected();
  await producer.commit();
  await producer.abort();
  expect(brokers.asked).toEqual([]);
});

test("what was refused in part is not sent again, and its transaction is only taken back", async () => {
  const { brokers, producer } = await connected();
  brokers.errors = { 1: 6 };
  const sent = send(producer, records(0, 1));
  await expect(sent).rejects.toThrow("Edit/1 with its error 6");
  for (const again of [
    () => send(producer, records(0, 1)),
    () => producer.commit(),
  ])
    await expect(again()).rejects.toThrow("has failed");
  await producer.abort();
  expect(
    brokers.asked.filter(
      (each) => typeof each === "string" || "add" in (each as object),
    ),
  ).toEqual([{ add: [0, 1] }, "abort"]);
  expect(brokers.asked).toHaveLength(4);
});

test("a failure waits for what is under way at other brokers, so that no abort overtakes it", async () => {
  const { brokers, producer } = await connected();
  let release = () => undefined as void;
  brokers.held = new Promise((done) => (release = done));
  brokers.errors = { 0: 6 };
  let isOver = false;
  const sent = send(producer, records(0, 1)).finally(() => (isOver = true));
  sent.catch(() => undefined);
  await new Promise((done) => setImmediate(done));
  expect(isOver).toBe(false);
  release();
  await expect(sent).rejects.toThrow("error 6");
});

test("where a batch was not answered its producer ends nothing: only another epoch shuts out what is still on its way", async () => {
  const { brokers, producer } = await connected();
  await send(producer, records(0));
  brokers.areClosed = true;
  await expect(send(producer, records(1))).rejects.toThrow("Closed connection");
  await producer.abort();
  expect(brokers.asked).not.toContain("abort");
});

test("what no other try mends is refused for good, by name", async () => {
  const { brokers, producer } = await connected();
  brokers.errors = { 0: 10 };
  await expect(send(producer, records(0))).rejects.toMatchObject({
    type: "RefusedRecord",
    nonRetryable: true,
    message: expect.stringContaining("Edit/0: MESSAGE_TOO_LARGE") as string,
  });
  await producer.abort();
  expect(brokers.asked.at(-1)).toBe("abort");
});

test.each([
  ["a batch is refused with INVALID_PRODUCER_EPOCH", { errors: { 0: 47 } }],
  ["a batch is refused with PRODUCER_FENCED", { errors: { 0: 90 } }],
  [
    "its partitions are refused",
    { refusals: { add: [refusal("INVALID_PRODUCER_EPOCH")] } },
  ],
  [
    "its commit is refused",
    { refusals: { end: [refusal("INVALID_PRODUCER_EPOCH")] } },
  ],
])("a producer is fenced where %s, and stays so", async (_, trouble) => {
  const { brokers, producer } = await connected();
  Object.assign(brokers, trouble);
  const work = async () => {
    await send(producer, records(0));
    await producer.commit();
  };
  await expect(work()).rejects.toThrow(/taken tx over/);
  await expect(work()).rejects.toThrow("has failed");
  expect(brokers.asked.filter((each) => each === "commit").length).toBe(
    "refusals" in trouble && "end" in trouble.refusals ? 1 : 0,
  );
});

test("a transaction waits until the one before it has ended, and after a commit whose answer is lost nothing is sent", async () => {
  const { brokers, producer } = await connected();
  brokers.refusals = {
    add: [
      refusal("CONCURRENT_TRANSACTIONS"),
      refusal("CONCURRENT_TRANSACTIONS"),
    ],
  };
  await send(producer, records(0));
  expect(brokers.asked).toHaveLength(4);
  brokers.refusals = { end: [new Error("closed connection")] };
  await expect(producer.commit()).rejects.toThrow("closed connection");
  await expect(producer.commit()).rejects.toThrow("has failed");
});

test("records of a partition that the topic does not have are not sent", async () => {
  const { brokers, producer } = await connected();
  await expect(send(producer, records(0, 4))).rejects.toThrow(
    "Edit has 1 of the partitions 0, 4",
  );
  expect(brokers.asked).toEqual([]);
});

test("whoever connects while the transaction of another is being ended is told so, and leaves no connection", async () => {
  const brokers = new TwoBrokers();
  brokers.refusals = { init: [refusal("CONCURRENT_TRANSACTIONS")] };
  const error: unknown = await connected(brokers).catch((e: unknown) => e);
  expect(isPassing(error)).toBe(true);
  expect(isPassing(new Error("else"))).toBe(false);
  expect(brokers.connections).toBe(0);
  const { producer } = await connected(brokers);
  await producer.disconnect();
  expect(brokers.connections).toBe(0);
});

test("a batch that is prepared while another is on its way goes on behind it", async () => {
  const { brokers, producer } = await connected();
  const first = producer.prepare("Edit", records(0, 0, 2), "gzip");
  const second = producer.prepare("Edit", records(0, 2), "none");
  await producer.send(await first);
  await producer.send(await second);
  expect(brokers.asked.slice(1)).toEqual([
    {
      produce: 1,
      batches: [
        { partition: 0, firstSequence: 0, records: 2 },
        { partition: 2, firstSequence: 0, records: 1 },
      ],
    },
    {
      produce: 1,
      batches: [
        { partition: 0, firstSequence: 2, records: 1 },
        { partition: 2, firstSequence: 1, records: 1 },
      ],
    },
  ]);
});
