import { type HourEvidence, measured } from "../../../../domain/audit/evidence";
import { judge } from "../../../../domain/audit/judge";
import {
  lowTraffic,
  rememberTraffic,
  type Traffic,
  withLowTraffic,
} from "../../../../domain/audit/traffic";
import { addHours } from "../../../../lib/hour";
import { HOUR, LATER, nothing, POLICY, topic, whole } from "./cases";

const VOLUME = { ...POLICY.volume, minUsual: 100 };
const weeksAgo = (weeks: number) => addHours(HOUR, -168 * weeks);
/** What is remembered of the same hour, of last week first. */
const remembered = (...events: number[]): Traffic =>
  Object.fromEntries(events.map((n, i) => [weeksAgo(i + 1), n]));

test("an hour with less than the share of what is usual is low, and the baseline is shown", () => {
  expect(lowTraffic(HOUR, 390, remembered(1000, 900, 1200), VOLUME)).toBe(
    "390 events, where 1000 are usual at this hour of the week (3 weeks, 900 to 1200)",
  );
});

test.each([
  ["it keeps the share", 400, remembered(1000, 900, 1200), VOLUME],
  ["too few weeks are known", 10, remembered(1000, 900), VOLUME],
  ["the topic is small", 1, remembered(99, 99, 99), VOLUME],
  ["a week was as low", 300, remembered(1000, 300, 1200, 1100), VOLUME],
  [
    "the calendar excepts the hour",
    10,
    remembered(1000, 900, 1200),
    { ...VOLUME, except: [{ since: HOUR, until: addHours(HOUR, 1) }] },
  ],
  [
    "the calendar excepts a week that it would rest on",
    10,
    remembered(1000, 900, 1200),
    { ...VOLUME, except: [{ since: weeksAgo(1), until: addHours(HOUR, -1) }] },
  ],
  [
    "it is turned off",
    10,
    remembered(1000, 900, 1200),
    { ...VOLUME, minPercent: 0 },
  ],
  [
    "only other hours of the week are known",
    10,
    {
      [addHours(HOUR, -24)]: 1000,
      [addHours(HOUR, -48)]: 1000,
      [addHours(HOUR, -72)]: 1000,
    },
    VOLUME,
  ],
])("an hour is not low where %s", (_, events, traffic, policy) => {
  expect(lowTraffic(HOUR, events, traffic, policy)).toBeUndefined();
});

test("traffic is remembered without canaries for five weeks, and an unknown count leaves what was known", () => {
  const traffic: Traffic = { [weeksAgo(6)]: 1, [weeksAgo(5)]: 2 };
  rememberTraffic(traffic, [whole({ canaries: 3 })]);
  expect(traffic).toEqual({ [weeksAgo(5)]: 2, [HOUR]: 10 });
  rememberTraffic(traffic, [
    nothing({ known: false, why: "down" }, measured(4)),
  ]);
  expect(traffic[HOUR]).toBe(10);
});

const judged = (evidence: HourEvidence, asOf = LATER) => {
  const traffic = remembered(1000, 900, 1200);
  const [hour] = withLowTraffic([evidence], traffic, VOLUME);
  return judge(hour!, topic(), POLICY, asOf);
};

test.each([
  ["complete", whole()],
  ["empty", nothing(measured(0), measured(0))],
])("a low hour that is %s otherwise is a warning", (verdict, evidence) => {
  const found = judged(evidence);
  expect(found).toMatchObject({
    verdict,
    cause: "producer-low",
    level: "warning",
  });
  expect(found.why).toContain("1000 are usual");
});

test("a young hour is not called low, as its events may still come", () => {
  expect(judged(whole(), Date.parse("2018-06-26T20:30:00Z")).cause).toBe(
    undefined,
  );
});
