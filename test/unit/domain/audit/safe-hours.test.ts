import fc from "fast-check";
import { safeHours } from "../../../../domain/audit/safe-hours";
import { HOUR_MS } from "../../../../lib/hour";

const NOW = Date.UTC(2018, 6, 5, 5);
const RETENTION = 168 * HOUR_MS;
const ago = (hours: number) => NOW - hours * HOUR_MS;

/** A partition whose messages have these times, the first at offset 0; asked like Kafka, and counting what it was asked. */
function log(times: number[]) {
  const asked: number[] = [];
  return {
    asked,
    offsetsAt: async (ms: number) => {
      asked.push(ms);
      const at = times.findIndex((time) => time >= ms);
      return new Map([[0, BigInt(at === -1 ? times.length : at)]]);
    },
  };
}
const target = (offset: number) => [{ partition: 0, offset: BigInt(offset) }];

test("a message that is as old as retention may be deleted within the hour", async () => {
  const { offsetsAt } = log([ago(168), ago(1)]);
  expect(await safeHours(target(0), offsetsAt, RETENTION, NOW, 48)).toBe(0);
});

test("a message is safe until its time has expired, in whole hours", async () => {
  const { offsetsAt } = log([ago(158), ago(1)]);
  expect(await safeHours(target(0), offsetsAt, RETENTION, NOW, 48)).toBe(10);
});

test("an older message behind a younger one is as safe as the younger: Kafka deletes from the oldest on", async () => {
  const { offsetsAt } = log([ago(150), ago(167)]);
  expect(await safeHours(target(1), offsetsAt, RETENTION, NOW, 48)).toBe(18);
});

test("of several partitions the one in the greatest danger decides", async () => {
  const first = log([ago(160)]);
  const second = log([ago(165)]);
  const offsetsAt = async (ms: number) =>
    new Map([
      [0, (await first.offsetsAt(ms)).get(0)!],
      [1, (await second.offsetsAt(ms)).get(0)!],
    ]);
  const targets = [
    { partition: 0, offset: 0n },
    { partition: 1, offset: 0n },
  ];
  expect(await safeHours(targets, offsetsAt, RETENTION, NOW, 48)).toBe(3);
});

test("what is safe for longer than anybody asks is asked for once", async () => {
  const { offsetsAt, asked } = log([ago(1)]);
  expect(await safeHours(target(0), offsetsAt, RETENTION, NOW, 48)).toBe(48);
  expect(asked).toHaveLength(1);
});

test("a partition that Kafka says nothing of is not called safe", async () => {
  const nothing = async () => new Map<number, bigint>();
  expect(await safeHours(target(0), nothing, RETENTION, NOW, 48)).toBe(0);
});

test("however old messages are, the largest time at or before the target decides, within few questions", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1 }),
      fc.nat(),
      async (ages, pick) => {
        const offset = pick % ages.length;
        const { offsetsAt, asked } = log(ages.map(ago));
        const youngest = Math.min(...ages.slice(0, offset + 1));
        expect(
          await safeHours(target(offset), offsetsAt, RETENTION, NOW, 48),
        ).toBe(Math.max(0, Math.min(48, 168 - youngest)));
        expect(asked.length).toBeLessThanOrEqual(8);
      },
    ),
  );
});
