import { auditProgressText } from "../../../../domain/audit/audit-progress";

const batch = { topics: 5, ofTopics: 10, hours: 840, ofHours: 1680 };

test("an audit is as far as its batches that ended and those that run", () => {
  const whole = { audited: 20, topics: 1000, hours: 168, startedAt: 0 };
  expect(auditProgressText(whole, [batch, batch], 10_000)).toBe(
    "30 of 1000 topics and 5040 of 168000 topic-hours audited, 504 topic-hours a second, about 5 min 24 s left",
  );
});

test("a batch that is counted twice takes nothing beyond the end", () => {
  const whole = { audited: 20, topics: 20, hours: 168, startedAt: 0 };
  expect(auditProgressText(whole, [batch], 10_000)).toContain(
    "20 of 20 topics and 3360 of 3360 topic-hours",
  );
});

test("what a worker of before tells of topics alone is shown without a pace", () => {
  expect(auditProgressText({ audited: 3, topics: 9 }, [], 10_000)).toBe(
    "3 of 9 topics and 0 of 0 topic-hours audited",
  );
});
