import { gzipSync } from "node:zlib";
import { verifiedGaps } from "../../../../../activities/audit/evidence/ledger-gaps";
import { rawEvidence } from "../../../../../activities/audit/evidence/raw-evidence";
import {
  rawDay,
  type RawHour,
} from "../../../../../activities/audit/evidence/raw-hours";
import { withLedger } from "../../../../../domain/audit/attribution";
import { unknowable } from "../../../../../domain/audit/evidence";
import { judge } from "../../../../../domain/audit/judge";
import type { Dataset } from "../../../../../domain/settings/dataset";
import { readGobblinState } from "../../../../../formats/gobblin/dataset-state";
import { gobblinImporter } from "../../../../../importers/gobblin/gobblin";
import { hoursIn, hourStart } from "../../../../../lib/hour";
import { POLICY, topic } from "../../../domain/audit/cases";
import {
  FIRST,
  fileOf,
  fixture,
  realStore,
  SECOND,
  THIRD,
} from "../../../importers/gobblin/store";
import { treeOf } from "../../../importers/tree";

const TOPIC = "eqiad.eventlogging_NavigationTiming";
const RANGE = { since: "2026-03-07T00", until: "2026-03-08T00" };
const ASKED_AT = hourStart("2026-03-09T00");
const DATASET = { topic: TOPIC, rawDir: `/raw/${TOPIC}` } as Dataset;

/** The raw files that the real runs' tasks say to have written, but for those whose task failed: a line for each record. */
function rawFiles(): Record<string, Buffer> {
  const files: Record<string, Buffer> = {};
  for (const ms of [FIRST, SECOND, THIRD]) {
    const [state] = readGobblinState("", fixture(fileOf(ms)));
    for (const task of state!.tasks.filter((t) => t.topic === TOPIC)) {
      if (task.hasFailed) continue;
      task.hours.forEach((hour, i) => {
        const others = task.hours.length - 1;
        const records = i === 0 ? task.written! - others : 1;
        const [day, hh] = hour.split("T") as [string, string];
        const dir = `${DATASET.rawDir}/year=2026/month=03/day=${day.slice(8)}/hour=${hh}`;
        files[`${dir}/part.${task.id}_${i}.txt.gz`] = gzipSync(
          "{}\n".repeat(records),
        );
      });
    }
  }
  return files;
}

type Options = {
  since?: number;
  holds?: (partition: number, offset: number) => boolean;
  compacted?: boolean;
  low?: string;
};

/** What an audit finds in the topic's ledger, and how it judges the hours. */
async function audited(
  files: Record<string, Buffer>,
  { since = 0, holds = () => true, compacted = false, low = "0" }: Options = {},
) {
  const { hdfs, reads } = treeOf({ ...realStore(), ...files });
  const source = gobblinImporter(hdfs, {
    historyPath: "/store",
    timeZone: "UTC",
  });
  const runs = await source.runs(since);
  const advances = () => runs.flatMap((run) => run.advances.get(TOPIC) ?? []);
  const raw: Record<string, RawHour> = (
    await rawDay(hdfs, source, DATASET, "2026-03-07", {})
  ).hours;
  reads.length = 0;
  const gaps = await verifiedGaps(
    {
      hdfs,
      source,
      kafka: {
        read: async (
          ranges: Map<
            string,
            { partition: number; from: string; to: string }[]
          >,
          each: () => void,
        ) => {
          for (const { partition, from, to } of ranges.get(TOPIC)!)
            for (let at = Number(from); at < Number(to); at++)
              if (holds(partition, at)) each();
        },
      } as never,
    },
    {
      advances,
      markers: new Map(),
      configs: new Map(
        compacted ? [[TOPIC, { "cleanup.policy": "compact" }]] : [],
      ),
      tolerant: false,
      outages: new Map(),
    },
    DATASET,
    raw,
    {
      partitions: [0, 1, 2, 3].map((partition) => ({
        partition,
        logStart: low,
        logEnd: "1000",
      })),
    },
    [],
  );
  const found = rawEvidence({ runs, advances }, TOPIC, raw);
  const hours = withLedger(
    hoursIn(RANGE).map((hour) => ({
      hour,
      produced: unknowable("deleted"),
      archived: unknowable("not asked"),
      queryable: true,
      ...(found.has(hour) ? { raw: found.get(hour)! } : {}),
    })),
    gaps,
    advances(),
    RANGE,
  );
  const verdicts = hours.flatMap((hour) => {
    const judged = judge(hour, topic(), POLICY, ASKED_AT);
    return hour.raw ? [[hour.hour, judged.verdict, judged.cause]] : [];
  });
  return { gaps, hours, verdicts, reads, raw };
}

test("what failed tasks lost under a success is found, in its hour, with its cause", async () => {
  const { gaps, hours, verdicts } = await audited(rawFiles());
  expect(gaps).toMatchObject([
    { partition: 2, from: "52", to: "72", records: 20 },
    { partition: 3, from: "86", to: "91", records: 5 },
  ]);
  const six = hours.find(({ hour }) => hour === "2026-03-07T06")!;
  expect(six.raw).toMatchObject({ missing: 20, notWritten: 20 });
  expect(six.raw!.problems[0]).toBe(
    `20 records of partition 2, offsets 52 to 72, were read and not written by the run job_pageviews_${SECOND}, and its position moved on (its task task_pageviews_${SECOND}_7 failed: gobblin.runtime.ForkException): they are in no raw file`,
  );
  expect(verdicts).toContainEqual([
    "2026-03-07T06",
    "import-partial",
    "importer-errors",
  ]);
});

test("a failed task of which Kafka has no record has lost none, and of which it has deleted the range at most all", async () => {
  const none = await audited(rawFiles(), {
    holds: (partition, at) =>
      !(partition === 2 && at >= 52) && !(partition === 3 && at >= 86),
  });
  expect(none.gaps).toEqual([]);
  const deleted = await audited(rawFiles(), { low: "500" });
  expect(deleted.gaps).toMatchObject([
    { records: 20, atMost: "deleted" },
    { records: 5, atMost: "deleted" },
  ]);
});

test("in a compacted topic a failed task is told all the same, and nothing else is", async () => {
  const files = rawFiles();
  delete files[Object.keys(files)[0]!];
  const { gaps } = await audited(files, { compacted: true });
  expect(gaps.map(({ records }) => records)).toEqual([20, 5]);
});

test("a raw file that was removed is a gap of its size, in the hour in which its task has no file", async () => {
  const files = rawFiles();
  const path = Object.keys(files).find((name) => name.includes(`_${FIRST}_`))!;
  const before = await audited(files);
  delete files[path];
  const { gaps, hours } = await audited(files);
  const [gap] = gaps.filter(({ fault }) => fault === undefined);
  const hour = `2026-03-07T${/hour=(\d\d)/.exec(path)![1]}`;
  const [was] = before.raw[hour]!.files.filter(({ name }) =>
    path.endsWith(name),
  );
  expect(gap).toMatchObject({ records: was!.count, hours: [hour] });
  expect(
    hours.find((each) => each.hour === hour)!.raw!.problems.join(),
  ).toContain("are in no raw file");
});

test("to verify a gap, files of runs that are not looked at are not read", async () => {
  const files = rawFiles();
  const { gaps, reads } = await audited(files, { since: THIRD });
  expect(gaps).toMatchObject([{ records: 5 }]);
  const names = Object.keys(files);
  expect(names.some((name) => name.includes(`_${FIRST}_`))).toBe(true);
  expect(reads.filter((path) => path.includes(`_${FIRST}_`))).toEqual([]);
});
