import { apartByChoice } from "../../../../domain/backfill/verification";
import type { Finding } from "../../../../domain/backfill/plan";

const finding = (hour: string): Finding => ({
  ...{ topic: "a", hour, missing: 3, why: "", cause: "premature-deletion" },
  verdict: "lost-from-kafka",
});

test("the proof does not ask for hours that are not repaired, and does not call them whole either", () => {
  const two = ["2018-07-05T03", "2018-07-05T04"].map(finding);
  const { findings, leftOut } = apartByChoice(
    two,
    (_, hour) => hour === "2018-07-05T03",
  );
  expect(findings).toEqual([two[0]]);
  expect(leftOut).toEqual({
    topicHours: 1,
    named: ["a 2018-07-05T04: lost-from-kafka"],
  });
});
