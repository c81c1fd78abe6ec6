import { Kafka } from "../../../../clients/kafka/kafka";
import type { Edges } from "../../../../clients/kafka/kafka";
import { hourStart } from "../../../../lib/hour";

/** A partition whose messages lie at these times; the first `deleted` are gone. */
function partition(times: string[], deleted = 0) {
  const kafka = new Kafka(["127.0.0.1:1"]);
  let asked = 0;
  kafka.offsetsAt = async (_topic, ms) => {
    asked++;
    const at = times.findIndex((t, i) => i >= deleted && Date.parse(t) >= ms);
    return new Map([[0, BigInt(at === -1 ? times.length : at)]]);
  };
  const offsets = [
    { partition: 0, low: String(deleted), high: String(times.length) },
  ];
  return {
    asked: () => asked,
    count: async (known: Edges = {}) =>
      Object.fromEntries(
        [
          ...(await kafka.producedByHour(
            "t",
            { since: "2018-07-05T00", until: "2018-07-05T05" },
            offsets,
            known,
          )),
        ].map(([hour, { count }]) => [
          hour.slice(11),
          count.known ? count.count : "?",
        ]),
      ),
  };
}
const TIMES = [
  "2018-07-05T00:10:00Z",
  "2018-07-05T01:10:00Z",
  "2018-07-05T01:50:00Z",
  "2018-07-05T03:10:00Z",
];

test("messages are counted in the hours of their timestamps", async () => {
  expect(await partition(TIMES).count()).toEqual({
    "00": 1,
    "01": 2,
    "02": 0,
    "03": 1,
    "04": 0,
  });
});

test("what Kafka deleted is unknowable, unless its edges were seen before", async () => {
  const known: Edges = {};
  await partition(TIMES).count(known);
  expect(Object.keys(known)).toContain(String(hourStart("2018-07-05T01")));
  expect(await partition(TIMES, 3).count()).toMatchObject({
    "00": "?",
    "01": "?",
    "03": 1,
    "04": 0,
  });
  expect(await partition(TIMES, 3).count(known)).toMatchObject({
    "00": 1,
    "01": 2,
    "03": 1,
  });
});

test("edges that were found are not asked for again", async () => {
  const known: Edges = {};
  await partition(TIMES).count(known);
  const again = partition(TIMES);
  await again.count(known);
  expect(again.asked()).toBeLessThan(4);
});

test("a client that was asked about many topics is replaced, and ends only after its last call", async () => {
  const kafka = new Kafka(["127.0.0.1:1"]);
  const made: { ended: boolean }[] = [];
  const js = kafka.js as unknown as { admin: () => unknown };
  js.admin = () => {
    const client = { ended: false };
    made.push(client);
    return {
      connect: async () => undefined,
      disconnect: async () => void (client.ended = true),
      fetchTopicOffsets: async () => [],
    };
  };
  let finish = () => undefined as void;
  const slow = kafka.on(
    () => new Promise<void>((done) => (finish = done)),
    "slow",
  );
  for (let i = 0; i < 100; i++) await kafka.offsets(`t${i}`);
  expect(made.length).toBeGreaterThan(2);
  expect(made.length).toBeLessThan(6);
  expect(made[0]!.ended).toBe(false);
  expect(made[1]!.ended).toBe(true);
  finish();
  await slow;
  expect(made[0]!.ended).toBe(true);
  await kafka.close();
  expect(made.every((c) => c.ended)).toBe(true);
});
