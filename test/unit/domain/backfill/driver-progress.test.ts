import { DriverProgress } from "../../../../domain/backfill/driver-progress";

const target = (hour: number) =>
  `/raw/eventlogging_Edit/hourly/2018/07/05/0${hour} -> \`event\`.\`Edit\` (year=2018,month=7,day=5,hour=${hour})`;

test("the driver's log says how many partitions there are, which have ended and which have failed", () => {
  const driver = new DriverProgress();
  driver.readLog("18/07/05 12:00:01 INFO SparkContext: Running Spark");
  expect(driver.total).toBeUndefined();
  driver.readLog(
    [
      "18/07/05 12:00:02 INFO Refine: Refining 3 dataset partitions in into tables `event`.`edit` with local parallelism of 4...",
      `18/07/05 12:00:03 INFO Refine: Finished refinement of dataset ${target(1)}. (# refined records: 4)`,
    ].join("\n"),
  );
  // Polls read the log's end, so they read lines again, and the line with the total passes out of sight.
  driver.readLog(
    [
      `18/07/05 12:00:03 INFO Refine: Finished refinement of dataset ${target(1)}. (# refined records: 4)`,
      `18/07/05 12:00:04 ERROR Refine: Failed refinement of dataset ${target(2)}.`,
    ].join("\n"),
  );
  expect([driver.total, driver.ended, driver.failed]).toEqual([3, 2, 1]);
  expect(driver.statuses).toEqual([
    ["event.edit 2018-07-05T01", "finished"],
    ["event.edit 2018-07-05T02", "failed"],
  ]);
});
