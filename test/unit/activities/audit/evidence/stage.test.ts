import {
  readStage,
  valueOr,
} from "../../../../../activities/audit/evidence/stage";
import { ServiceError } from "../../../../../clients/errors";

const down = () =>
  Promise.reject(
    new ServiceError("HDFS", "localhost:50070", "refused", undefined),
  );

test("a service that is down makes its stage unreadable, with the reason, where that is tolerated", async () => {
  const tolerance = { tolerant: true, outages: new Map() };
  const stage = await readStage(tolerance, down);
  expect(stage.read).toBe(false);
  expect(valueOr(stage, "nothing")).toBe("nothing");
  expect([...tolerance.outages.keys()]).toEqual(["HDFS"]);
});

test("where no outage is tolerated, it is thrown, and nobody goes on with half of the evidence", async () => {
  const tolerance = { tolerant: false, outages: new Map() };
  await expect(readStage(tolerance, down)).rejects.toThrow("refused");
});

test("a fault that is no outage is thrown in any case", async () => {
  const tolerance = { tolerant: true, outages: new Map() };
  const work = () => Promise.reject(new TypeError("a bug"));
  await expect(readStage(tolerance, work)).rejects.toThrow("a bug");
  expect(tolerance.outages.size).toBe(0);
});
