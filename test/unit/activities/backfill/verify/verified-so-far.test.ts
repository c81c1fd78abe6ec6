import { MockActivityEnvironment } from "@temporalio/testing";
import {
  RECORDED_HOURS,
  VerifiedSoFar,
} from "../../../../../activities/backfill/verify/verified-so-far";
import type { VerifiedHour } from "../../../../../activities/backfill/verify/topic-hours";
import type { Place } from "../../../../../clients/storage-layout";
import { TOPIC } from "./refined-world";

/** Storage in memory, as JSON. */
function memory() {
  const files = new Map<string, string>();
  return {
    files,
    read: async ({ name }: Place<unknown>) => {
      const text = files.get(name);
      return text === undefined ? undefined : (JSON.parse(text) as unknown);
    },
    write: async ({ name }: Place<unknown>, value: unknown) =>
      void files.set(name, JSON.stringify(value)),
  };
}

const hours = (n: number, found = 0): VerifiedHour[] =>
  Array.from({ length: n }, (_, i) => ({
    of: { topic: TOPIC, name: `${TOPIC} ${i}` } as VerifiedHour["of"],
    partition: true,
    problems: [],
    counts: {
      ...{ rows: 3, distinct: 3, duplicates: 0, lacking: i === 0 ? 1 : 0 },
      ...{ found, withIp: 0, geocoded: 0 },
    },
  }));

/** What an attempt of an activity takes up, and then does. */
const attempt = <T>(
  storage: ReturnType<typeof memory>,
  work: (soFar: VerifiedSoFar) => Promise<T>,
  { attempt = 1, activityId = "7" } = {},
): Promise<T> =>
  new MockActivityEnvironment({ attempt, activityId }).run(async () =>
    work(await VerifiedSoFar.takenUp(storage as never, true)),
  );

test("an attempt that takes over goes on behind the hours that were recorded", async () => {
  const storage = memory();
  await attempt(storage, async (soFar) => {
    await soFar.add(hours(RECORDED_HOURS, 2), 0);
    // What comes after that is read again: the worker is killed before it is recorded.
    await soFar.add(hours(RECORDED_HOURS - 1), 0);
  });
  await attempt(
    storage,
    async (soFar) => {
      expect(soFar.hours).toBe(RECORDED_HOURS);
      expect(soFar.verification).toMatchObject({
        partitions: RECORDED_HOURS,
        rows: 3 * RECORDED_HOURS,
        problems: [`${TOPIC} 0: 1 raw events have no row`],
      });
      expect(soFar.foundOf(TOPIC)).toBe(2 * RECORDED_HOURS);
      expect(soFar.foundOf("other")).toBe(0);
    },
    { attempt: 2 },
  );
});

test("few hours of large files are recorded, too, and few of small ones are not", async () => {
  const storage = memory();
  await attempt(storage, (soFar) => soFar.add(hours(9), 2 ** 30 - 1));
  expect(storage.files.size).toBe(0);
  await attempt(storage, (soFar) => soFar.add(hours(9), 2 ** 30));
  expect(storage.files.size).toBe(1);
});

test("a step that is tried again by an operator reads all hours again", async () => {
  const storage = memory();
  await attempt(storage, (soFar) => soFar.add(hours(RECORDED_HOURS), 0));
  for (const again of [
    { attempt: 2, activityId: "8" },
    { attempt: 1, activityId: "7" },
  ])
    expect(await attempt(storage, async ({ hours }) => hours, again)).toBe(0);
});
