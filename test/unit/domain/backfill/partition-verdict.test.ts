import {
  PartitionVerdicts,
  VERDICT_LINES,
} from "../../../../domain/backfill/partition-verdict";
import { linesFound } from "../../../../lib/line-finder";

const target = (hour: number) =>
  `/wmf/data/raw/eventlogging/eventlogging_Edit/hourly/2018/07/05/0${hour} -> \`event\`.\`Edit\` (year=2018,month=7,day=5,hour=${hour})`;
const at = (time: string, level: string, text: string) =>
  `18/07/05 12:00:${time} ${level} Refine: ${text}`;
const driver = (attempt: number) => ({
  container: `container_1530000000000_0007_0${attempt}_000001`,
  logType: "stderr",
});
const edit = (hour: number) => `event.edit 2018-07-05T0${hour}`;

test("what a later attempt says counts, in whichever order the logs are read", () => {
  const first = [
    at("01", "INFO", `Beginning refinement of ${target(1)}...`),
    at("02", "ERROR", `Failed refinement of dataset ${target(1)}.`),
    "java.io.IOException: no lease on part-00000",
    "\tat org.apache.hadoop.hdfs.DFSOutputStream.run",
    at(
      "03",
      "INFO",
      `Finished refinement of dataset ${target(2)}. (# refined records: 5)`,
    ),
    at("04", "INFO", `Beginning refinement of ${target(3)}...`),
  ];
  const second = [
    at(
      "09",
      "INFO",
      `Finished refinement of dataset ${target(1)}. (# refined records: 4)`,
    ),
  ];
  for (const order of [
    [
      [2, second],
      [1, first],
    ],
    [
      [1, first],
      [2, second],
    ],
  ] as [number, string[]][][]) {
    const verdicts = new PartitionVerdicts();
    for (const [attempt, lines] of order)
      for (const line of lines) verdicts.addLine(line, driver(attempt));
    expect(
      verdicts
        .verdicts([edit(1), edit(2), edit(3), edit(4)])
        .map((v) => [v.partition, v.outcome, v.records, v.container]),
    ).toEqual([
      [edit(1), "finished", 4, driver(2).container],
      [edit(2), "finished", 5, driver(1).container],
      [edit(3), "begun", undefined, driver(1).container],
      [edit(4), "unmentioned", undefined, undefined],
    ]);
    expect([verdicts.attempts, verdicts.containers.size]).toEqual([2, 2]);
  }
});

test("a failure has its exception, what was not planned is named, other errors are counted", () => {
  const verdicts = new PartitionVerdicts();
  for (const line of [
    at("01", "ERROR", `Failed refinement of dataset ${target(1)}.`),
    "java.io.IOException: no lease on part-00000",
    at(
      "02",
      "WARN",
      `${target(2)} previously failed refinement and does not have new data since the last refine at 2018-07-05T01:00:00.000Z, skipping.`,
    ),
    at(
      "03",
      "INFO",
      "`event`.`Edit` (year=2018,month=7,day=5,hour=3) is empty after transformations. No data will be written for this partition.",
    ),
    at(
      "04",
      "ERROR",
      "The following 1 of 3 dataset partitions for table `event`.`edit` failed refinement:",
    ),
    at("05", "ERROR", "executor 1 was lost"),
    at("06", "ERROR", "executor 1 was lost"),
  ])
    verdicts.addLine(line, driver(1));
  expect(verdicts.verdicts([edit(2)])).toMatchObject([
    { partition: edit(2), planned: true, outcome: "blocked" },
    {
      partition: edit(1),
      planned: false,
      outcome: "failed",
      why: "java.io.IOException: no lease on part-00000",
    },
    { partition: edit(3), planned: false, outcome: "empty" },
  ]);
  expect(verdicts.logErrors).toEqual([
    { text: "Refine: executor 1 was lost", times: 2 },
  ]);
});

test("what was seen live counts where the logs say nothing, and only there", () => {
  const verdicts = new PartitionVerdicts();
  verdicts.addLine(
    at("01", "ERROR", `Failed refinement of dataset ${target(1)}.`),
    driver(1),
  );
  verdicts.addLiveStatus(edit(1), "finished");
  verdicts.addLiveStatus(edit(2), "finished");
  expect(verdicts.verdicts([edit(1), edit(2)]).map((v) => v.outcome)).toEqual([
    "failed",
    "finished",
  ]);
});

test("a site's own layout of dates changes nothing", () => {
  const verdicts = new PartitionVerdicts();
  for (const line of [
    `2018-07-05 12:00:01,123 [main] ERROR Refine: Failed refinement of dataset ${target(1)}.`,
    "2018-07-05 12:00:01,124 [main] ERROR Refine: executor 1 was lost",
    `2018-07-05 12:00:02,001 [main] INFO  Refine: Finished refinement of dataset ${target(2)}. (# refined records: 5)`,
  ])
    verdicts.addLine(line, driver(1));
  const late = { container: driver(1).container, logType: "stdout" };
  verdicts.addLine(
    `2018-07-05 11:00:00,000 [main] ERROR Refine: Failed refinement of dataset ${target(2)}.`,
    late,
  );
  expect(verdicts.verdicts([edit(1), edit(2)])).toMatchObject([
    { outcome: "failed" },
    { outcome: "finished" },
  ]);
  expect(verdicts.verdicts([edit(1)])[0]).not.toHaveProperty("why");
  expect(verdicts.logErrors).toEqual([
    { text: "Refine: executor 1 was lost", times: 1 },
  ]);
});

test("lines that the search leaves out say nothing", async () => {
  const said = [
    at("01", "INFO", `Finished refinement of dataset ${target(1)}. (# refined records: 5)`), // prettier-ignore
    at("02", "ERROR", `Failed refinement of dataset ${target(1)}.`),
    at("03", "ERROR", "executor 1 was lost"),
    at("04", "FATAL", "the disk is full"),
    at("05", "INFO", `Beginning refinement of ${target(2)}...`),
    at("06", "WARN", `${target(2)} is empty after transformations. No data`),
    `Failed refinement of dataset ${target(3)}.`,
    at("07", "WARN", `${target(3)} previously failed refinement and does not have new data since the last refine at x, skipping.`), // prettier-ignore
    at("08", "INFO", "Running task 1.0"),
    at("00", "INFO", "Running task 2.0"),
    "java.io.IOException: no lease",
    "\tat org.apache.hadoop.hdfs.DFSOutputStream.run",
  ];
  let state = 7;
  const random = (n: number) => (state = (state * 48_271) % 2_147_483_647) % n;
  for (let round = 0; round < 200; round++) {
    const all = new PartitionVerdicts();
    const some = new PartitionVerdicts();
    for (const attempt of [1, 2]) {
      const lines = Array.from(
        { length: random(15) },
        () => said[random(said.length)]!,
      );
      for (const line of lines) all.addLine(line, driver(attempt));
      if (lines.length > 0) some.addContainer(driver(attempt).container);
      const text = Buffer.from(lines.join("\n"));
      const pieces = (async function* () {
        await Promise.resolve();
        yield text.subarray(0, 50);
        yield text.subarray(50);
      })();
      const ofLog = new PartitionVerdicts();
      for await (const line of linesFound(pieces, VERDICT_LINES))
        ofLog.addLine(line, driver(attempt));
      some.addStatements(ofLog.statements);
    }
    expect(some.statements).toEqual(all.statements);
  }
});

test("what another log of the container begins with is no reason of a failure", () => {
  const verdicts = new PartitionVerdicts();
  verdicts.addLine(
    at("01", "ERROR", `Failed refinement of dataset ${target(1)}.`),
    driver(1),
  );
  verdicts.endLog(driver(1));
  verdicts.addLine("\tat some.other.Class ERROR", driver(1));
  expect(verdicts.verdicts([edit(1)])[0]).not.toHaveProperty("why");
});
