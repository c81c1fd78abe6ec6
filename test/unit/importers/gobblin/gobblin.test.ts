import { gzipSync } from "node:zlib";
import type { Dataset } from "../../../../domain/settings/dataset";
import { FormatError } from "../../../../formats/format-error";
import { writeSequenceFile } from "../../../../formats/hadoop/sequence-file-writer";
import { gobblinImporter } from "../../../../importers/gobblin/gobblin";
import { treeOf } from "../tree";

const DATASET = { topic: "t.x", rawDir: "/raw/t.x" } as Dataset;
const HOUR = "2026-03-07T05";

const importerOf = (
  padded: boolean,
  files: Record<string, Buffer> = {},
  timeZone = "UTC",
) =>
  gobblinImporter(treeOf(files).hdfs, {
    historyPath: "/store",
    timeZone,
    gobblin: { jobs: [], padded },
  });

test.each([
  [true, "/raw/t.x/year=2026/month=03/day=07", "hour=05", "hour=5"],
  [false, "/raw/t.x/year=2026/month=3/day=7", "hour=5", "hour=05"],
])(
  "directories are named as the configuration says (padded: %s)",
  async (padded, dayDir, entry, foreign) => {
    const importer = importerOf(padded, {
      [`${dayDir}/${entry}/part`]: Buffer.from("x"),
      "/raw/t.x/_tmp/x": Buffer.from("x"),
    });
    expect(importer.dayDir(DATASET, "2026-03-07")).toBe(dayDir);
    expect(importer.hourDir(DATASET, HOUR)).toBe(`${dayDir}/${entry}`);
    expect(importer.hourOf("2026-03-07", entry)).toBe(HOUR);
    for (const other of [foreign, "hour=24", "_IMPORTED"])
      expect(importer.hourOf("2026-03-07", other)).toBeUndefined();
    expect(importer.hourOf("2026-03-07", "hour=15")).toBe("2026-03-07T15");
    expect(await importer.days(DATASET)).toEqual(["2026-03-07"]);
  },
);

test("hours of another time zone are found where they lie", () => {
  const importer = importerOf(true, {}, "America/Los_Angeles");
  expect(importer.dayOf(HOUR)).toBe("2026-03-06");
  expect(importer.hourDir(DATASET, HOUR)).toBe(
    "/raw/t.x/year=2026/month=03/day=06/hour=21",
  );
  expect(importer.hourOf("2026-03-06", "hour=21")).toBe(HOUR);
});

test("a name tells its task and its count, or that the file has to be counted", () => {
  const importer = importerOf(true);
  expect(importer.parse("part.task_a_1_0_3.txt.40.gzip", HOUR)).toEqual({
    partition: -1,
    end: "0",
    task: "task_a_1_0",
    count: 40,
  });
  expect(importer.parse("part.task_a_1_0_3.txt.gz", HOUR)).toMatchObject({
    task: "task_a_1_0",
    atMost: true,
  });
  expect(importer.parse("t.1001.0.123.456.1530756000000", HOUR)).toEqual({
    problem: "t.1001.0.123.456.1530756000000 is not a name that Gobblin writes",
  });
});

const LINES = Buffer.from('{"a":1}\n{"a":2}\n{"a":3}\n');

test.each([
  ["a.txt.gz", gzipSync(LINES), 3],
  ["a.txt.gzip", gzipSync(LINES), 3],
  ["a.txt", LINES, 3],
  ["a.txt", LINES.subarray(0, LINES.length - 1), 3],
  ["a.txt.gz", gzipSync(Buffer.alloc(0)), 0],
  ["a.txt.gz", Buffer.concat([gzipSync(LINES), gzipSync(LINES)]), 6],
  [
    "a.seq",
    writeSequenceFile({
      keyClass: "k",
      valueClass: "v",
      records: [1, 2].map((n) => ({
        key: Buffer.alloc(8),
        value: Buffer.from([1, n]),
      })),
    }),
    2,
  ],
])("%s is counted by what it holds", async (name, bytes, count) => {
  const importer = importerOf(true, { [`/d/${name}`]: bytes });
  expect(await importer.exactCount!("/d", statusOf(name, bytes))).toBe(count);
});

const statusOf = (name: string, bytes: Buffer) => ({
  name,
  type: "FILE" as const,
  length: bytes.length,
  mtime: 0,
  owner: "x",
});

test("a file that is cut off, or in a codec that cannot be read, is refused and not counted", async () => {
  const whole = gzipSync(LINES);
  for (const [name, bytes] of [
    ["a.txt.gz", whole.subarray(0, whole.length - 9)],
    ["a.txt.bz2", Buffer.from("BZh91AY")],
    ["a.orc", Buffer.from("ORC")],
  ] as const)
    await expect(
      importerOf(true, { [`/d/${name}`]: bytes }).exactCount!(
        "/d",
        statusOf(name, bytes),
      ),
    ).rejects.toThrow(FormatError);
});
