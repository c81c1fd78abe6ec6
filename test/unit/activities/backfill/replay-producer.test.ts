import {
  type OutgoingBatch,
  ReplayTransactions,
  type TransactionOptions,
} from "../../../../activities/backfill/replay-producer";
import {
  type PreparedBatch,
  type ProducedRecord,
  type TransactionalProducer,
} from "../../../../clients/kafka/transactional-producer";

/** A producer that keeps what it is asked for, in order. */
function producer(faults: Partial<TransactionalProducer> = {}) {
  const asked: (ProducedRecord[] | "commit" | "abort")[] = [];
  const recordsOf = new WeakMap<PreparedBatch, ProducedRecord[]>();
  const to: TransactionalProducer = {
    prepare: async (topic, records) => {
      const prepared = { topic, recordBatches: new Map() };
      recordsOf.set(prepared, [...records]);
      return prepared;
    },
    send: async (prepared) => void asked.push(recordsOf.get(prepared)!),
    commit: async () => void asked.push("commit"),
    abort: async () => void asked.push("abort"),
    disconnect: async () => undefined,
    ...faults,
  };
  return { to, asked };
}

const batch = (...indexes: number[]): OutgoingBatch => ({
  items: indexes.map((index) => ({
    index,
    event: {
      uuid: String(index).padStart(32, "0"),
      ms: Date.parse("2018-07-05T03:00:00Z"),
    },
    value: `{"n": 1.0, "index": ${index}}`,
  })),
  bytes: 100 * indexes.length,
});

const transactions = (
  to: TransactionalProducer,
  options: Partial<TransactionOptions> = {},
) =>
  new ReplayTransactions(to, {
    sagaId: "s",
    compression: "none",
    transactionBytes: 1000,
    transactionMs: 10_000,
    partitionsOf: () => 1,
    mayNotReplay: async () => [],
    ...options,
  });

test("an event's partition follows from its index, wherever batches are cut", async () => {
  const { to, asked } = producer();
  const three = transactions(to, { partitionsOf: () => 3 });
  await three.send("t", batch(3, 4, 5, 6));
  await three.send("t", batch(4, 6));
  await three.commit();
  const partitions = (sent: (typeof asked)[number]) =>
    typeof sent === "string" ? sent : sent.map(({ partition }) => partition);
  expect(asked.map(partitions)).toEqual([[0, 1, 2, 0], [1, 0], "commit"]);
});

test("what is produced is the event's own text, at the event's own time", async () => {
  const { to, asked } = producer();
  const one = transactions(to);
  await one.send("t", batch(7));
  await one.commit();
  expect(asked[0]).toEqual([
    {
      partition: 0,
      value: '{"n": 1.0, "index": 7}',
      timestamp: Date.parse("2018-07-05T03:00:00Z"),
      headers: {
        "backfill-id": "s",
        "backfill-place": "7",
        uuid: "7".padStart(32, "0"),
      },
    },
  ]);
});

test("a transaction ends with the batch that reaches its bytes, and whatever is left is committed in the end", async () => {
  const { to, asked } = producer();
  const committed: OutgoingBatch[] = [];
  const bounded = transactions(to, {
    transactionBytes: 300,
    onCommitted: (each) => committed.push(each),
  });
  for (const each of [batch(0, 1), batch(2), batch(3)])
    await bounded.send("t", each);
  await bounded.commit();
  await bounded.commit();
  const kinds = asked.map((each) => (typeof each === "string" ? each : "send"));
  expect(kinds).toEqual(["send", "send", "commit", "send", "commit"]);
  expect(committed).toEqual([batch(0, 1), batch(2), batch(3)]);
});

test("a transaction that has been open for long ends, whatever the next batch waits for", async () => {
  jest.useFakeTimers();
  const { to, asked } = producer();
  const bounded = transactions(to, { transactionMs: 500 });
  await bounded.send("t", batch(0));
  await jest.advanceTimersByTimeAsync(499);
  expect(asked).not.toContain("commit");
  await bounded.send("t", batch(1));
  await jest.advanceTimersByTimeAsync(1);
  await bounded.send("t", batch(2));
  await jest.advanceTimersByTimeAsync(499);
  expect(asked.map((each) => (each === "commit" ? each : "send"))).toEqual([
    "send",
    "send",
    "commit",
    "send",
  ]);
  jest.useRealTimers();
});

test("a commit that fails when its time has come is told by the next call", async () => {
  jest.useFakeTimers();
  const lost = new Error("the answer is lost");
  const { to, asked } = producer({ commit: () => Promise.reject(lost) });
  const bounded = transactions(to, { transactionMs: 500 });
  await bounded.send("t", batch(0));
  await jest.advanceTimersByTimeAsync(500);
  await expect(bounded.commit()).rejects.toBe(lost);
  await bounded.abort();
  expect(asked.at(-1)).toBe("abort");
  jest.useRealTimers();
});

test("nothing is asked or committed after an abort, though a batch was under way that opened the transaction", async () => {
  jest.useFakeTimers();
  const { to, asked } = producer();
  let questions = 0;
  const bounded = transactions(to, {
    transactionMs: 500,
    mayNotReplay: async () => (questions++, []),
  });
  await bounded.send("t", batch(0));
  await bounded.abort();
  await jest.advanceTimersByTimeAsync(1000);
  expect(asked.filter((each) => typeof each === "string")).toEqual(["abort"]);
  expect(questions).toBe(0);
  jest.useRealTimers();
});

test("a transaction whose commit fails when its time has come is taken back at once, not when the next batch is due", async () => {
  jest.useFakeTimers();
  const { to, asked } = producer({
    commit: () => Promise.reject(new Error("closed connection")),
  });
  const bounded = transactions(to, { transactionMs: 500 });
  await bounded.send("t", batch(0));
  await jest.advanceTimersByTimeAsync(500);
  expect(asked.at(-1)).toBe("abort");
  jest.useRealTimers();
});

test("whether a saga may still replay is asked once a transaction, for all of its topics", async () => {
  const { to, asked } = producer();
  const questions: (readonly string[])[] = [];
  const one = transactions(to, {
    mayNotReplay: async (topics) => (questions.push(topics), []),
  });
  for (const topic of ["a", "b", "a", "c"]) await one.send(topic, batch(0));
  await one.commit();
  expect(questions).toEqual([["a", "b", "c"]]);
  expect(asked.at(-1)).toBe("commit");
});

test("a saga that may not replay a topic any more lands nothing of the whole transaction", async () => {
  const { to, asked } = producer();
  const refused = transactions(to, {
    mayNotReplay: async (topics) => topics.filter((topic) => topic === "lost"),
  });
  await refused.send("lost", batch(0));
  await refused.send("kept", batch(1));
  await expect(refused.commit()).rejects.toMatchObject({
    type: "Fenced",
    nonRetryable: true,
  });
  await refused.abort();
  expect(asked.filter((each) => typeof each === "string")).toEqual(["abort"]);
});

test("a batch that fails is told by a call that follows, and its transaction is taken back", async () => {
  const failed = new Error("a part was refused");
  const { to, asked } = producer({ send: () => Promise.reject(failed) });
  const broken = transactions(to);
  await broken.send("t", batch(0));
  await broken.send("t", batch(1));
  await expect(broken.send("t", batch(2))).rejects.toBe(failed);
  await expect(broken.commit()).rejects.toBe(failed);
  await broken.abort();
  expect(asked).not.toContain("commit");
  expect(asked[0]).toBe("abort");
});

test("an event without a time is not produced at another one", async () => {
  const { to, asked } = producer();
  const one = transactions(to);
  const [item] = batch(0).items;
  await one.send("t", {
    items: [{ ...item!, event: { uuid: item!.event.uuid, ms: undefined } }],
    bytes: 1,
  });
  await expect(one.commit()).rejects.toThrow("has no time");
  await one.abort();
  expect(asked).toEqual(["abort"]);
});
