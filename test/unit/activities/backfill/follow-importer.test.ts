import { MockActivityEnvironment } from "@temporalio/testing";
import { followImporter } from "../../../../activities/backfill/follow-importer";
import type { ImporterState } from "../../../../importers/importer";

const LOGS = new Map([
  [
    "t",
    [
      { partition: 0, low: "0", high: "10" },
      { partition: 1, low: "7", high: "7" },
    ],
  ],
]);

/** @param stands where it is found at each look; the last one stays. @returns for how long it was waited, s */
async function waited(
  stands: (string | undefined)[],
  more: Partial<ImporterState> = {},
): Promise<number> {
  let now = 0;
  let look = 0;
  const state = async (): Promise<ImporterState> => {
    const offset = stands[Math.min(look++, stands.length - 1)];
    return {
      positions: new Map(offset === undefined ? [] : [["t/0", { offset }]]),
      problems: [],
      ...more,
    };
  };
  await new MockActivityEnvironment().run(() =>
    followImporter(
      { topics: ["t"], logs: LOGS, state, quietMs: 60_000 },
      { now: () => now, pause: async (ms) => (now += ms) },
    ),
  );
  return now / 1000;
}

test("it is waited for until it stands at the end", async () => {
  expect(await waited(["10"])).toBe(0);
  expect(await waited(["3", "5", "9", "11"])).toBe(6);
});

test("one that moves nowhere is waited for as long as it may take, from its last move on", async () => {
  expect(await waited([undefined])).toBe(60);
  expect(await waited(["3", "3", "4"])).toBe(64);
});

test("one that says that it stands still is not waited for", async () => {
  await expect(
    waited(["3"], { standstill: "connector sink is paused" }),
  ).rejects.toThrow("connector sink is paused");
});
