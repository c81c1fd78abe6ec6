import { summarizeVerdicts } from "../../../../domain/backfill/log-scan";
import type {
  PartitionOutcome,
  PartitionVerdict,
} from "../../../../domain/backfill/partition-verdict";

const verdict = (
  hour: number,
  planned: boolean,
  outcome: PartitionOutcome,
  records?: number,
): PartitionVerdict => ({
  partition: `event.edit 2018-07-05T0${hour}`,
  planned,
  outcome,
  ...(records === undefined ? {} : { records }),
});
const name = (hour: number) => `event.edit 2018-07-05T0${hour}`;

test("a scan names what failed, what is unexplained and what nobody planned", () => {
  const verdicts = [
    verdict(1, true, "finished", 5),
    verdict(2, true, "failed"),
    verdict(3, true, "begun"),
    verdict(4, true, "unmentioned"),
    verdict(5, false, "finished", 7),
    verdict(6, false, "empty", -1),
    verdict(7, false, "begun"),
  ];
  expect(summarizeVerdicts(verdicts)).toEqual({
    finished: 3,
    failed: [name(2)],
    unexplained: [name(3), name(4)],
    records: 12,
    outcomes: [
      { outcome: "finished", planned: 1, others: 1 },
      { outcome: "failed", planned: 1, others: 0 },
      { outcome: "begun", planned: 1, others: 1 },
      { outcome: "unmentioned", planned: 1, others: 0 },
      { outcome: "empty", planned: 0, others: 1 },
    ],
    notWhole: [verdicts[1], verdicts[2], verdicts[3], verdicts[6]],
    besides: [name(5), name(6)],
  });
});

test("of very many, a workflow carries the first", () => {
  const verdicts = Array.from({ length: 1000 }, () =>
    verdict(1, true, "failed"),
  );
  const scan = summarizeVerdicts(verdicts);
  expect([scan.failed.length, scan.notWhole.length]).toEqual([200, 200]);
  expect(scan.outcomes[0]!.planned).toBe(1000);
});
