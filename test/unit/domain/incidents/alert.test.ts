import {
  type AlertItem,
  groupAlerts,
} from "../../../../domain/incidents/alert";
import { judgeHeadroom } from "../../../../domain/audit/headroom";
import { hoursIn } from "../../../../lib/hour";
import {
  alertDue,
  closingWords,
  type IncidentState,
  repairDue,
  toldOf,
} from "../../../../domain/incidents/incident";
import type { Finding } from "../../../../domain/backfill/plan";
import { policy } from "../../../../domain/settings/policy";
import { silentHours } from "../../../../domain/audit/silence";

const item = (subject: string, over: Partial<AlertItem> = {}): AlertItem => ({
  kind: "broken",
  subject,
  cause: "premature-deletion",
  level: "error",
  text: "3 hours are not whole",
  ...over,
});
const finding = (hour: string, over: Partial<Finding> = {}): Finding => ({
  topic: "eventlogging_Edit",
  hour,
  verdict: "import-missing",
  cause: "importer-slow",
  level: "warning",
  missing: 5,
  why: "5 messages in Kafka, none imported",
  ...over,
});
const incident = (over: Partial<IncidentState> = {}): IncidentState => ({
  topic: "eventlogging_Edit",
  phase: "open",
  openedAt: "2018-07-05T05:20:00.000Z",
  findings: [finding("2018-07-05T01")],
  cells: {},
  story: [],
  ...over,
});
const NOW = "2018-07-05T06:00:00.000Z";
const told = (s: IncidentState) => incident({ ...s, told: toldOf(s) });

test("fifty topics that break by one cause are one alert that names fifty topics", () => {
  const topics = Array.from({ length: 50 }, (_, i) => `t${i}`);
  const alerts = groupAlerts(topics.map((t) => item(t)));
  expect(alerts).toHaveLength(1);
  expect(alerts[0]).toMatchObject({
    title: "50 topics are broken: premature-deletion",
    topics: [...topics].sort(),
  });
});

test("another cause is another alert", () => {
  expect(
    groupAlerts([item("a"), item("b", { cause: "outdated-job" })]).map(
      (a) => a.title,
    ),
  ).toEqual(["a is broken: premature-deletion", "b is broken: outdated-job"]);
});

test("people are told once, and again only when it gets worse", () => {
  expect(alertDue(incident(), NOW)?.kind).toBe("broken");
  const after = told(incident());
  expect(alertDue(after, NOW)).toBeUndefined();
  const worse = {
    ...after,
    findings: [finding("2018-07-05T01", { level: "error" })],
  };
  expect(alertDue(worse, NOW)?.kind).toBe("escalated");
  const other = {
    ...after,
    findings: [finding("2018-07-05T01", { cause: "importer-errors" })],
  };
  expect(alertDue(other, NOW)?.kind).toBe("escalated");
  expect(
    alertDue({ ...other, acknowledged: { by: "otto", at: NOW } }, NOW),
  ).toBeUndefined();
  expect(
    alertDue({ ...worse, acknowledged: { by: "otto", at: NOW } }, NOW)?.kind,
  ).toBe("escalated");
});

test("a snoozed incident says nothing until the time is over", () => {
  const snoozed = incident({ snoozedUntil: "2018-07-05T08:00:00.000Z" });
  expect(alertDue(snoozed, NOW)).toBeUndefined();
  expect(alertDue(snoozed, "2018-07-05T08:00:01.000Z")?.kind).toBe("broken");
});

test("a closed incident tells how long each phase took", () => {
  const s = incident({
    cells: { "2018-07-05T01": "complete" },
    detectedAsOf: "2018-07-05T05:20:00Z",
    backfill: "backfill/x",
  });
  expect(closingWords(s, "2018-07-05T05:50:00.000Z")).toBe(
    "1 hours from 2018-07-05T01 to 2018-07-05T01 are whole again; found 3 h after the first broken hour's end; whole 30 min after that, by backfill/x",
  );
});

const P = policy.parse({});
const range = hoursIn({ since: "2018-07-04T00", until: "2018-07-05T00" });
const spoke = (hours: number, n: number) =>
  range.map((hour, i) => ({ hour, count: i < hours ? n : 0 }));

test("a topic that falls silent is told from one that is rare, irregular or unknown", () => {
  expect(silentHours(spoke(20, 9), P.silence).hours.size).toBe(4);
  // Rare: four quiet hours owe four events only.
  expect(silentHours(spoke(20, 1), P.silence).hours.size).toBe(0);
  const irregular = spoke(20, 9).map((h, i) =>
    i > 5 && i < 9 ? { ...h, count: 0 } : h,
  );
  expect(silentHours(irregular, P.silence).hours.size).toBe(0);
  const gappy = spoke(20, 9).map((h, i) =>
    i > 5 && i < 9 ? { ...h, count: undefined } : h,
  );
  expect(silentHours(gappy, P.silence).hours.size).toBe(0);
  const unknown = spoke(20, 9).map((h, i) =>
    i === 22 ? { ...h, count: undefined } : h,
  );
  expect(silentHours(unknown, P.silence).hours.size).toBe(0);
});

test("wrongly dated messages are foreseen, and drift is named as the cause", () => {
  const e = {
    topic: "t",
    retentionHours: 168,
    unread: false,
    nextHours: 8,
    drift: [
      {
        name: "message.timestamp.type",
        expected: "LogAppendTime",
        actual: "CreateTime",
      },
    ],
  };
  expect(judgeHeadroom(e, P)).toMatchObject({
    hours: 8,
    level: "error",
    cause: "config-drift",
  });
  expect(judgeHeadroom({ ...e, nextHours: 48 }, P)).toBeUndefined();
});

test("an incident repairs itself only where its policy trusts it to: small, archived, and of a cause that a backfill mends", () => {
  const lost = finding("2018-06-26T18", {
    verdict: "lost-from-kafka",
    cause: "premature-deletion",
    numbers: { archived: 5, missing: 5 },
  });
  const repair = {
    start: true,
    autoApprove: false,
    maxHours: 2,
    maxMissing: 10,
  };
  const due = (over: Partial<IncidentState>) =>
    repairDue(incident({ findings: [lost], repair, ...over }));
  expect(due({})).toBe(true);
  expect(due({ repair: { ...repair, start: false } })).toBe(false);
  expect(due({ findings: [] })).toBe(false);
  expect(due({ findings: [lost, lost, lost] })).toBe(false);
  expect(due({ findings: [{ ...lost, missing: 11 }] })).toBe(false);
  expect(due({ findings: [{ ...lost, numbers: {} }] })).toBe(false);
  expect(due({ findings: [lost, finding("2018-06-26T19")] })).toBe(false);
  expect(due({ backfill: "backfill/x" })).toBe(false);
});
