import { HDFS_DOWN, lastOutage } from "../support/outage";
import { APPROVED, PLAN, RANGE, scriptedSagas } from "../support/scripted-saga";

const withSaga = scriptedSagas();

test("a step whose service is down stalls, and goes on by itself once it is up", async () => {
  let isDown = true;
  const replay = async () => {
    if (isDown) throw lastOutage();
    return { landed: 3, twice: 0, ends: {} };
  };
  let plans = 0;
  const makePlan = async () => {
    if (++plans === 1) throw lastOutage();
    return PLAN;
  };
  await withSaga({ makePlan, replay }, APPROVED, async (saga) => {
    await saga.reaches("replay", "stalled", "HDFS at nn1:9870: refused");
    isDown = false;
    await saga.result();
    expect(saga.timesCalled("replayStarts")).toBe(1);
  });
}, 60_000);

test("an operator need not wait until a stalled step is tried again, and may end it", async () => {
  let tries = 0;
  const replay = async () => {
    tries++;
    throw lastOutage();
  };
  await withSaga({ replay }, APPROVED, async (saga) => {
    await saga.reaches("replay", "stalled");
    await saga.update("retryStep");
    await saga.hasCalled("replay", 2);
    await saga.reaches("replay", "stalled");
    await saga.update("abort");
    expect(await saga.failure()).toContain("aborted");
    expect(tries).toBeGreaterThan(1);
  });
});

test("who only wants to see a plan hears at once that a service is down", async () => {
  const makePlan = async () => {
    throw lastOutage();
  };
  await withSaga({ makePlan }, { ...RANGE, dryRun: true }, async (saga) => {
    await saga.failure();
    expect(await saga.detailOf("plan")).toBe(HDFS_DOWN.message);
  });
});
