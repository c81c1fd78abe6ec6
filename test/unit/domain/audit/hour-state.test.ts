import type {
  AuditReport,
  TopicAudit,
} from "../../../../domain/audit/audit-report";
import { HIDDEN_TOPICS } from "../../../../domain/audit/hidden-topics";
import {
  doubtOfAudit,
  HOUR_STATES,
  type HourState,
  rightAsOf,
  stateOfVerdict,
  topicHour,
  worstOf,
} from "../../../../domain/audit/hour-state";
import {
  isHealthy,
  isUnsettled,
  type Verdict,
  VERDICTS,
} from "../../../../domain/audit/verdicts";
import { addHours, HOUR_MS, hoursIn } from "../../../../lib/hour";
import { auditReport, topicAudit } from "../../../support/audited";

const HOUR = "2018-07-05T03";
const RANGE = { since: "2018-07-05T00", until: "2018-07-05T06" };
const EDIT = "eventlogging_Edit";
const GRACE = 2;

const audited = (over: Partial<TopicAudit> = {}) =>
  topicAudit(EDIT, { cells: { [HOUR]: "complete" }, ...over });

const reported = (over: Partial<AuditReport> = {}) =>
  auditReport([], { asOf: "2018-07-05T06:20:00Z", range: RANGE, ...over });

const said = (
  audit: TopicAudit | undefined,
  report: AuditReport = reported(),
  hour = HOUR,
) => topicHour(EDIT, audit, hour, report, GRACE);

/** The compiler demands a row for each verdict, so that a new one is thought of here. */
const STATES: Record<Verdict, HourState> = {
  complete: "usable",
  empty: "usable",
  pending: "undecided",
  unknowable: "undecided",
  late: "broken",
  "import-missing": "broken",
  "import-partial": "broken",
  "lost-from-kafka": "broken",
  "refine-missing": "broken",
  "refine-failed": "broken",
  "refine-stale": "broken",
  "refine-outdated": "broken",
  "rows-lost": "broken",
  "rows-duplicated": "broken",
  "partition-missing": "broken",
};

test.each(VERDICTS)("%s is mapped, and usable only if healthy", (verdict) => {
  const { state } = said(audited({ cells: { [HOUR]: verdict } }));
  expect(state).toBe(STATES[verdict]);
  expect(stateOfVerdict(verdict)).toBe(state);
  expect(state === "usable").toBe(isHealthy(verdict) && !isUnsettled(verdict));
});

/** Everything that can stand in a usable answer's way, each as a change of an audit that says "complete". */
const OBSTACLES: Record<string, () => HourState> = {
  "a problem of the topic": () =>
    said(audited({ problem: "an offsets file is damaged" })).state,
  "a topic without a dataset, which has no cells": () =>
    said(audited({ cells: {}, problem: "no dataset" })).state,
  "a gone topic, whose unknowable hours are no cells": () =>
    said(audited({ cells: {}, unknowable: "nothing tells" })).state,
  "a topic that brokers hide": () =>
    said(audited({ cells: { [HOUR]: "unknowable" }, unknowable: "hidden" }))
      .state,
  "an outage": () =>
    said(
      audited(),
      reported({
        outages: [{ service: "Kafka", address: "k:9092", message: "silent" }],
      }),
    ).state,
  "an hour before the range": () =>
    said(audited(), reported(), "2018-07-04T23").state,
  "the hour after the range": () =>
    said(audited(), reported(), "2018-07-05T06").state,
  "an audit that did not look at the topic": () => said(undefined).state,
  "an audit within the hour's grace": () =>
    said(audited(), reported({ asOf: "2018-07-05T05:59:59Z" })).state,
  "an audit that was told an instant still to come, and ran before the hour's grace was over":
    () =>
      said(audited(), reported({ startedAt: "2018-07-05T05:59:59Z" })).state,
};

test.each(Object.entries(OBSTACLES))("%s makes no hour usable", (_, state) => {
  expect(["undecided", "uncovered"]).toContain(state());
});

test("an obstacle makes of no broken hour an undecided one", () => {
  const broken = audited({
    cells: { [HOUR]: "lost-from-kafka" },
    problem: "the importer's log cannot be read",
  });
  expect(said(broken).state).toBe("broken");
});

test("an hour may be used once an audit is of the end of its grace", () => {
  const at = (asOf: string) => said(audited(), reported({ asOf })).state;
  expect(at("2018-07-05T06:00:00Z")).toBe("usable");
});

test("an hour without a cell is empty by a rule, and usable", () => {
  expect(said(audited({ cells: {} }))).toMatchObject({
    state: "usable",
    verdict: "empty",
  });
});

test("topics that brokers hide are no reason against the others", () => {
  const outages = [{ service: HIDDEN_TOPICS, address: "", message: "" }];
  expect(said(audited(), reported({ outages })).state).toBe("usable");
});

test("the cause and level of a finding are told, also of a usable hour", () => {
  const finding = {
    topic: EDIT,
    hour: HOUR,
    verdict: "complete" as const,
    cause: "imported-twice" as const,
    level: "warning" as const,
    numbers: {},
    missing: 0,
    why: "7 records twice",
  };
  expect(said(audited({ findings: [finding] }))).toEqual({
    topic: EDIT,
    state: "usable",
    verdict: "complete",
    cause: "imported-twice",
    level: "warning",
    why: "7 records twice",
  });
});

test("whatever an audit says: usable is an hour of its range, healthy, past its grace, without a problem or an outage", () => {
  const hours = hoursIn({ since: "2018-07-04T22", until: "2018-07-05T08" });
  for (const verdict of VERDICTS)
    for (const hour of hours)
      for (const problem of [undefined, "damaged"])
        for (const isDown of [false, true])
          for (let age = 0; age < 8; age++) {
            const asOfMs = Date.parse(`${RANGE.since}:00:00Z`) + age * HOUR_MS;
            const report = reported({
              asOf: new Date(asOfMs).toISOString(),
              outages: isDown
                ? [{ service: "HDFS", address: "", message: "" }]
                : [],
            });
            const audit = audited({
              cells: { [hour]: verdict },
              ...(problem ? { problem } : {}),
            });
            const isUsable = said(audit, report, hour).state === "usable";
            expect(isUsable).toBe(
              STATES[verdict] === "usable" &&
                hour >= RANGE.since &&
                hour < RANGE.until &&
                problem === undefined &&
                !isDown &&
                asOfMs >= Date.parse(`${addHours(hour, 1 + GRACE)}:00:00Z`),
            );
          }
});

test("an audit is too old once it is older than it may be, and says nothing from the future", () => {
  const report = reported();
  const doubt = (now: number) =>
    doubtOfAudit(report, { now, maxAge: HOUR_MS })?.state;
  const at = rightAsOf(report);
  expect(doubt(at)).toBeUndefined();
  expect(doubt(at + HOUR_MS)).toBeUndefined();
  expect(doubt(at + HOUR_MS + 1)).toBe("stale");
  expect(doubt(at - HOUR_MS)).toBe("undecided");
  expect(doubtOfAudit(undefined, { now: 0, maxAge: 1 })?.state).toBe(
    "uncovered",
  );
});

test("of several topics the least usable one counts", () => {
  const topics = HOUR_STATES.map((state) => ({ topic: state, state, why: "" }));
  for (const [i, state] of HOUR_STATES.entries())
    expect(worstOf(topics.slice(i).reverse())?.state).toBe(state);
  expect(worstOf([])).toBeUndefined();
});
