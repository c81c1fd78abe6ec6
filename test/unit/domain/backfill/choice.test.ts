import type { TopicAudit } from "../../../../domain/audit/audit-report";
import {
  choiceInWords,
  chosenRange,
  repairedBy,
  selectRepairs,
} from "../../../../domain/backfill/choice";
import type { Finding, PlannedTopic } from "../../../../domain/backfill/plan";
import { topicAudit } from "../../../support/audited";

const RANGE = { since: "2018-07-05T00", until: "2018-07-06T00" };
const hour = (n: number) => `2018-07-05T0${n}`;
const lost = (topic: string, n: number): Finding => ({
  ...{ topic, hour: hour(n), verdict: "lost-from-kafka", missing: 3, why: "" },
  cause: "premature-deletion",
});
const outdated = (topic: string, n: number): Finding => ({
  ...{ topic, hour: hour(n), verdict: "refine-outdated", missing: 0, why: "" },
  cause: "outdated-job",
});
const audit = (topic: string, findings: Finding[]): TopicAudit => ({
  ...{ topic, cells: {}, findings, lostOffsets: 5, beyondEnd: true },
  ...{ unread: 0, events: 0, missing: 0 },
});
const hoursOf = (selected: ReturnType<typeof selectRepairs>) =>
  selected.audits.flatMap(({ findings }) => findings.map((f) => f.hour));

test("without a choice and without a list everything is planned, in the range that was asked", () => {
  const audits = [audit("a", [lost("a", 3)])];
  expect(selectRepairs(audits, RANGE, {}, [])).toEqual({
    audits,
    range: RANGE,
    leftOut: [],
  });
});

test("chosen causes, hours and an earlier report leave the others out, and say why; the range is as short as what is left", () => {
  const audits = [audit("a", [lost("a", 1), outdated("a", 3), lost("a", 5)])];
  const byCause = selectRepairs(
    audits,
    RANGE,
    { causes: ["outdated-job"] },
    [],
  );
  expect(hoursOf(byCause)).toEqual([hour(3)]);
  expect(byCause.range).toEqual({ since: hour(3), until: hour(4) });
  // Nothing that was lost is planned any more: the importer is not moved for it.
  expect(byCause.audits[0]).toMatchObject({ lostOffsets: 0 });
  expect(byCause.audits[0]!.beyondEnd).toBeUndefined();
  expect(byCause.leftOut.map(({ why }) => why)).toEqual([
    "its cause, premature-deletion, was not chosen",
    "its cause, premature-deletion, was not chosen",
  ]);
  const hours = [hour(1), `${hour(3)}..${hour(5)}`];
  expect(hoursOf(selectRepairs(audits, RANGE, { hours }, []))).toEqual([
    hour(1),
    hour(3),
  ]);
  const earlier = { ref: "/r", topicHours: new Set([`a ${hour(5)}`]) };
  expect(hoursOf(selectRepairs(audits, RANGE, { earlier }, []))).toEqual([
    hour(5),
  ]);
});

test("what must never be touched is left out, even where its topic is chosen", () => {
  const audits = [audit("a", [lost("a", 1)]), audit("b", [lost("b", 1)])];
  const selected = selectRepairs(audits, RANGE, { topics: ["a", "b"] }, [
    { topics: "a", reason: "legal hold" },
  ]);
  expect(selected.audits.map(({ topic }) => topic)).toEqual(["b"]);
  expect(selected.leftOut).toMatchObject([
    { topic: "a", why: "never touched: legal hold" },
  ]);
});

test("a topic is left out as a whole where Refine would take an hour between that must never be touched", () => {
  const rule = { since: hour(3), until: hour(4), reason: "legal hold" };
  const audits = [
    topicAudit("a", { findings: [outdated("a", 1), outdated("a", 5)] }),
  ];
  const selected = selectRepairs(audits, RANGE, {}, [{ topics: "a", ...rule }]);
  expect(selected.audits).toEqual([]);
  expect(selected.leftOut[0]!.why).toContain("plan the hours before and after");
  const before = selectRepairs(audits, RANGE, { hours: [hour(1)] }, [
    { topics: "a", ...rule },
  ]);
  expect(hoursOf(before)).toEqual([hour(1)]);
});

test("an hour stands for itself, and the end of a range is not part of it", () => {
  expect(chosenRange(hour(3))).toEqual({ since: hour(3), until: hour(4) });
  expect(chosenRange(`${hour(3)}..${hour(6)}`).until).toBe(hour(6));
});

test("the importer is not moved in a topic of which any hour must never be touched: it would take all that Kafka holds", () => {
  const rule = { until: hour(1), reason: "corrected by hand" };
  const rules = [{ topics: "a|b", ...rule }];
  const audits = [
    audit("a", [lost("a", 5)]),
    { ...audit("b", [outdated("b", 5)]), lostOffsets: 0 },
  ].map(({ beyondEnd: _, ...rest }) => rest);
  const selected = selectRepairs(audits, RANGE, {}, rules);
  expect(selected.audits.map(({ topic }) => topic)).toEqual(["b"]);
  expect(selected.leftOut[0]).toMatchObject({ topic: "a", hour: hour(5) });
  expect(selected.leftOut[0]!.why).toContain("the importer would be moved");
  const beyond = [{ ...audits[1]!, beyondEnd: true as const }];
  expect(selectRepairs(beyond, RANGE, {}, rules).audits).toEqual([]);
});

test("topics alone are no choice that a plan tells of: it knows nothing of the others", () => {
  expect(choiceInWords({ topics: ["a"] })).toEqual([]);
  expect(choiceInWords({ topics: ["a"], causes: ["outdated-job"] })).toEqual([
    "only the topics a",
    "only what is caused by outdated-job",
  ]);
});

test("where something was chosen the planned hours alone are repaired, else all but what was left out", () => {
  const topics = [{ topic: "a", hours: [hour(1)] }] as PlannedTopic[];
  const leftOut = [{ ...lost("a", 3), why: "" }];
  const chosen = repairedBy({ topics, chosen: ["only"], leftOut });
  const forbidden = repairedBy({ topics, leftOut });
  expect([1, 2, 3].map((n) => chosen("a", hour(n)))).toEqual([
    true,
    false,
    false,
  ]);
  expect([1, 2, 3].map((n) => forbidden("a", hour(n)))).toEqual([
    true,
    true,
    false,
  ]);
});
