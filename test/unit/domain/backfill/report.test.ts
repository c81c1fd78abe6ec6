import { type BackfillReport, holds } from "../../../../domain/backfill/report";

const PROVEN = {
  found: { events: 3 },
  replayed: { landed: 3, twice: 0 },
  refine: { failed: [], unexplained: [] },
  verified: { problems: [], findingsLeft: 0 },
};

/** A proof that holds, but for what is given. */
const report = (over: object = {}) =>
  ({ ...PROVEN, ...over }) as unknown as BackfillReport;

test("the proof holds where every missing event is back, once, and nothing is left broken", () => {
  expect(holds(report())).toBe(true);
});

test.each([
  ["an event did not land", { replayed: { landed: 2, twice: 0 } }],
  ["an event was produced twice", { replayed: { landed: 3, twice: 1 } }],
  ["a row differs", { verified: { problems: ["x"], findingsLeft: 0 } }],
  [
    "a topic-hour is not whole",
    { verified: { problems: [], findingsLeft: 1 } },
  ],
  [
    "a partition failed",
    { refine: { failed: ["event.edit"], unexplained: [] } },
  ],
  [
    "the logs do not say how a partition ended",
    { refine: { failed: [], unexplained: ["event.edit"] } },
  ],
])("the proof does not hold where %s", (_, over) => {
  expect(holds(report(over))).toBe(false);
});

test("where the logs are gone, the verified rows are proof enough", () => {
  const refine = {
    failed: [],
    unexplained: ["event.edit"],
    logsUnread: "gone",
  };
  expect(holds(report({ refine }))).toBe(true);
});
