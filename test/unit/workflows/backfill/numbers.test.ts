import { newProgress } from "../../../../domain/backfill/progress";
import {
  numbersOf,
  type Outcome,
} from "../../../../workflows/backfill/numbers";

const TOPICS = ["eventlogging_Edit", "eventlogging_Popups"];
const PLAN = {
  digest: "d".repeat(64),
  ref: "/plan.json",
  range: { since: "2018-06-26T18", until: "2018-06-26T21" },
  topics: TOPICS.map((topic) => ({
    topic,
    schema: topic.slice("eventlogging_".length),
    table: "t",
    tableDir: "T",
    hours: ["2018-06-26T18"],
    lostOffsets: 5,
    reset: true,
    missing: 5,
  })),
  topicHours: 2,
  missing: 10,
  lostOffsets: 10,
  flags: 0,
  outdatedPartitions: 0,
  refine: { jar: "j", sha256: "a", class: "Refine", arguments: [] },
};

const outcome = (
  over: Partial<Outcome> = {},
  skipped: string[] = [],
): Outcome => ({
  workflowId: "backfill/july",
  saga: {
    asOf: "2018-07-05T05:20:00Z",
    plan: PLAN,
    progress: { ...newProgress(), plan: PLAN, skipped },
  },
  reset: { runs: 1 },
  missing: {
    topics: TOPICS.map((topic) => ({
      topic,
      ref: "/m",
      digest: "x",
      events: 4,
      fromArchive: 3,
      fromMysql: 1,
      messages: 5,
      unrecoverable: 0,
    })),
    files: [],
    unreadable: 2,
    unreadableNamed: [],
  },
  replayed: {
    landed: 8,
    twice: 0,
    ends: {},
    topics: { [TOPICS[0]!]: 4, [TOPICS[1]!]: 4 },
  },
  imported: { runs: 2 },
  flagsRemoved: 3,
  refined: {
    applicationId: "application_1_1",
    link: "http://rm/1",
    finalStatus: "SUCCEEDED",
    seconds: 1,
  },
  logs: {
    files: 1,
    bytes: 1,
    lines: 1,
    finished: 1,
    failed: [],
    unexplained: [],
    records: 0,
  },
  verified: {
    partitions: 2,
    rows: 8,
    distinct: 8,
    duplicates: 0,
    found: 8,
    expected: 8,
    withIp: 8,
    geocoded: 8,
    deep: { partitions: 0, rows: 0, different: 0 },
    problems: [],
    findings: [],
  },
  ...over,
});

test("the sums of a saga are those of its topics", () => {
  expect(numbersOf(outcome())).toMatchObject({
    lostOffsets: 10,
    found: { events: 8, messages: 10, fromArchive: 6, fromMysql: 2 },
    replayed: { landed: 8, twice: 0 },
    importerRuns: { reset: 1, import: 2 },
    verified: { rows: 8, findingsLeft: 0 },
  });
});

test("of a topic that an operator took out nothing is claimed", () => {
  expect(numbersOf(outcome({}, [TOPICS[0]!]))).toMatchObject({
    skipped: [TOPICS[0]],
    lostOffsets: 5,
    found: { events: 4, messages: 5 },
    replayed: { landed: 4 },
  });
});

test("a replay of 0.1.0, which does not say what landed in which topic, is counted as a whole", () => {
  const replayed = { landed: 8, twice: 0, ends: {} };
  expect(numbersOf(outcome({ replayed })).replayed.landed).toBe(8);
});

test("logs that could not be read are reported with the reason", () => {
  const logs = { ...outcome().logs!, unread: "they are gone" };
  expect(numbersOf(outcome({ logs })).refine).toMatchObject({
    logsUnread: "they are gone",
  });
});

test("what is to be said of MySQL's rows is part of the numbers", () => {
  const mysqlRows = { unused: 1, doubtful: 0, remarks: [], more: 1 };
  const missing = { ...outcome().missing, mysqlRows };
  expect(numbersOf(outcome({ missing })).found.mysqlRows).toEqual(mysqlRows);
  expect(numbersOf(outcome()).found).not.toHaveProperty("mysqlRows");
});
