import {
  parseGobblinFileName,
  parseStateFileName,
} from "../../../../formats/gobblin/gobblin-file-name";

test.each([
  [
    "part.task_a_1795629345691_0_3.txt.gzip",
    "task_a_1795629345691_0",
    undefined,
  ],
  ["part.task_a_1795629345691_0_3.txt.40.gzip", "task_a_1795629345691_0", 40],
  ["part.task_a_1795629345691_12_0.40.txt", "task_a_1795629345691_12", 40],
  [
    "part.task_a-b.c_1795629345691_0_3.txt.gz",
    "task_a_b.c_1795629345691_0",
    undefined,
  ],
  ["part.task_a_1795629345691_0_3.avro", "task_a_1795629345691_0", undefined],
])(
  "%s tells its task, and its records where it has them",
  (name, task, count) => {
    expect(parseGobblinFileName(name)).toEqual(
      count === undefined ? { task } : { task, count },
    );
  },
);

test.each([
  "_IMPORTED",
  "part.task_a_b_0_3.txt.gzip",
  "part-00000.gz",
  "part.task_a_1_0_3.txt.99999999999999999999.gzip",
  "t.1001.0.123.456.1530756000000",
])("%s is no name that Gobblin gives", (name) => {
  expect(parseGobblinFileName(name)).toBeUndefined();
});

test("a state file tells its run and its dataset, whatever their names hold", () => {
  const run = (name: string) => ({ name, time: 1795629104600 });
  expect(parseStateFileName("job_a_1795629104600.jst", "a")).toEqual({
    dataset: "",
    run: run("job_a_1795629104600"),
  });
  expect(
    parseStateFileName("job_t-job_my_job_1795629104600.jst", "my-job"),
  ).toEqual({ dataset: "job_t", run: run("job_my_job_1795629104600") });
  expect(parseStateFileName("job_my-job_1795629104600.jst", "my-job")).toEqual({
    dataset: "",
    run: run("job_my-job_1795629104600"),
  });
  expect(parseStateFileName("current.jst", "a")).toEqual({ dataset: "" });
  expect(parseStateFileName("t.x-current.jst", "a")).toEqual({
    dataset: "t.x",
  });
  for (const name of [
    "_tmp_",
    ".current.jst.crc",
    ".job_a_1795629104600.jst.crc",
    "job_b_1795629104600.jst",
    "job_a_x.jst",
  ])
    expect(parseStateFileName(name, "a")).toBeUndefined();
});
