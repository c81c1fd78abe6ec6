import { rawDay } from "../../../../../activities/audit/evidence/raw-hours";
import type { Advance } from "../../../../../domain/audit/ledger";
import type { ImporterRun, RawFile } from "../../../../../importers/importer";
import { rawEvidence } from "../../../../../activities/audit/evidence/raw-evidence";
import { ServiceError } from "../../../../../clients/errors";
import type { FileStatus, Hdfs } from "../../../../../clients/hdfs/hdfs";
import { confluentHdfsImporter } from "../../../../../importers/confluent-hdfs";
import { avroFile } from "../../../formats/avro/avro-file";

const DAY = "/topics/t/year=2018/month=07/day=05";

/** The raw hour 03 with the given files, as an audit reads it. */
async function rawHour(files: Record<string, Buffer | Error>) {
  const entry = (name: string, type: FileStatus["type"], length = 0) => ({
    name,
    type,
    length,
    mtime: 1,
    owner: "connect",
  });
  const hdfs = {
    summary: async () => ({ files: -1, directories: 2, bytes: 0 }),
    list: async (path: string) =>
      path === DAY
        ? [entry("hour=03", "DIRECTORY")]
        : Object.entries(files).map(([name, content]) =>
            entry(name, "FILE", content instanceof Error ? 9 : content.length),
          ),
    read: async (path: string, offset = 0, size = 1e9) => {
      const content = files[path.slice(path.lastIndexOf("/") + 1)]!;
      if (content instanceof Error) throw content;
      return content.subarray(offset, offset + size);
    },
  } as unknown as Hdfs;
  const { hours } = await rawDay(
    hdfs,
    confluentHdfsImporter(hdfs, { timeZone: "UTC" }),
    { rawDir: "/topics/t" } as never,
    "2018-07-05",
    {},
  );
  return hours["2018-07-05T03"]!;
}

const name = (first: number, last: number, extension: string) =>
  `t+0+${first}+${last}.${extension}`;

test("a connector's name bounds the records; the blocks of an Avro file tell them", async () => {
  const hour = await rawHour({
    [name(0, 9, "avro")]: avroFile([2, 4]),
    [name(10, 19, "json")]: Buffer.from("{}"),
  });
  expect(hour.files).toMatchObject([
    { end: "10", count: 6 },
    { end: "20", count: 10, atMost: true },
  ]);
  expect(hour.files[0]).not.toHaveProperty("atMost");
});

test("an hour with one bounded file has a bounded count, one of exact files has not", async () => {
  const evidence = async (files: Record<string, Buffer>) =>
    rawEvidence({ runs: [], advances: () => [] }, "t", {
      "2018-07-05T03": await rawHour(files),
    }).get("2018-07-05T03")!;
  const exact = { [name(0, 9, "avro")]: avroFile([6]) };
  expect(await evidence(exact)).not.toHaveProperty("atMost");
  expect(
    await evidence({ ...exact, [name(10, 19, "json")]: Buffer.from("{}") }),
  ).toMatchObject({ atMost: true, count: 16 });
});

test("a file that cannot be counted, or has more records than its name allows, is strange", async () => {
  const hour = await rawHour({
    [name(0, 9, "avro")]: avroFile([6]).subarray(0, -1),
    [name(10, 19, "parquet")]: Buffer.from("not Parquet"),
    [name(20, 22, "avro")]: avroFile([4]),
  });
  expect(hour.files).toEqual([]);
  expect(hour.strange).toHaveLength(3);
  expect(hour.strange[2]).toContain("more than its name allows");
});

test("a file that HDFS does not give is an outage, and not the file's fault", async () => {
  await expect(
    rawHour({
      [name(0, 9, "avro")]: new ServiceError(
        "HDFS",
        "namenode",
        "refused",
        undefined,
      ),
    }),
  ).rejects.toThrow(ServiceError);
});

test("what a run imported a second time is written to its hour", async () => {
  const advance = (run: string) => ({
    run,
    time: 1,
    partition: 0,
    from: "0",
    to: "10",
    errors: 0,
  });
  const hour = await rawHour({ [name(0, 9, "avro")]: avroFile([10]) });
  const { start: _start, ...file } = hour.files[0]!;
  const found = rawEvidence(
    { runs: [], advances: () => [advance("a"), advance("b")] },
    "t",
    { "2018-07-05T03": { ...hour, files: [file, { ...file, name: "b" }] } },
  );
  expect(found.get("2018-07-05T03")!.twice).toMatchObject({ records: 10 });
});

describe("a file that is younger than the run that imported it", () => {
  const HOUR = "2018-07-05T03";
  const FILE: RawFile = {
    name: "topic.1.0.10.10.1530759600000",
    partition: 0,
    end: "10",
    count: 10,
    length: 1,
    mtime: 500,
  };
  /** What is said of the file, where these runs have taken its offsets. */
  const problemsAfter = (...runs: [name: string, endedAt: number][]) => {
    const all = runs.map(([run, endedAt], i): [Advance, ImporterRun] => [
      { run, time: i, partition: 0, from: "0", to: "10", errors: 0 },
      { name: run, time: i, endedAt, advances: new Map(), problems: [] },
    ]);
    return rawEvidence(
      {
        advances: () => all.map(([advance]) => advance),
        runs: all.map(([, run]) => run),
      },
      "topic",
      {
        [HOUR]: {
          files: [FILE],
          strange: [],
          mtime: 500,
          entries: 1,
          bytes: 1,
        },
      },
    ).get(HOUR)!.problems;
  };

  test("was changed since", () => {
    const said = `${FILE.name} was changed after the run a had imported it`;
    expect(problemsAfter(["a", 400])).toEqual([said]);
    expect(problemsAfter(["a", 400], ["b", 499])).toEqual([
      `${FILE.name} was changed after the run b had imported it`,
    ]);
  });

  test("may be the work of another run, which went on beside it and took the same offsets", () => {
    expect(problemsAfter(["a", 400], ["b", 600])).toEqual([]);
    expect(problemsAfter(["a", 600], ["b", 400])).toEqual([]);
  });
});
