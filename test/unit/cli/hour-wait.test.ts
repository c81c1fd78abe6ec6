import {
  EXIT_CODES,
  isFinal,
  TIMED_OUT,
  waitForHour,
} from "../../../cli/hour-wait";
import { HOUR_STATES, type HourState } from "../../../domain/audit/hour-state";
import type { HourAnswer } from "../../../domain/audit/usable-hours";
import { HOUR_MS, hourStart } from "../../../lib/hour";

const HOUR = "2018-07-05T03";

const answer = (state: HourState): HourAnswer => ({
  name: "edit",
  hour: HOUR,
  state,
  usable: state === "usable",
  why: state,
  topics: [],
});

/** Waits through answers and faults, the last of which stays, on a clock that only sleeping moves. */
async function waitThrough(said: (HourState | Error)[], timeout?: number) {
  let at = 0;
  const told: string[] = [];
  const slept: number[] = [];
  const left = [...said];
  const waited = await waitForHour({
    ask: async () => {
      const next = left.length > 1 ? left.shift()! : left[0]!;
      if (next instanceof Error) throw next;
      return answer(next);
    },
    isOver: ({ state }) => state === "usable",
    isPassing: ({ message }) => message === "HDFS does not answer",
    tell: (text) => told.push(text),
    sleep: async (ms) => {
      slept.push(ms);
      at += ms;
    },
    clock: () => at,
    every: 60,
    timeout,
  });
  return { ...waited, told, slept };
}

test("it is asked until the answer ends the waiting, and each change is told once", async () => {
  const waited = await waitThrough([
    "uncovered",
    "undecided",
    "undecided",
    "usable",
  ]);
  expect(waited).toEqual({
    answer: answer("usable"),
    timedOut: false,
    told: ["uncovered: uncovered", "undecided: undecided"],
    slept: [60, 60, 60],
  });
});

test("the waiting ends at its time, after a last look", async () => {
  expect(await waitThrough(["stale"], 100)).toMatchObject({
    answer: answer("stale"),
    timedOut: true,
    slept: [60, 40],
  });
  expect(await waitThrough(["stale", "stale", "usable"], 100)).toMatchObject({
    timedOut: false,
  });
  expect((await waitThrough(["stale"], 0)).slept).toEqual([]);
});

test("a service that is silent for a while ends no waiting, and another fault does", async () => {
  const silent = new Error("HDFS does not answer");
  expect(await waitThrough([silent, silent, "usable"])).toMatchObject({
    timedOut: false,
    told: ["HDFS does not answer"],
  });
  expect(await waitThrough([silent], 100)).toEqual({
    timedOut: true,
    told: ["HDFS does not answer"],
    slept: [60, 40],
  });
  await expect(waitThrough([new Error("no such file")])).rejects.toThrow(
    "no such file",
  );
});

test.each<[HourState, boolean, boolean]>([
  ["usable", true, true],
  ["unknown", true, true],
  ["broken", true, false],
  ["undecided", false, false],
  ["stale", false, false],
  ["uncovered", false, false],
])(
  "%s ends the waiting: %s, and until it is mended: %s",
  (state, once, mended) => {
    const now = hourStart(HOUR) + 5 * HOUR_MS;
    const final = (untilMended: boolean) =>
      isFinal({ state, hour: HOUR }, untilMended, now, 24 * HOUR_MS);
    expect(final(false)).toBe(once);
    expect(final(true)).toBe(mended);
  },
);

test("an hour that audits no longer look back to is not waited for", () => {
  const now = hourStart(HOUR) + 25 * HOUR_MS;
  const uncovered = { state: "uncovered", hour: HOUR } as const;
  expect(isFinal(uncovered, false, now, 24 * HOUR_MS)).toBe(true);
});

test("each state has an exit code of its own, and only what is usable has 0", () => {
  const codes = [...HOUR_STATES.map((state) => EXIT_CODES[state]), TIMED_OUT];
  expect(new Set(codes).size).toBe(codes.length);
  expect(codes.filter((code) => code === 0)).toHaveLength(1);
  expect(EXIT_CODES.usable).toBe(0);
  expect(EXIT_CODES.broken).toBe(3);
  // These are left to errors and to steps that failed.
  expect(codes).not.toEqual(expect.arrayContaining([1]));
  expect(codes).not.toEqual(expect.arrayContaining([2]));
});
