import { MockActivityEnvironment } from "@temporalio/testing";
import type { SparkJob } from "../../../../../activities/backfill/submitter";
import {
  type CountedHour,
  countOnSpark,
} from "../../../../../activities/backfill/verify/count-on-spark";
import { HourLists } from "../../../../../activities/backfill/verify/hour-lists";
import { topicHoursOf } from "../../../../../activities/backfill/verify/topic-hours";
import { Storage } from "../../../../../clients/storage";
import type { MissingTopic } from "../../../../../domain/backfill/missing";
import {
  type Dataset,
  namingRules,
} from "../../../../../domain/settings/dataset";
import { sha256 } from "../../../../../lib/digest";
import { addHours, type Hour } from "../../../../../lib/hour";
import { MemoryFiles } from "../../../../support/memory-hdfs";
import {
  HOUR,
  line,
  rawDir,
  refinedDir,
  RefinedWorld,
  TOPIC,
  uuid,
} from "./refined-world";

const NEXT = addHours(HOUR, 1);
const SPARK = {
  submit: ["spark-submit"],
  jar: "/jobs.jar",
  class: "CountRows",
};

/** A line of Spark's answer: an hour of 3 rows and 2 events, both of which have a row. */
const WHOLE = [0, 3, 2, 2, 3, 2, 1, 0, 1, 3, 3];
const COUNTS = {
  rows: 3,
  distinct: 2,
  duplicates: 1,
  lacking: 0,
  found: 1,
  withIp: 3,
  geocoded: 3,
};

/** Two hours, each with a raw file of which its name tells 5 records, and a data file. */
class Cluster {
  readonly files = new RefinedWorld();
  readonly storage = new MemoryFiles();
  readonly jobs: SparkJob[] = [];
  listed = 0;
  /** What Spark answers. */
  answer: number[][] = [
    [0, ...WHOLE],
    [1, ...WHOLE],
  ];

  constructor() {
    for (const hour of [HOUR, NEXT]) {
      this.files.files.set(`${rawDir(hour)}/five`, Buffer.from("5"));
      this.files.files.set(`${refinedDir(hour)}/a`, Buffer.from("rows"));
    }
  }

  /** @param sparkFromRows as configured; Spark is not configured without it */
  count(
    sparkFromRows?: number,
    { activityId = "7", lines = [] as string[] } = {},
  ): Promise<Map<number, CountedHour>> {
    const storage = new Storage(this.storage.hdfs, "/sisyphus");
    const text = lines.map((l) => `${l}\n`).join("");
    this.storage.texts.set("/missing", text);
    const missing = {
      topic: TOPIC,
      ref: "/missing",
      digest: sha256(text),
      events: lines.length,
    } as MissingTopic;
    const { hdfs } = this.files;
    const lists = new HourLists({
      hdfs: {
        ...hdfs,
        list: (dir: string) => {
          this.listed++;
          return hdfs.list(dir);
        },
      },
      hive: { locations: async () => new Map() },
      source: {
        hourDir: ({ topic }: Dataset, hour: Hour) => rawDir(hour, topic),
      },
    } as never);
    const deps = {
      config: {
        verify: {
          sparkFromRows,
          ...(sparkFromRows === undefined ? {} : { spark: SPARK }),
        },
      },
      hdfs: this.storage.hdfs,
      source: {
        parse: (name: string) =>
          name === "five" ? { count: 5 } : { problem: "of another name" },
      },
      storage,
      submitter: {
        submitAndAwait: async (job: SparkJob) => {
          this.jobs.push(job);
          this.storage.texts.set(
            `${job.arguments.at(-1)}/part-00000`,
            this.answer.map((l) => `${l.join("\t")}\n`).join(""),
          );
        },
      },
    };
    return new MockActivityEnvironment({
      activityId,
      workflowExecution: { workflowId: "backfill/x", runId: "r" },
    }).run(() =>
      countOnSpark(
        deps as never,
        lists,
        topicHoursOf(
          [{ topic: TOPIC, hours: [HOUR, NEXT] }] as never,
          namingRules.parse({}),
        ),
        [missing],
        () => undefined,
      ),
    );
  }

  /** The lines of the files that an argument of a job names. */
  given(argument: string): string[] {
    const { arguments: args } = this.jobs.at(-1)!;
    const list = this.storage.texts.get(args[args.indexOf(argument) + 1]!)!;
    return list
      .split("\n")
      .flatMap((ref) => this.storage.texts.get(ref)?.trimEnd() ?? [])
      .join("\n")
      .split("\n");
  }
}

test("Spark is asked from the configured number of records on, and only where it is configured", async () => {
  const cluster = new Cluster();
  expect((await cluster.count()).size).toBe(0);
  expect(cluster.listed).toBe(0);
  expect((await cluster.count(11)).size).toBe(0);
  expect(cluster.jobs).toEqual([]);
  expect((await cluster.count(10)).size).toBe(2);
  expect(cluster.jobs).toHaveLength(1);
});

test("it is given the hours' files as they were listed, and the replayed events by hour", async () => {
  const cluster = new Cluster();
  cluster.files.files.set(`${rawDir()}/_tmp`, Buffer.from("no data"));
  const found = await cluster.count(0, {
    lines: [
      line(uuid(1)),
      line(uuid(2), { dt: `${NEXT}:00:00Z` }),
      line(uuid(3), { dt: `${addHours(HOUR, 9)}:00:00Z` }),
    ],
  });
  expect(cluster.given("--hours").map((l) => JSON.parse(l) as unknown)).toEqual(
    [HOUR, NEXT].map((hour, no) => ({
      no,
      raw: [[`${rawDir(hour)}/five`, 1, 1]],
      refined: [[`${refinedDir(hour)}/a`, 4, 1]],
    })),
  );
  expect(cluster.given("--replayed")).toEqual([
    `0\t${uuid(1)}`,
    `1\t${uuid(2)}`,
  ]);
  expect([...found]).toEqual([
    [0, { partition: true, counts: COUNTS }],
    [1, { partition: true, counts: COUNTS }],
  ]);
});

test("an hour with a file that was not as expected is left to the worker", async () => {
  const cluster = new Cluster();
  cluster.answer[0]![1] = 1;
  expect([...(await cluster.count(0)).keys()]).toEqual([1]);
});

test("an answer that leaves out an hour is none", async () => {
  const cluster = new Cluster();
  cluster.answer.pop();
  await expect(cluster.count(0)).rejects.toThrow("does not tell of hour 1");
});

test.each([
  ["rows", 2],
  ["events", 3],
])("an answer with other %s than its files gave is none", async (_, field) => {
  const cluster = new Cluster();
  cluster.answer[1]![field]!++;
  await expect(cluster.count(0)).rejects.toThrow("that its files gave");
});

test("an attempt that takes over waits for the same application and lists nothing, and a step that is tried again has another", async () => {
  const cluster = new Cluster();
  await cluster.count(0);
  const { listed } = cluster;
  await cluster.count(0);
  expect(cluster.listed).toBe(listed);
  await cluster.count(0, { activityId: "8" });
  expect(cluster.listed).toBe(2 * listed);
  const [first, second, third] = cluster.jobs.map((job) => [
    job.tag,
    job.arguments,
  ]);
  expect(second).toEqual(first);
  expect(third![0]).not.toBe(first![0]);
  expect(third![1]!.at(-1)).not.toBe(first![1]!.at(-1));
});

test("a line that is no answer is refused", async () => {
  const cluster = new Cluster();
  cluster.answer[0]!.pop();
  await expect(cluster.count(0)).rejects.toThrow(
    "not a line of 12 whole numbers",
  );
});
