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
