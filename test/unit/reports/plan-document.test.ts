import type { Plan } from "../../../domain/backfill/plan";
import { SAGA_STEPS } from "../../../domain/backfill/steps";
import { toMarkdown } from "../../../reports/document";
import { planDocument } from "../../../reports/plan-document";

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
};

test("a plan names every flag with its owner and time, each loss with its source, the job, and what an abort undoes", () => {
  const text = documentText();
  for (const wanted of [
    "d".repeat(64),
    "hour=18/_REFINED | hdfs | 2018-06-26T20:30:00.000Z | an outdated job set it",
    "2018-06-26T18 | 3 | archive (3) | lost-from-kafka",
    "a".repeat(64),
    "application_1_7 | json_refine | otto",
    "replay.eventsPerSecond 0.5",
    "puts the positions of these topics back",
    "cannot be undone",
  ])
    expect(text).toContain(wanted);
});

test("a plan says of every step that changes something what an abort does about it", () => {
  const text = documentText();
  for (const { name, does, undo, stays } of SAGA_STEPS) {
    const changesSomething = undo !== null || stays !== null;
    expect([name, text.includes(`| ${name} | ${does} |`)]).toEqual([
      name,
      changesSomething,
    ]);
    if (undo) expect(text).toContain(undo.restores);
    if (stays) expect(text).toContain(stays);
  }
});

function documentText(): string {
  return toMarkdown(
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
}
