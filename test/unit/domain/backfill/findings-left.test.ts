import type { TopicAudit } from "../../../../domain/audit/audit-report";
import { findingsLeft } from "../../../../domain/backfill/findings-left";
import type { Finding, PlannedTopic } from "../../../../domain/backfill/plan";

const TOPIC = "eventlogging_Edit";
const planned = (over: Partial<PlannedTopic> = {}): PlannedTopic => ({
  topic: TOPIC,
  schema: "Edit",
  table: "edit",
  tableDir: "Edit",
  hours: ["2018-07-05T03"],
  lostOffsets: 0,
  reset: false,
  missing: 0,
  ...over,
});
const silent = (over: Partial<Finding> = {}): Finding => ({
  topic: TOPIC,
  hour: "2018-07-05T04",
  verdict: "empty",
  cause: "producer-silent",
  level: "warning",
  numbers: { produced: 0 },
  missing: 0,
  why: "nothing since 2018-07-05T03",
  ...over,
});
const left = (finding: Finding, topic = planned()) =>
  findingsLeft([{ topic: TOPIC, findings: [finding], cells: {} }], [topic])
    .length;

test("an hour of a topic that merely fell silent does not stand against a repair", () => {
  expect(left(silent())).toBe(0);
  // Only Refine had failed at the planned hour: nothing of it can have been lost.
  expect(left(silent({ hour: "2018-07-05T03" }))).toBe(0);
  // The topic lost events, and this hour was none of those that did.
  expect(left(silent(), planned({ lostOffsets: 17, reset: true }))).toBe(0);
});

test.each([
  ["lost offsets", { lostOffsets: 17 }],
  ["events that raw hours lack", { missing: 3 }],
  ["a position that is of another log", { reset: true }],
])(
  "a planned hour that looks silent after a repair of %s may be lost, and stands against it",
  (_, loss) => {
    const hour = "2018-07-05T03";
    expect(left(silent({ hour }), planned(loss))).toBe(1);
  },
);

test.each<[string, Partial<Finding>]>([
  ["what was produced is unknowable", { numbers: {} }],
  ["no count is given", { numbers: undefined as never }],
  ["something was produced", { numbers: { produced: 2 } }],
  ["the archive has events", { numbers: { produced: 0, archived: 4 } }],
  ["something was imported", { numbers: { produced: 0, raw: 1 } }],
  ["offsets are lost", { numbers: { produced: 0, lostOffsets: 9 } }],
  ["events are missing", { missing: 1 }],
  ["it has another cause", { cause: "producer-low" }],
  ["it is lost", { verdict: "lost-from-kafka", cause: "topic-deleted" }],
])("where %s, it is more than silence", (_, over) => {
  expect(left(silent(over))).toBe(1);
});

test.each<[string, Pick<TopicAudit, "cells" | "unknowable">, string[]]>([
  ["pending", { cells: { "2018-07-05T03": "pending" } }, ["pending"]],
  [
    "unknowable",
    { cells: { "2018-07-05T03": "unknowable" }, unknowable: "no offsets file" },
    ["unknowable"],
  ],
  [
    "no cell, because nothing is known of a gone topic's hours",
    { cells: {}, unknowable: "nothing tells that Kafka had it" },
    ["unknowable"],
  ],
  ["complete", { cells: { "2018-07-05T03": "complete" } }, []],
  ["empty", { cells: {} }, []],
  [
    "empty, and another one unknowable",
    { cells: { "2018-07-05T02": "unknowable" }, unknowable: "HDFS is down" },
    [],
  ],
  [
    "complete, and another one, which was not planned, pending",
    { cells: { "2018-07-05T03": "complete", "2018-07-05T04": "pending" } },
    [],
  ],
])(
  "a planned hour stands against a repair unless it is settled: %s",
  (_, audit, verdicts) => {
    const after = { topic: TOPIC, findings: [], ...audit };
    expect(
      findingsLeft([after], [planned()]).map(({ hour, verdict }) => [
        hour,
        verdict,
      ]),
    ).toEqual(verdicts.map((verdict) => ["2018-07-05T03", verdict]));
  },
);
