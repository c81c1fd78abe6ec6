import { toHtml, toMarkdown } from "../../../reports/document";
import type { Plan } from "../../../domain/backfill/plan";
import { reportBlocks } from "../../../reports/backfill-report";
import { planDocument } from "../../../reports/plan-document";
import type { BackfillReport } from "../../../domain/backfill/report";

const PLAN: Plan = {
  range: { since: "2018-06-26T18", until: "2018-06-26T21" },
  asOf: "2018-07-05T05:20:00Z",
  topics: [
    {
      topic: "eventlogging_Edit",
      schema: "Edit",
      table: "edit",
      tableDir: "Edit",
      hours: ["2018-06-26T18"],
      lostOffsets: 3,
      reset: true,
      missing: 3,
    },
  ],
  findings: [
    {
      topic: "eventlogging_Edit",
      hour: "2018-06-26T18",
      verdict: "lost-from-kafka",
      cause: "premature-deletion",
      numbers: { archived: 3, missing: 3 },
      missing: 3,
      why: "3 events in the archive, none imported",
    },
  ],
  flags: [
    {
      topic: "eventlogging_Edit",
      hour: "2018-06-26T18",
      path: "/wmf/data/event/Edit/year=2018/month=6/day=26/hour=18/_REFINED",
      owner: "hdfs",
      mtime: Date.parse("2018-06-26T20:30:00Z"),
      why: "an outdated job set it",
    },
  ],
  refine: {
    jar: "/jars/refine.jar",
    sha256: "a".repeat(64),
    class: "Refine",
    arguments: ["--since", "2018-06-26T18:00:01"],
  },
  offsets: {},
};

test("a plan names every flag with its owner and time, each loss with its source, the job, and what an abort undoes", () => {
  const text = toMarkdown(
    "Plan",
    planDocument(PLAN, {
      digest: "d".repeat(64),
      running: [
        {
          id: "application_1_7",
          name: "json_refine",
          user: "otto",
          startedAt: "2018-07-05T05:00:00.000Z",
          link: "http://rm/7",
          outdated: "it neither deduplicates nor geocodes",
        },
      ],
      estimate: {
        replaySeconds: 6,
        partitions: 1,
        refineSeconds: 1,
        basis: ["replay.eventsPerSecond 0.5"],
      },
    }),
  );
  for (const wanted of [
    "d".repeat(64),
    "hour=18/_REFINED | hdfs | 2018-06-26T20:30:00.000Z | an outdated job set it",
    "2018-06-26T18 | 3 | archive (3) | lost-from-kafka",
    "a".repeat(64),
    "application_1_7 | json_refine | otto",
    "replay.eventsPerSecond 0.5",
    "sets its runs aside; it resumes from where it stood",
    "cannot be undone",
  ])
    expect(text).toContain(wanted);
});

test("a report tells what the logs say of partitions that are not whole, and what was skipped, and does not hold for a failed one", () => {
  const report: BackfillReport = {
    workflowId: "backfill/july",
    asOf: "2018-07-09T00:00:00Z",
    plan: {
      digest: "d".repeat(64),
      ref: "/plan.json",
      range: PLAN.range,
      topics: PLAN.topics,
      topicHours: 1,
      missing: 3,
      lostOffsets: 3,
      flags: 1,
      outdatedPartitions: 0,
      refine: PLAN.refine,
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
  const text = toMarkdown("Backfill backfill/july", reportBlocks(report));
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

test("nothing in a text is taken for markup", () => {
  const blocks = [
    { text: '<script>alert("x")</script>' },
    { table: { head: ["a"], rows: [["x | y\n<b>"]] } },
    {
      grid: [{ topic: "<i>", cells: { "2018-06-26T18": "complete" as const } }],
    },
  ];
  expect(toHtml("<t>", blocks)).not.toMatch(/<(script|b|i|t)>/);
  expect(toMarkdown("t", blocks)).toContain(String.raw`| x \| y <b> |`);
});
