import { OffsetLookups } from "../../../../clients/kafka/offset-lookups";
import { counting } from "../../../../lib/request-count";
import { FakeBrokers } from "./fake-brokers";

let brokers: FakeBrokers;
let lookups: OffsetLookups;
beforeEach(() => {
  brokers = new FakeBrokers();
  brokers.topics.set("a", [
    { leader: 0, times: [10, 20, 30] },
    { leader: 1, times: [15] },
  ]);
  brokers.topics.set("b", [{ leader: 0, times: [] }]);
  lookups = new OffsetLookups(brokers.js);
});

test("each partition's first offset of a time or later is found, and its end where there is none", async () => {
  const all = [5, 15, 16, 31].map((ms) => lookups.at("a", ms));
  const found = (await Promise.all(all)).map((offsets) => [...offsets!]);
  expect(found).toEqual([
    [
      [0, 0n],
      [1, 0n],
    ],
    [
      [0, 1n],
      [1, 0n],
    ],
    [
      [0, 1n],
      [1, 1n],
    ],
    [
      [0, 3n],
      [1, 1n],
    ],
  ]);
  expect(await lookups.at("b", 5)).toEqual(new Map([[0, 0n]]));
});

test("what is asked at the same time goes together: one request for all topics, at each of their times", async () => {
  const { requests } = await counting(() =>
    Promise.all([
      lookups.at("a", 10),
      lookups.at("b", 10),
      lookups.at("a", 20),
      lookups.at("a", 30),
    ]),
  );
  const ofFirst = brokers.asked.filter(({ broker }) => broker === 0);
  expect(ofFirst.map(({ topics }) => topics)).toEqual([
    ["a", "b"], // their ends
    ["a", "b"],
    ["a"],
    ["a"],
  ]);
  // The metadata, and four of each leader.
  expect(requests).toEqual({ Kafka: 1 + 4 + 4 });
  expect(brokers.connections).toBe(1);
});

test("a topic of which a partition has no leader, or that is unknown, is not told, and others are", async () => {
  brokers.topics.set("leaderless", [
    { leader: 0, times: [10] },
    { leader: -1, times: [10] },
  ]);
  expect(
    await Promise.all([
      lookups.at("leaderless", 5),
      lookups.at("unknown", 5),
      lookups.at("b", 5),
    ]),
  ).toEqual([undefined, undefined, new Map([[0, 0n]])]);
});

test("where a broker no longer leads a partition, nothing that it was asked is told, and others tell what they lead", async () => {
  brokers.topics.set("c", [{ leader: 1, times: [5] }]);
  const told = lookups.at("a", 5);
  const besides = lookups.at("b", 5);
  const other = lookups.at("c", 5);
  // Between the metadata and the question.
  const { a } = Object.fromEntries(brokers.topics);
  const leaders = [0, 1];
  Object.defineProperty(a![1], "leader", {
    get: () => leaders.shift() ?? 0,
  });
  expect(await told).toBeUndefined();
  expect(await besides).toBeUndefined();
  expect(await other).toEqual(new Map([[0, 0n]]));
});

test("a broken connection is told to nobody as an answer, and is made anew", async () => {
  await lookups.at("b", 5);
  brokers.fault = new Error("connection closed");
  expect(await Promise.all([lookups.at("a", 5), lookups.at("b", 5)])).toEqual([
    undefined,
    undefined,
  ]);
  // Nobody waits until it is closed.
  await new Promise(setImmediate);
  expect(brokers.connections).toBe(0);
  brokers.fault = undefined;
  expect(await lookups.at("b", 5)).toEqual(new Map([[0, 0n]]));
  await lookups.close();
  expect(brokers.connections).toBe(0);
});

test("a lookup that fails takes no connection away from another one", async () => {
  await lookups.at("b", 5);
  const slow = lookups.at("b", 5);
  await new Promise(setImmediate);
  brokers.fault = new Error("connection closed");
  const failed = lookups.at("a", 5);
  expect(await failed).toBeUndefined();
  brokers.fault = undefined;
  expect(await lookups.at("b", 5)).toEqual(new Map([[0, 0n]]));
  await slow;
  // The newest is kept, the one that failed is closed after its last lookup.
  await new Promise(setImmediate);
  expect(brokers.connections).toBe(1);
  await lookups.close();
  expect(brokers.connections).toBe(0);
});
