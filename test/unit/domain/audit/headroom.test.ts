import { judgeHeadroom } from "../../../../domain/audit/headroom";
import { policy } from "../../../../domain/settings/policy";

const P = policy.parse({});

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

test("a log that is bounded by its size is warned of like one that is bounded by age", () => {
  const bySize = { hours: 8, retentionHours: 200, retentionBytes: 1e9 };
  const e = {
    topic: "t",
    retentionHours: Infinity,
    unread: true,
    drift: [],
    bySize,
  };
  expect(judgeHeadroom(e, P)).toMatchObject({
    hours: 8,
    level: "error",
    cause: "retention-too-short",
    why: "unread messages may be deleted in 8 h: Kafka keeps 1000000000 bytes of each partition, which fill in 200 h",
  });
  expect(
    judgeHeadroom({ ...e, bySize: { ...bySize, hours: 90 } }, P),
  ).toBeUndefined();
  expect(
    judgeHeadroom({ ...e, hours: 2, retentionHours: 168 }, P),
  ).toMatchObject({ hours: 2 });
});
