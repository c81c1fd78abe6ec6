import { MockActivityEnvironment } from "@temporalio/testing";
import type { SparkJob } from "../../../../../activities/backfill/submitter";
import {
  type CountedHours,
  countOnSpark,
} from "../../../../../activities/backfill/verify/count-on-spark";
import { topicHoursOf } from "../../../../../activities/backfill/verify/topic-hours";
import { fatal } from "../../../../../clients/errors";
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
import type { Config } from "../../../../../domain/settings/config";
import { pageCreate } from "../../../../fuzz/seeds/event-platform";
import { EVENTS } from "../../../../support/event-platform";

const NEXT = addHours(HOUR, 1);
const SPARK = {
  submit: ["spark-submit"],
  jar: "/jobs.jar",
  class: "CountRows",
};

/** A line of Spark's answer behind the number: an hour of 3 rows and 2 events, one of which has two rows. */
const LINE = [0, 3, 2, 2, 3, 2, 1, 0, 1, 3, 3];
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
  /** Where the metastore's partition of the second hour lies, if it has one. */
  location?: string;
  /** Why the application fails. */
  failure?: Error;
  /** What Spark answers. */
  answer: number[][] = [
    [0, ...LINE],
    [1, ...LINE],
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
    {
      activityId = "7",
      lines = [] as string[],
      events = undefined as Config["events"],
    } = {},
  ): Promise<CountedHours> {
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
    const clients = {
      hdfs: {
        ...hdfs,
        list: (dir: string) => {
          this.listed++;
          return hdfs.list(dir);
        },
      },
      hive: {
        locations: async () =>
          new Map(this.location === undefined ? [] : [[NEXT, [this.location]]]),
      },
      source: {
        hourDir: ({ topic }: Dataset, hour: Hour) => rawDir(hour, topic),
        parse: (name: string) =>
          name === "five" ? { count: 5 } : { problem: "of another name" },
      },
    };
    const deps = {
      ...clients,
      config: {
        refine: {},
        events,
        verify: {
          sparkFromRows,
          ...(sparkFromRows === undefined ? {} : { spark: SPARK }),
        },
      },
      hdfs: {
        ...clients.hdfs,
        // What the jobs read and write lies in storage.
        list: async (dir: string) =>
          dir.startsWith("/sisyphus")
            ? this.storage.list(dir)
            : clients.hdfs.list(dir),
        open: (path: string) => this.storage.open(path),
      },
      storage,
      submitter: {
        submitAndAwait: async (job: SparkJob) => {
          this.jobs.push(job);
          if (this.failure) throw this.failure;
          if (this.answer.length > 0)
            this.storage.texts.set(
              `${job.arguments.at(-1)}/part-00000`,
              this.answer.map((l) => `${l.join("\t")}\n`).join(""),
            );
          return { id: "application_1_0001" };
        },
      },
    };
    return new MockActivityEnvironment({
      activityId,
      workflowExecution: { workflowId: "backfill/x", runId: "r" },
    }).run(() =>
      countOnSpark(
        deps as never,
        topicHoursOf(
          [{ topic: TOPIC, hours: [HOUR, NEXT] }] as never,
          namingRules.parse({}),
        ),
        [missing],
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
  expect((await cluster.count()).hours.size).toBe(0);
  expect(cluster.listed).toBe(0);
  expect((await cluster.count(11)).hours.size).toBe(0);
  expect(cluster.jobs).toEqual([]);
  expect((await cluster.count(10)).hours.size).toBe(2);
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
      raw: [[`${rawDir(hour)}/five`, 1, 1, 5]],
      refined: [[`${refinedDir(hour)}/a`, 4, 1]],
    })),
  );
  expect(cluster.given("--replayed")).toEqual([
    `0\t${uuid(1)}`,
    `1\t${uuid(2)}`,
  ]);
  expect([...found.hours]).toEqual([
    [0, { partition: true, counts: COUNTS }],
    [1, { partition: true, counts: COUNTS }],
  ]);
});

test("it is told where events are named that are no capsules, and of capsules nothing, which it knows", async () => {
  const cluster = new Cluster();
  await cluster.count(0, {
    events: EVENTS,
    lines: [
      pageCreate("A-1", `${HOUR}:10:00Z`),
      pageCreate("a-2", `${NEXT}:00:00Z`),
    ],
  });
  const { arguments: args } = cluster.jobs[0]!;
  expect(args).toEqual([
    ...["--hours", expect.any(String), "--replayed", expect.any(String)],
    ...["--identity", '["/meta/id"]'],
    ...["--ip", '["/http/client_ip","/ip","/client_ip"]'],
    ...["--out", expect.any(String)],
  ]);
  expect(cluster.given("--replayed")).toEqual(["0\tA-1", "1\ta-2"]);
  const capsules = new Cluster();
  await capsules.count(0);
  expect(capsules.jobs[0]!.arguments).not.toContain("--identity");
});

test("an hour with a file that was not as expected is left to the worker", async () => {
  const cluster = new Cluster();
  cluster.answer[0]![1] = 1;
  expect([...(await cluster.count(0)).hours.keys()]).toEqual([1]);
});

test("an hour without data, and one whose readers are sent elsewhere, are told as such", async () => {
  const cluster = new Cluster();
  cluster.files.files.delete(`${refinedDir(HOUR)}/a`);
  cluster.location = "s3a://bucket/Edit";
  cluster.files.hdfs.owns = () => false;
  const { hours } = await cluster.count(0);
  expect(hours.get(0)).toEqual({ partition: false, counts: COUNTS });
  expect(hours.get(1)!.unread).toContain("s3a://bucket/Edit");
});

test("an hour with a raw file whose name tells no number of records is left to the worker", async () => {
  const cluster = new Cluster();
  cluster.files.files.set(`${rawDir(NEXT)}/of-another-name`, Buffer.from("6"));
  cluster.answer.pop();
  expect([...(await cluster.count(5)).hours.keys()]).toEqual([0]);
  expect(cluster.given("--hours")).toHaveLength(1);
  expect((await cluster.count(6, { activityId: "8" })).hours.size).toBe(0);
});

test("where the application fails the worker counts, and that is told; where YARN does not answer, nothing is", async () => {
  const cluster = new Cluster();
  cluster.failure = fatal("ApplicationFailed", "application_1 ended FAILED");
  expect(await cluster.count(0)).toEqual({
    hours: new Map(),
    application: "failed: application_1 ended FAILED",
  });
  cluster.failure = new Error("YARN does not answer");
  await expect(cluster.count(0)).rejects.toThrow("YARN does not answer");
});

test("an answer that tells of an hour twice, or nothing at all, is none", async () => {
  const cluster = new Cluster();
  cluster.answer.push(cluster.answer[0]!);
  await expect(cluster.count(0)).rejects.toThrow("tells of hour 0 twice");
  const silent = new Cluster();
  silent.answer = [];
  expect((await silent.count(0)).application).toContain("has written nothing");
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

test("an attempt that takes over asks for the same application and lists nothing, and a step that is tried again has another", async () => {
  const cluster = new Cluster();
  await cluster.count(0);
  // Two directories of each of two hours.
  expect(cluster.listed).toBe(4);
  await cluster.count(0);
  expect(cluster.listed).toBe(4);
  await cluster.count(0, { activityId: "8" });
  expect(cluster.listed).toBe(8);
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
  for (const wrong of [
    [0, ...LINE.slice(1)],
    [0, "", ...LINE.slice(1)],
  ]) {
    cluster.answer[0] = wrong as number[];
    await expect(
      cluster.count(0, { activityId: String(cluster.jobs.length) }),
    ).rejects.toThrow("not a line of 12 whole numbers");
  }
});
