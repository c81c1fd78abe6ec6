import type {
  AuditReport,
  TopicAudit,
} from "../../../../domain/audit/audit-report";
import {
  type Audited,
  hourAnswer,
  hourRulesOf,
  watermarkOf,
  watermarksOf,
} from "../../../../domain/audit/usable-hours";
import { configSchema } from "../../../../domain/settings/config";
import { HOUR_MS } from "../../../../lib/hour";
import { auditReport, topicAudit } from "../../../support/audited";
import { settings } from "../../../support/settings";

const { range: RANGE, asOf: AS_OF } = auditReport([]);
const EDIT = "eventlogging_Edit";
/** Comes into the same table. */
const OTHER = "eventlogging_edit";
const ASKED = { now: Date.parse(AS_OF), maxAge: HOUR_MS };

const RULES = hourRulesOf(
  configSchema.parse(
    settings({ policies: [{ topics: "eventlogging_Slow", graceHours: 6 }] }),
  ),
);

const topic = (name: string, cells: TopicAudit["cells"] = {}) =>
  topicAudit(name, { cells });

const audited = (
  audits: TopicAudit[],
  over: Partial<AuditReport> = {},
  topics: string[] = [],
) => ({ report: auditReport(audits, over), topics });

const answer = (name: string, by: Audited, hour = "2018-07-05T02") =>
  hourAnswer(name, hour, by, RULES, ASKED);
const watermark = (name: string, by: Audited, asked = ASKED) =>
  watermarkOf(name, by, RULES, asked);

test.each([EDIT, "edit", "Edit", "event.edit", "EVENT.EDIT"])(
  "an hour is asked for by its topic or its table: %s",
  (name) => {
    const found = answer(name, audited([topic(EDIT)]));
    expect(found).toMatchObject({
      name,
      state: "usable",
      usable: true,
      audit: "audit/hourly",
      asOf: AS_OF,
      range: RANGE,
      topics: [{ topic: EDIT, verdict: "empty" }],
    });
  },
);

test("a table is as usable as the least usable of its topics, whichever name is asked for", () => {
  const by = audited([
    topic(EDIT),
    topic(OTHER, { "2018-07-05T02": "rows-lost" }),
  ]);
  for (const name of ["edit", OTHER])
    expect(answer(name, by)).toMatchObject({ state: "broken", usable: false });
  expect(answer("edit", by, "2018-07-05T01").usable).toBe(true);
});

test("an audit of chosen topics says nothing of a table into which others come as well", () => {
  const by = audited([topic(EDIT)], {}, [EDIT, OTHER]);
  delete by.report.listsAll;
  expect(answer("edit", by)).toMatchObject({ state: "uncovered" });
  expect(watermark("edit", by)).toMatchObject({
    state: "uncovered",
    watermark: null,
  });
  // What an audit of all topics has left out is no more.
  expect(answer("edit", audited([topic(EDIT)], {}, [OTHER])).usable).toBe(true);
});

test("what no audit covers is told from what nobody knows", () => {
  const by = audited([topic(EDIT)], {}, ["eventlogging_Gone"]);
  expect(answer("eventlogging_Gone", by).state).toBe("uncovered");
  expect(answer("gone", by).state).toBe("uncovered");
  expect(answer("eventlogging_Edti", by)).toMatchObject({
    state: "unknown",
    usable: false,
    topics: [],
  });
  expect(answer("eventlogging_Edti", by).why).toContain(EDIT);
  expect(answer(EDIT, { topics: [] }).state).toBe("uncovered");
});

test("an audit that is too old makes nothing usable, and nothing unknown", () => {
  const by = audited([topic(EDIT)]);
  const asked = { ...ASKED, now: ASKED.now + HOUR_MS + 1 };
  for (const name of [EDIT, "nobody"])
    expect(hourAnswer(name, "2018-07-05T02", by, RULES, asked).state).toBe(
      "stale",
    );
  expect(watermark("edit", by, asked)).toMatchObject({
    state: "stale",
    watermark: null,
  });
});

test("a topic's own grace counts", () => {
  const by = audited([topic("eventlogging_Slow")]);
  expect(answer("slow", by).state).toBe("usable");
  expect(answer("slow", by, "2018-07-05T03").state).toBe("undecided");
});

test("a watermark is the newest hour before the first that is not usable", () => {
  const by = audited([
    topic(EDIT, { "2018-07-05T00": "complete", "2018-07-05T02": "pending" }),
  ]);
  expect(watermark("edit", by)).toEqual({
    table: "edit",
    topics: [EDIT],
    audit: "audit/hourly",
    asOf: AS_OF,
    range: RANGE,
    state: "told",
    watermark: "2018-07-05T01",
    why: `2018-07-05T02 is undecided: ${EDIT}: pending`,
  });
});

test("a watermark reaches the last hour that was looked at, and no further", () => {
  expect(watermark("edit", audited([topic(EDIT)]))).toMatchObject({
    state: "told",
    watermark: "2018-07-05T03",
  });
});

test("there is no watermark where the first hour is not usable, or nobody knows the table", () => {
  const broken = topic(EDIT, { "2018-07-05T00": "import-missing" });
  expect(watermark("edit", audited([broken]))).toMatchObject({
    state: "none",
    watermark: null,
  });
  expect(watermark("nobody", audited([broken]))).toMatchObject({
    state: "unknown",
    watermark: null,
  });
  expect(watermark("edit", { topics: [] })).toMatchObject({
    state: "uncovered",
    watermark: null,
  });
});

test("all watermarks are those that each table has by itself", () => {
  const by = audited([
    topic(EDIT),
    topic(OTHER, { "2018-07-05T02": "rows-lost" }),
    topic("eventlogging_Slow"),
    topic("no_dataset"),
  ]);
  const all = watermarksOf(by, RULES);
  expect(all.map(({ table }) => table)).toEqual(["edit", "slow"]);
  for (const one of all) expect(one).toEqual(watermark(one.table, by));
  expect(watermarksOf({ topics: [] }, RULES)).toEqual([]);
});
