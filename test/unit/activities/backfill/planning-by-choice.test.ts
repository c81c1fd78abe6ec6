import { MockActivityEnvironment } from "@temporalio/testing";
import { createPlanningActivities } from "../../../../activities/backfill/planning";
import { Storage } from "../../../../clients/storage";
import type { TopicAudit } from "../../../../domain/audit/audit-report";
import type { Cause, Verdict } from "../../../../domain/audit/verdicts";
import type { Plan, PlanSummary } from "../../../../domain/backfill/plan";
import { CONFIG } from "../../../chaos/memory/scenario";
import { topicAudit } from "../../../support/audited";
import { MemoryFiles } from "../../../support/memory-hdfs";

const hour = (n: number) => `2018-07-05T0${n}`;
const found = (
  topic: string,
  n: number,
  verdict: Verdict,
  cause: Cause,
  missing = 0,
) => ({ topic, hour: hour(n), verdict, cause, missing, why: "" });
const EDIT = "eventlogging_Edit";
const POPUPS = "eventlogging_Popups";

/** Of one topic events were lost in two hours, and one hour was refined by an outdated job; of the other one is outdated. */
const mockAudits: TopicAudit[] = [
  topicAudit(EDIT, {
    lostOffsets: 7,
    findings: [
      found(EDIT, 3, "lost-from-kafka", "premature-deletion", 3),
      found(EDIT, 4, "refine-outdated", "outdated-job"),
      found(EDIT, 5, "lost-from-kafka", "premature-deletion", 4),
    ],
  }),
  topicAudit(POPUPS, {
    findings: [found(POPUPS, 4, "refine-outdated", "outdated-job")],
  }),
];
jest.mock("../../../../activities/audit/judge-topics", () => ({
  auditTopics: async (_: unknown, topics: string[]) =>
    mockAudits.filter(({ topic }) => topics.includes(topic)),
}));
jest.mock("../../../../activities/backfill/jar-digest", () => ({
  jarDigest: async () => "a".repeat(64),
}));

const REPORT = JSON.stringify({
  plan: { digest: "d", topics: [] },
  after: [{ topic: EDIT, cells: { [hour(5)]: "rows-lost" } }],
  refine: { failed: [], unexplained: [] },
  verified: { problems: [] },
});

/** A plan as it is stored, and what a workflow is told of it. */
async function planned(
  input: object,
  {
    neverTouch = [],
    name = "planByChoice",
  }: { neverTouch?: object[]; name?: "planByChoice" | "makePlan" } = {},
) {
  const files = new MemoryFiles();
  files.texts.set("/s/backfill/june@00000001/report.json", REPORT);
  const storage = new Storage(
    Object.assign(files, {
      stat: async () => ({ mtime: 1 }),
      link: (path: string) => path,
    }).hdfs,
    "/s",
  );
  const activities = createPlanningActivities({
    config: { ...CONFIG, repair: { neverTouch } },
    kafka: {
      topics: async () => [EDIT, POPUPS],
      refuseHidden: async () => undefined,
    },
    source: {
      steering: {},
      state: async () => ({ positions: new Map(), problems: [] }),
    },
    hdfs: {
      list: async () => [{ name: "_REFINED", owner: "hdfs", mtime: 0 }],
    },
    storage: Object.assign(storage, {
      list: async () => [{ name: "june@00000001", mtime: 0 }],
    }),
    yarn: { running: async () => [], link: () => "" },
  } as never);
  const env = new MockActivityEnvironment();
  const summary: PlanSummary = await env.run(() =>
    activities[name]({
      ...{ since: hour(0), until: hour(9), asOf: `${hour(9)}:00:00Z` },
      ...{ topics: [EDIT, POPUPS] },
      ...input,
    } as never),
  );
  return { summary, plan: await storage.readRef<Plan>(summary.ref) };
}

const hoursOf = ({ topics }: Plan) =>
  topics.flatMap(({ topic, hours }) => hours.map((h) => `${topic} ${h}`));

test("without a choice everything broken is planned, and the plan knows nothing of choices", async () => {
  const { plan, summary } = await planned({}, { name: "makePlan" });
  expect(hoursOf(plan)).toHaveLength(4);
  expect(plan.range).toEqual({ since: hour(0), until: hour(9) });
  for (const made of [plan, summary]) {
    expect(made).not.toHaveProperty("leftOut");
    expect(made).not.toHaveProperty("chosen");
  }
});

test.each([
  [{ hours: [hour(3)] }, [`${EDIT} ${hour(3)}`], 3],
  [
    { causes: ["outdated-job"] },
    [EDIT, POPUPS].map((t) => `${t} ${hour(4)}`),
    2,
  ],
  [{ fromReport: "june" }, [`${EDIT} ${hour(5)}`], 3],
])(
  "%j: what was chosen alone is planned, and the rest is left out",
  async (input, hours, left) => {
    const { plan, summary } = await planned(input);
    expect(hoursOf(plan)).toEqual(hours);
    expect(plan.leftOut).toHaveLength(left);
    expect(summary.leftOut).toBe(left);
    // No flag of an hour that is left out goes, and Refine is given no hour outside of those that are planned.
    expect(
      plan.flags.every(({ topic, hour: h }) => hours.includes(`${topic} ${h}`)),
    ).toBe(true);
    expect(plan.refine!.arguments.join(" ")).not.toContain(hour(0));
  },
);

test("where no loss was chosen, the importer is not moved", async () => {
  const { plan } = await planned({ causes: ["outdated-job"] });
  expect(plan.topics.every(({ reset }) => !reset)).toBe(true);
});

test("a choice that leaves nothing is a plan without topics, which says what is broken all the same", async () => {
  const { plan, summary } = await planned({ hours: [hour(8)] });
  expect(plan.topics).toEqual([]);
  expect(summary).toMatchObject({ topics: [], flags: 0, leftOut: 4 });
});

test("what must never be touched is left out, whoever forbids it: this worker, or the one that told the settings", async () => {
  const neverTouch = [{ topics: EDIT, reason: "legal hold" }];
  const own = await planned({}, { neverTouch });
  const told = await planned({ neverTouch });
  for (const { plan } of [own, told]) {
    expect(hoursOf(plan)).toEqual([`${POPUPS} ${hour(4)}`]);
    expect(plan.leftOut!.map(({ why }) => why)).toContain(
      "never touched: legal hold",
    );
  }
});

test("under the name that workflows of before call, nothing is left out: they would search and replay it", async () => {
  const name = "makePlan";
  const neverTouch = [{ topics: EDIT, reason: "legal hold" }];
  await expect(planned({}, { name, neverTouch })).rejects.toThrow(
    "restart all",
  );
  await expect(planned({ hours: [hour(3)] }, { name })).rejects.toThrow(
    "restart all",
  );
  const other = [{ topics: "eventlogging_Other", reason: "legal hold" }];
  expect(
    hoursOf((await planned({}, { name, neverTouch: other })).plan),
  ).toHaveLength(4);
});

test("a report that does not exist is told before anything is audited", async () => {
  await expect(planned({ fromReport: "may" })).rejects.toThrow(
    "fromReport: may: no saga of this name has written a report",
  );
});
