import { silentHours } from "../../../../domain/audit/silence";
import { policy } from "../../../../domain/settings/policy";
import { hoursIn } from "../../../../lib/hour";

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
