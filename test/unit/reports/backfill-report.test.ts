import type { BackfillReport } from "../../../domain/backfill/report";
import { reportBlocks } from "../../../reports/backfill-report";
import { toMarkdown } from "../../../reports/document";

const REPORT: BackfillReport = {
  workflowId: "backfill/july",
  asOf: "2018-07-09T00:00:00Z",
  plan: {
    digest: "d".repeat(64),
    ref: "/plan.json",
    range: { since: "2018-06-26T18", until: "2018-06-26T21" },
    topics: [],
    topicHours: 1,
    missing: 3,
    lostOffsets: 3,
    flags: 1,
    outdatedPartitions: 0,
    refine: {
      jar: "/refine.jar",
      sha256: "a".repeat(64),
      class: "Refine",
      arguments: [],
    },
  },
  skipped: ["eventlogging_Edit"],
  lostOffsets: 0,
  found: {
    events: 0,
    messages: 0,
    fromArchive: 0,
    fromMysql: 0,
    unrecoverable: 0,
    unreadableLines: 0,
  },
  replayed: { landed: 0, twice: 0 },
  importerRuns: { reset: 0, import: 0 },
  flagsRemoved: 0,
  refine: {
    applicationId: "application_1_7",
    link: "http://rm/7",
    finalStatus: "SUCCEEDED",
    seconds: 1,
    finished: 1,
    failed: ["event.edit 2018-07-05T01"],
    unexplained: [],
    logs: {
      attempts: 2,
      containers: 4,
      outcomes: [
        { outcome: "finished", planned: 1, others: 1 },
        { outcome: "failed", planned: 1, others: 0 },
      ],
      notWhole: [
        {
          partition: "event.edit 2018-07-05T01",
          planned: true,
          outcome: "failed",
          why: "java.io.IOException: no lease",
          container: "container_1_7_02_000001",
        },
      ],
      besides: ["event.popups 2018-07-05T02"],
      errors: [{ text: "executor 1 was lost", times: 2 }],
      ref: "/wmf/data/sisyphus/backfill/july/partitions.json",
    },
  },
  verified: {
    partitions: 1,
    rows: 1,
    distinct: 1,
    duplicates: 0,
    found: 0,
    expected: 0,
    withIp: 0,
    geocoded: 0,
    problems: [],
    findingsLeft: 0,
  },
  before: [],
  after: [],
  steps: [],
};

test("a report tells what the logs say of partitions that are not whole, and what was skipped, and does not hold for a failed one", () => {
  const text = toMarkdown("Backfill backfill/july", reportBlocks(REPORT));
  for (const wanted of [
    "The proof does not hold.",
    "4 containers of 2 attempts",
    "| failed | 1 | 0 |",
    "| event.edit 2018-07-05T01 | failed | planned | java.io.IOException: no lease | container_1_7_02_000001 |",
    "Refined besides the plan: event.popups 2018-07-05T02",
    "executor 1 was lost (2 times)",
    "Skipped by the operator, not repaired: eventlogging_Edit",
  ])
    expect(text).toContain(wanted);
});

test("a report says of each topic whether its sum closes, and which offsets no source accounts for", () => {
  const sum = {
    topic: "eventlogging_Edit",
    lostOffsets: 10,
    events: 7,
    messages: 8,
    fromArchive: 6,
    fromMysql: 1,
    unrecoverable: 2,
    losses: [{ partition: 0, from: "20", to: "30", offsets: 10 }],
  };
  const text = toMarkdown(
    "Backfill",
    reportBlocks({
      ...REPORT,
      skipped: ["eventlogging_Skipped"],
      topics: [
        sum,
        {
          ...sum,
          topic: "eventlogging_Popups",
          messages: 12,
          unrecoverable: 0,
        },
        { ...sum, topic: "eventlogging_Again", replayedBefore: 2 },
        { ...sum, topic: "eventlogging_Skipped" },
        { ...sum, topic: "eventlogging_Whole", lostOffsets: 0, events: 0 },
      ],
    }),
  );
  for (const wanted of [
    "| eventlogging_Edit | 10 | 8 | 6 | 1 | 2 | closes |",
    "| eventlogging_Popups | 10 | 12 | 6 | 1 | 0 | 2 more than was deleted",
    "| eventlogging_Skipped | 10 | 8 | 6 | 1 | 2 | skipped by the operator",
    "- eventlogging_Edit: 2 of partition 0, offsets 20 to 30 (10)",
    "| eventlogging_Edit | 0 | 20 | 30 | 10 |",
    "- eventlogging_Again: 2 of partition 0, offsets 20 to 30 (10). Kafka has 2 messages that earlier sagas replayed",
  ])
    expect(text).toContain(wanted);
  expect(text).not.toContain("eventlogging_Whole | 0");
});

test.each([
  [
    "unrecoverable",
    { archives: [{ host: "one", files: 2 }], notAsked: [], mysql: true },
    ["Asked: the archive of one (2 files), MySQL.", "## Unrecoverable"],
  ],
  [
    "not found where was asked",
    { archives: [{ host: "one", files: 2 }], notAsked: ["two"], mysql: false },
    [
      "Not asked: two, MySQL (not configured).",
      "What two may have is not unrecoverable",
    ],
  ],
  [
    "not found where was asked",
    { archives: [{ host: "one", files: 0 }], notAsked: [], mysql: true },
    [
      "Asked: the archive of one (0 files), MySQL.",
      "What one may have is not unrecoverable",
    ],
  ],
])(
  "what no source has is %s, and the sum names its sources",
  (lacking, sources, wanted) => {
    const sum = {
      topic: "eventlogging_Edit",
      lostOffsets: 10,
      events: 8,
      messages: 8,
      fromArchive: 8,
      fromMysql: 0,
      unrecoverable: 2,
    };
    const text = toMarkdown(
      "Backfill",
      reportBlocks({
        ...REPORT,
        found: { ...REPORT.found, unrecoverable: 2, sources },
        topics: [sum],
      }),
    );
    for (const each of [
      `| ${lacking} | 2 |`,
      `Offsets deleted unread = messages found + ${lacking}.`,
      ...wanted,
    ])
      expect(text).toContain(each);
    if (lacking !== "unrecoverable")
      expect(text).not.toContain("## Unrecoverable");
  },
);

test("a report shows rows of MySQL that were not used, or with a doubt, each with its reason", () => {
  const about = { table: "Edit_17", column: "event_pages", why: "it was cut" };
  const mysqlRows = {
    unused: 4,
    doubtful: 2,
    remarks: [
      { ...about, used: false, rows: 4, uuids: ["a".repeat(32)] },
      { table: "Edit_17", why: "no time", used: true, rows: 2, uuids: [] },
    ],
    more: 7,
  };
  const text = toMarkdown(
    "Backfill",
    reportBlocks({ ...REPORT, found: { ...REPORT.found, mysqlRows } }),
  );
  for (const wanted of [
    "| rows of MySQL | 4 rows not used, 2 used with a doubt |",
    `| Edit_17 | event_pages | 4 | not used | it was cut | ${"a".repeat(32)} |`,
    "| Edit_17 | – | 2 | used | no time | – |",
    "7 more such lines are not shown.",
  ])
    expect(text).toContain(wanted);
  expect(toMarkdown("Backfill", reportBlocks(REPORT))).not.toContain(
    "rows of MySQL",
  );
});
