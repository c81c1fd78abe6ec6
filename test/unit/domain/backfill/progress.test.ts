import {
  newProgress,
  notSkipped,
  whatStays,
} from "../../../../domain/backfill/progress";
import { sagaStep } from "../../../../domain/backfill/steps";

test("an abort leaves only what the steps that have begun cannot take back", () => {
  const progress = newProgress();
  expect(whatStays(progress)).toEqual([]);
  progress.steps.find(({ name }) => name === "find missing")!.attempts = 1;
  expect(whatStays(progress)).toEqual([]);
  progress.steps.find(({ name }) => name === "replay")!.attempts = 1;
  expect(whatStays(progress)).toEqual([sagaStep("replay").stays]);
});

test("a topic that an operator has taken out is no longer worked on", () => {
  const topics = [{ topic: "a" }, { topic: "b" }];
  expect(notSkipped(topics, { skipped: ["a"] })).toEqual([{ topic: "b" }]);
});
