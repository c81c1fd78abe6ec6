import { newProgress } from "../../../domain/backfill/progress";
import { STEPS } from "../../../domain/backfill/steps";
import { sagaPage } from "../../../reports/saga-page";

const PLAN = {
  digest: "d".repeat(64),
  ref: "/plan.json",
  link: "http://hdfs/plan.html",
  document: "/plan.md",
  range: { since: "2018-06-26T18", until: "2018-06-26T21" },
  topics: [],
  topicHours: 3,
  missing: 7,
  lostOffsets: 7,
  flags: 1,
  outdatedPartitions: 0,
  refine: { jar: "j", sha256: "a", class: "Refine", arguments: [] },
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
};

test("a saga that has just begun shows its twelve steps in their order", () => {
  const lines = sagaPage(newProgress()).split("\n");
  expect(lines[0]).toBe("Planning");
  expect(lines.slice(4, 16)).toEqual(
    STEPS.map((name, i) => `| ${i + 1} | \` \` | ${name} |  |`),
  );
});

test("a saga that waits for its approval shows the plan, where to read it, and who else is at work", () => {
  const page = sagaPage({ ...newProgress(), phase: "approve", plan: PLAN });
  expect(page).toContain("**3 topic-hours of 0 topics**");
  expect(page).toContain(`digest \`${PLAN.digest}\``);
  expect(page).toContain("[the plan](http://hdfs/plan.html)");
  expect(page).toContain(
    "Runs now: json_refine (`application_1_7`), **outdated**: it neither deduplicates nor geocodes",
  );
});

test("a failed step shows why it failed, in one cell of the table", () => {
  const progress = newProgress();
  Object.assign(progress.steps[5]!, { state: "failed", detail: "a | b" });
  expect(sagaPage(progress)).toContain(
    String.raw`| 6 | \`!\` | replay | failed: a \| b |`.replaceAll("\\`", "`"),
  );
});

test("an abort shows what it has undone and what it could not take back", () => {
  const page = sagaPage({
    ...newProgress(),
    phase: "ended",
    undone: ["restore flags: 1 flags"],
    remains: ["replayed events stay in Kafka"],
  });
  expect(page).toContain("Undone:\n- restore flags: 1 flags");
  expect(page).toContain("Not undone:\n- replayed events stay in Kafka");
});
