import {
  hasMoved,
  jumpedOverIn,
  notPassed,
  outsideOfLog,
  standingIn,
  stillAdvancing,
  withReplayedEventsAhead,
} from "../../../../domain/backfill/import-progress";

const positions = (offsets: Record<string, string>) =>
  new Map(Object.entries(offsets).map(([key, offset]) => [key, { offset }]));

/** The log of one topic's only partition. */
const log = (low: string, high: string) =>
  new Map([["Edit", [{ partition: 0, low, high }]]]);

describe("a position lies outside of Kafka's log", () => {
  test.each([
    ["before the first offset", "9", "10", "20", true],
    ["at the first offset", "10", "10", "20", false],
    ["at the end", "20", "10", "20", false],
    ["beyond the end", "21", "10", "20", true],
    ["nowhere, of a log with messages", undefined, "10", "20", true],
    ["nowhere, of an empty log", undefined, "20", "20", false],
    [
      "beyond what a number holds exactly",
      "9007199254740993",
      "9007199254740992",
      "9007199254740992",
      true,
    ],
  ])("%s", (_, stored, low, high, isOutside) => {
    const found = outsideOfLog(
      log(low, high),
      positions(stored === undefined ? {} : { "Edit/0": stored }),
    );
    expect(found).toEqual(isOutside ? ["Edit/0"] : []);
  });
});

test("replayed events lie ahead of an importer until it has reached the offset after the last of them", () => {
  const ends = { "Edit/0": "30", "Edit/1": "12", "Popups/0": "5" };
  const ahead = (offsets: Record<string, string>) =>
    withReplayedEventsAhead(ends, ["Edit", "Popups"], positions(offsets));
  expect(ahead({ "Edit/0": "29", "Edit/1": "12" })).toEqual([
    "Edit/0",
    "Popups/0",
  ]);
  expect(ahead({ "Edit/0": "30", "Edit/1": "13", "Popups/0": "5" })).toEqual(
    [],
  );
});

test("a topic that is skipped since its replay holds nothing up", () => {
  expect(
    withReplayedEventsAhead({ "Popups/0": "5" }, ["Edit"], positions({})),
  ).toEqual([]);
});

describe("a partition into which nothing was replayed", () => {
  test("is imported as long as the importer gets further, and no longer", () => {
    const logs = log("0", "20");
    const first = positions({ "Edit/0": "10" });
    expect(stillAdvancing(logs, first, undefined)).toEqual(["Edit/0"]);
    const second = positions({ "Edit/0": "19" });
    expect(stillAdvancing(logs, second, standingIn(logs, first))).toEqual([
      "Edit/0",
    ]);
    // Offset 19 is a marker without a record: no run ever passes it.
    expect(stillAdvancing(logs, second, standingIn(logs, second))).toEqual([]);
  });

  test("is done where the importer has reached the end, or the log is empty", () => {
    const end = positions({ "Edit/0": "20" });
    expect(stillAdvancing(log("0", "20"), end, undefined)).toEqual([]);
    expect(stillAdvancing(log("20", "20"), positions({}), undefined)).toEqual(
      [],
    );
  });

  test("gets a run of its own where it was added since the last look", () => {
    const before = standingIn(log("0", "20"), positions({}));
    const logs = new Map([["Popups", [{ partition: 0, low: "0", high: "3" }]]]);
    expect(stillAdvancing(logs, positions({}), before)).toEqual(["Popups/0"]);
  });
});

test("an importer has moved where its position in one of the topics is another, new, or gone", () => {
  const before = positions({ "Edit/0": "5", "Other/0": "1" });
  const moved = (offsets: Record<string, string>) =>
    hasMoved(["Edit"], before, positions(offsets));
  expect(moved({ "Edit/0": "5", "Other/0": "9" })).toBe(false);
  expect(moved({ "Edit/0": "6", "Other/0": "1" })).toBe(true);
  expect(moved({ "Edit/0": "4", "Other/0": "1" })).toBe(true);
  expect(moved({ "Edit/0": "5", "Edit/1": "0", "Other/0": "1" })).toBe(true);
  expect(moved({ "Other/0": "1" })).toBe(true);
});

test("an importer goes back to the first offset that it has jumped over and that Kafka holds, and has to pass the last", () => {
  const of = (from: string, to: string, time: number) => ({
    ...{ run: "r", partition: 0, errors: 0 },
    ...{ from, to, time },
  });
  const runs = [
    {
      advances: new Map([
        ["Edit", [of("0", "10", 1), of("15", "20", 2), of("30", "40", 3)]],
      ]),
    },
  ];
  const at = (offset: string) => positions({ "Edit/0": offset });
  const jumped = jumpedOverIn(log("12", "40"), runs, at("40"));
  expect([...jumped]).toEqual([["Edit/0", { from: "12", to: "30" }]]);
  expect(notPassed(jumped, at("12"))).toEqual(["Edit/0"]);
  expect(notPassed(jumped, at("30"))).toEqual([]);
  // Where it stands beyond the end it has jumped in another log.
  expect(jumpedOverIn(log("0", "35"), runs, at("40")).size).toBe(0);
});
