import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FormatError } from "../../../../formats/format-error";
import { readGobblinState } from "../../../../formats/gobblin/dataset-state";
import { stateBytes, stateFile, taskBytes } from "./state-file";

/** Written by Gobblin 0.11.0, but for the class of the header in `current-apache-class.jst`. */
const FOLDER = join(__dirname, "..", "..", "..", "fixtures", "gobblin");
const fixture = (name: string) => readFileSync(join(FOLDER, name));
const FIRST = "job_pageviews_1795629104600.jst";
const SECOND = "job_pageviews_1795629199431.jst";

const read = (name: string) => readGobblinState(name, fixture(name))[0]!;
/** `<topic>/<partition>` to `<low>-<actual>`. */
const ranges = (name: string) =>
  Object.fromEntries(
    read(name).tasks.flatMap(({ topic, ranges: all }) =>
      all.map((r) => [`${topic}/${r.partition}`, `${r.low}-${r.actual}`]),
    ),
  );

test("a run's file tells how far each partition was read, in units of one partition and of several", () => {
  expect(ranges(SECOND)).toEqual({
    "eqiad.mediawiki.page_change/0": "120-210",
    "eqiad.mediawiki.page_change/1": "100-160",
    "eqiad.mediawiki.page_change/2": "40-110",
    "eqiad.mediawiki.page_change/3": "33-33",
    "eqiad.eventlogging_NavigationTiming/0": "50-80",
    "eqiad.eventlogging_NavigationTiming/1": "51-82",
    "eqiad.eventlogging_NavigationTiming/2": "52-72",
    "eqiad.eventlogging_NavigationTiming/3": "53-86",
    "codfw.mediawiki.page_change/0": "2-2",
    "codfw.mediawiki.page_change/1": "0-4",
    "codfw.mediawiki.page_change/2": "0-0",
    "codfw.mediawiki.page_change/3": "0-0",
  });
  expect(ranges(FIRST)["eqiad.mediawiki.page_change/1"]).toBe("0-60");
});

test("a task that failed under a success is told by its fork, not by its state", () => {
  const { jobName, jobId, tasks } = read(SECOND);
  expect([jobName, jobId]).toEqual([
    "pageviews",
    "job_pageviews_1795629199431",
  ]);
  expect(tasks.filter(({ hasFailed }) => hasFailed)).toEqual([
    {
      id: "task_pageviews_1795629199431_7",
      topic: "eqiad.eventlogging_NavigationTiming",
      ranges: [
        {
          partition: 2,
          low: "52",
          expected: "72",
          actual: "72",
          leader: { id: "1", hostAndPort: "127.0.0.1:28092" },
        },
      ],
      hasFailed: true,
      failure: "gobblin.runtime.ForkException",
      written: 19,
      undecodable: 0,
      hours: ["2026-03-07T06"],
    },
  ]);
});

test("where publishing threw, the position has not moved and the task has not failed", () => {
  const { tasks } = read("job_pubfail_1795629455203.jst");
  expect(tasks[0]).toMatchObject({
    ranges: [{ partition: 1, low: "0", expected: "4", actual: "0" }],
    hasFailed: false,
    written: 4,
    hours: ["2026-03-07T06", "2026-03-07T07"],
  });
});

test("files of Apache's versions and of jobs without datasets are read alike", () => {
  expect(read("current-apache-class.jst").tasks.length).toBeGreaterThan(0);
  for (const owner of ["gobblin", "org.apache.gobblin"])
    for (const name of ["JobState", "JobState$DatasetState"])
      expect(
        readGobblinState(
          "x",
          stateFile("job_a_1", [taskBytes("task_a_1_0", "t", 0, "1", "2")], {
            valueClass: `${owner}.runtime.${name}`,
          }),
        )[0]!.tasks,
      ).toHaveLength(1);
});

const oneTask = (...about: Parameters<typeof taskBytes>) =>
  readGobblinState("x", stateFile("job_a_1", [taskBytes(...about)]))[0]!
    .tasks[0]!;

test("offsets beyond 2^53 keep each digit", () => {
  expect(
    oneTask("task_a_1_0", "t", 0, "9007199254740993", "9223372036854775807"),
  ).toMatchObject({
    ranges: [{ low: "9007199254740993", actual: "9223372036854775807" }],
  });
});

test("an actual watermark that is absent, unknown or lower leaves the position where it was", () => {
  const actualOf = (own: Record<string, string>) => {
    const task = taskBytes("task_a_1_0", "t", 0, "5", "9");
    delete task.own["workunit.state.actual.high.water.mark"];
    Object.assign(task.own, own);
    return readGobblinState("x", stateFile("job_a_1", [task]))[0]!.tasks[0]!
      .ranges[0]!;
  };
  expect(actualOf({})).toMatchObject({ expected: "9", actual: "5" });
  for (const stored of ["-1", "3"])
    expect(
      actualOf({
        "workunit.state.actual.high.water.mark": `{"values":[${stored}]}`,
      }),
    ).toMatchObject({ actual: "5" });
});

test("newer versions tell what was stored before, and 0 where nothing was", () => {
  const previous = (value: string) =>
    oneTask("task_a_1_0", "t", 0, "100", "160", {
      unit: { previousHighWatermark: value },
    }).ranges[0];
  expect(previous("60")).toHaveProperty("previous", "60");
  expect(previous("0")).not.toHaveProperty("previous");
});

test("a job that does not read Kafka has no tasks here", () => {
  const file = stateFile("job_a_1", [{ id: "task_a_1_0", unit: {}, own: {} }]);
  expect(readGobblinState("x", file)[0]!.tasks).toEqual([]);
});

const SECRET = "hunter2-s3cret";

test("nothing of the job's configuration leaves the file, be it whole or damaged, nor an exception's words", () => {
  const secrets = {
    "kafka.sasl.jaas.config": `password="${SECRET}"`,
    [`${SECRET}.key`]: SECRET,
  };
  const task = taskBytes("task_a_1_0", "t", 0, "1", "2", {
    unit: secrets,
    own: {
      ...secrets,
      "task.failure.exception": `java.sql.SQLException: ${SECRET}\n\tat a.B`,
      "writer._internal.partition.pathtask_a_1_0_0": SECRET,
    },
  });
  const seen = [
    JSON.stringify(readGobblinState("x", stateFile("job_a_1", [task]))),
  ];
  expect(seen[0]).toContain("java.sql.SQLException");
  for (const [part, key] of [
    ["unit", "partition.id"],
    ["unit", "watermark.interval.value"],
    ["own", "workunit.state.actual.high.water.mark"],
    ["own", "writer.records.written"],
    ["own", "error.message.undecodable.count"],
  ] as const) {
    const damaged = { ...task, [part]: { ...task[part], [key]: SECRET } };
    seen.push(refusal(stateFile("job_a_1", [damaged])));
    expect(seen.at(-1)).toContain(key);
  }
  const value = stateBytes("job_a_1", [task]);
  for (let end = 0; end < value.length; end++)
    seen.push(refusal(stateFile("", [], { value: value.subarray(0, end) })));
  seen.push(
    refusal(stateFile("job_a_1", [task], { valueClass: `x ${SECRET}` })),
  );
  for (const text of seen) expect(text).not.toContain(SECRET);
});

/** What is said of a file that cannot be read. */
function refusal(file: Buffer): string {
  try {
    readGobblinState("/store/a/current.jst", file);
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    return (error as Error).message;
  }
  throw new Error("it was read");
}

test("a real file's configuration stays in it", () => {
  for (const name of readdirSync(FOLDER).filter((n) => n.endsWith(".jst"))) {
    // Who led a partition is asked for by Gobblin as well.
    const text = JSON.stringify(
      readGobblinState(name, fixture(name)),
      (key, value: unknown) => (key === "leader" ? undefined : value),
    );
    expect(text).not.toMatch(/\/srv\/|file:|localhost|127\.0|SimpleData/);
  }
});

test("a file that is cut off, of no length or of another kind is named, with the place", () => {
  const file = fixture(SECOND);
  for (const end of [0, 2, 60, 133, 153, 154, 1000, file.length - 1])
    expect(refusal(file.subarray(0, end))).toMatch(
      /^\/store\/a\/current\.jst: in its (?:header|first block): /,
    );
  expect(refusal(Buffer.from("hello"))).toContain("it does not start with SEQ");
  const value = stateBytes("job_a_1", [
    taskBytes("task_a_1_0", "t", 0, "1", "2"),
  ]);
  expect(refusal(stateFile("", [], { value: value.subarray(0, 120) }))).toMatch(
    /current\.jst: in its task 1 of 1: \d+ bytes wanted at \d+/,
  );
  expect(
    refusal(
      stateFile("", [], { value: Buffer.concat([value, Buffer.from("x")]) }),
    ),
  ).toMatch(/1 bytes follow the state at \d+/);
});

test("watermarks that do not fit the partitions are refused", () => {
  const task = taskBytes("task_a_1_0", "t", 0, "1,2", "3");
  expect(refusal(stateFile("job_a_1", [task]))).toContain(
    "watermark.interval.value has 2 offsets of 1 partitions",
  );
});
