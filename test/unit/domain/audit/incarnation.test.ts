import {
  isBeyondEnd,
  losses,
  lostOffsets,
  mayBeOfReplacedLog,
  unreadOffsets,
} from "../../../../domain/audit/evidence";
import {
  deletedLog,
  replacedBetween,
  replacedByPositions,
  type SeenLog,
} from "../../../../domain/audit/incarnation";
import { HOUR_MS } from "../../../../lib/hour";
import { recreated, topic } from "./cases";

const seen = (
  start: string,
  end: string,
  id: string | undefined = undefined,
): SeenLog => ({
  at: 0,
  bounds: { 0: { start, end } },
  ...(id === undefined ? {} : { id }),
});

test.each<[string, SeenLog, SeenLog, string | undefined]>([
  ["a log that grew", seen("0", "9"), seen("3", "12"), undefined],
  ["the same id", seen("0", "9", "a"), seen("3", "12", "a"), undefined],
  [
    "another id, though the log has grown beyond the old one",
    seen("0", "9", "a"),
    seen("0", "12", "b"),
    "topic-recreated",
  ],
  [
    "an end that went back to a new beginning",
    seen("5", "9"),
    seen("0", "7"),
    "topic-recreated",
  ],
  [
    "an end that went back under the same id",
    seen("0", "9", "a"),
    seen("0", "7", "a"),
    "log-truncated",
  ],
  [
    "an end that went back, and a start that did not",
    seen("5", "9"),
    seen("5", "7"),
    "log-truncated",
  ],
  [
    "a start that went back: retention only moves it on",
    seen("5", "9"),
    seen("0", "12"),
    "topic-recreated",
  ],
  [
    "a partition that is gone",
    {
      at: 0,
      bounds: { ...seen("0", "9").bounds, 1: { start: "0", end: "0" } },
    },
    seen("0", "9"),
    "topic-recreated",
  ],
  [
    "a partition that was added",
    seen("0", "9"),
    {
      at: 0,
      bounds: { ...seen("0", "9").bounds, 1: { start: "0", end: "0" } },
    },
    undefined,
  ],
])("%s", (_, before, now, cause) => {
  expect(replacedBetween(before, now)?.cause).toBe(cause);
});

test("all of a log that the importer does not know is unread, and nothing of it is lost", () => {
  const about = topic(recreated);
  expect(about.partitions.map(isBeyondEnd)).toEqual([true]);
  expect(unreadOffsets(about)).toBe(1700);
  expect(lostOffsets(about)).toBe(0);
});

test("without memory a log that begins at 0 is a new topic's, another one was cut", () => {
  const beyond = { partition: 0, stored: "9", logEnd: "5" };
  const causeAt = (logStart: string) =>
    replacedByPositions([{ ...beyond, logStart }])?.cause;
  expect(causeAt("0")).toBe("topic-recreated");
  expect(causeAt("2")).toBe("log-truncated");
  expect(replacedByPositions([])).toBeUndefined();
});

test("what a partition lost that was never read is at most what its log has deleted", () => {
  const partitions = [{ partition: 0, logStart: "5000", logEnd: "5000" }];
  expect(losses(topic({ partitions }))).toEqual([
    { partition: 0, from: "0", to: "5000", offsets: 5000, atMost: true },
  ]);
  // Where no position could be read, nothing follows from there being none.
  expect(losses(topic({ partitions, unread: "no offsets file" }))).toEqual([]);
});

test("a deleted topic may have lost what came since its import, or since it was last seen with all of it read", () => {
  const from = (stored: string) =>
    deletedLog(
      { ...seen("0", "9"), at: 700 },
      new Map([[0, { offset: stored }]]),
      500,
      900,
    );
  expect(from("8")).toMatchObject({
    cause: "topic-deleted",
    from: 500,
    until: 900,
  });
  expect(from("9")).toMatchObject({ from: 700, until: 900 });
});

test("a deleted topic whose import nothing dates may have lost any hour, whatever a later audit takes for its import", () => {
  const replacedLog = deletedLog(undefined, new Map(), undefined, 900);
  const about = topic({ replacedLog, watermark: HOUR_MS });
  expect(mayBeOfReplacedLog("1970-01-01T00", about)).toBe(true);
});
