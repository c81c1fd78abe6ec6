import { BatchProgress } from "../../../../activities/audit/batch-progress";

test("a heartbeat tells topics and hours that are done, how fast it goes and how long it will take", () => {
  let now = 1000;
  const progress = new BatchProgress(10, 168, () => now);
  expect(progress.told()).toEqual({
    topics: 0,
    ofTopics: 10,
    hours: 0,
    ofHours: 1680,
  });
  progress.audited();
  progress.audited();
  now += 4000;
  expect(progress.told()).toEqual({
    topics: 2,
    ofTopics: 10,
    hours: 336,
    ofHours: 1680,
    perSecond: 84,
    secondsLeft: 16,
  });
});
