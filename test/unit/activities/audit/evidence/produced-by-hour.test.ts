import {
  type Edges,
  producedByHour,
} from "../../../../../activities/audit/evidence/produced-by-hour";
import { HOUR_MS, hourStart } from "../../../../../lib/hour";

/** A partition whose messages lie at these times; the first `deleted` are gone. */
function partition(times: string[], deleted = 0) {
  let asked = 0;
  const offsetsAt = async (ms: number) => {
    asked++;
    const first = times.findIndex(
      (time, i) => i >= deleted && Date.parse(time) >= ms,
    );
    return new Map([[0, BigInt(first === -1 ? times.length : first)]]);
  };
  const logs = [
    { partition: 0, low: String(deleted), high: String(times.length) },
  ];
  const range = { since: "2018-07-05T00", until: "2018-07-05T05" };
  return {
    asked: () => asked,
    kept: async (remembered: Edges = {}) =>
      [...(await producedByHour(offsetsAt, range, logs, remembered))].flatMap(
        ([hour, { isKept }]) => (isKept ? [hour.slice(11)] : []),
      ),
    count: async (remembered: Edges = {}) =>
      Object.fromEntries(
        [...(await producedByHour(offsetsAt, range, logs, remembered))].map(
          ([hour, { count }]) => [
            hour.slice(11),
            count.known ? count.count : "?",
          ],
        ),
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

test("an edge that was seen before says nothing of later ones, once Kafka has deleted all", async () => {
  const known: Edges = {};
  await partition(TIMES.slice(0, 2)).count(known);
  expect(await partition(TIMES, 4).count(known)).toMatchObject({
    "01": "?",
    "02": "?",
    "03": "?",
  });
});

test("edges that were found are not asked for again", async () => {
  const known: Edges = {};
  await partition(TIMES).count(known);
  const again = partition(TIMES);
  await again.count(known);
  expect(again.asked()).toBeLessThan(4);
});

test("what is remembered of an hour tells how much it had, and not that Kafka still has it", async () => {
  const remembered: Edges = {};
  expect(await partition(TIMES).kept(remembered)).toEqual([
    ...["00", "01", "02", "03", "04"],
  ]);
  const expired = partition(TIMES, 2);
  expect(await expired.count(remembered)).toMatchObject({ "00": 1, "01": 2 });
  expect(await expired.kept(remembered)).toEqual(["02", "03", "04"]);
});

test("edges of one width are asked for side by side, as Kafka is asked for them together", async () => {
  const range = { since: "2018-07-05T00", until: "2018-07-05T08" };
  const logs = [{ partition: 0, low: "0", high: "8" }];
  const waves: number[][] = [];
  let waiting: (() => void)[] = [];
  const offsetsAt = async (ms: number) => {
    const hour = (ms - hourStart(range.since)) / HOUR_MS;
    if (waiting.length === 0) {
      waves.push([]);
      setImmediate(() => {
        const answered = waiting;
        waiting = [];
        for (const answer of answered) answer();
      });
    }
    waves.at(-1)!.push(hour);
    await new Promise<void>((done) => waiting.push(done));
    return new Map([[0, BigInt(hour)]]);
  };
  await producedByHour(offsetsAt, range, logs, {});
  expect(waves).toEqual([[0, 8], [4], [2, 6], [1, 3, 5, 7]]);
});

test("of a partition that the broker does not know yet no count is a fact", async () => {
  const logs = ["0", "1"].map((_, partition) => ({
    partition,
    low: "0",
    high: "500",
  }));
  const known: Edges = {};
  const counted = await producedByHour(
    async () => new Map([[0, 500n]]),
    { since: "2018-07-05T00", until: "2018-07-05T02" },
    logs,
    known,
  );
  expect([...counted.values()].map(({ count }) => count.known)).toEqual([
    false,
    false,
  ]);
  expect(known).toEqual({});
});
