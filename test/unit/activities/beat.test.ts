import { CancelledFailure } from "@temporalio/common";
import { MockActivityEnvironment } from "@temporalio/testing";
import { beat } from "../../../activities/beat";
import { readOrProblem } from "../../../activities/audit/evidence/stage";

test("a reading heartbeats, and ends once its attempt is cancelled; that is no problem of what was read", async () => {
  const environment = new MockActivityEnvironment();
  let heartbeats = 0;
  environment.on("heartbeat", () => heartbeats++);
  const problems: string[] = [];
  const reading = environment.run(() =>
    readOrProblem(
      "the archive",
      async () => {
        beat();
        environment.cancel("TIMED_OUT");
        beat();
      },
      problems,
    ),
  );
  await expect(reading).rejects.toThrow(CancelledFailure);
  expect(heartbeats).toBe(2);
  expect(problems).toEqual([]);
});
