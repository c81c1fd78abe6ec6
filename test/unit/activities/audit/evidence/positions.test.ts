import { emptyMemory } from "../../../../../activities/audit/evidence/evidence-cache";
import { positionsIn } from "../../../../../activities/audit/evidence/positions";
import type { Hdfs } from "../../../../../clients/hdfs/hdfs";
import { confluentHdfsImporter } from "../../../../../importers/confluent-hdfs";

const DIR = "/topics/t";
const DATASET = { topic: "t", rawDir: DIR } as Parameters<
  typeof positionsIn
>[2];
const KAFKA = [{ partition: 0, low: "900", high: "2000" }];

/** A tree with one raw file, of a day long before any window; `asked` counts listings. */
function tree() {
  const asked: string[] = [];
  const files: Record<string, [string, "DIRECTORY" | "FILE"][]> = {
    [DIR]: [["year=2018", "DIRECTORY"]],
    [`${DIR}/year=2018`]: [["month=03", "DIRECTORY"]],
    [`${DIR}/year=2018/month=03`]: [["day=01", "DIRECTORY"]],
    [`${DIR}/year=2018/month=03/day=01`]: [["hour=02", "DIRECTORY"]],
    [`${DIR}/year=2018/month=03/day=01/hour=02`]: [
      ["t+0+0000000500+0000000599.json", "FILE"],
    ],
  };
  const hdfs = {
    list: async (dir: string) => {
      asked.push(dir);
      return files[dir]?.map(([name, type]) => ({
        name,
        type,
        length: 1,
        mtime: 1,
        owner: "x",
      }));
    },
    summary: async (dir: string) =>
      files[dir] && { files: 1, directories: 2, bytes: 1 },
  } as unknown as Hdfs;
  return { hdfs, asked };
}

const read = (
  hdfs: Hdfs,
  memory = emptyMemory(),
  stated: Record<string, string> = {},
) =>
  positionsIn(
    { hdfs, source: confluentHdfsImporter(hdfs, { timeZone: "UTC" }) },
    {
      importer: {
        positions: new Map(
          Object.entries(stated).map(([key, offset]) => [key, { offset }]),
        ),
        problems: [],
      },
    },
    DATASET,
    {},
    KAFKA,
    memory,
  );

test("an importer that is stuck for longer than the window stands where its newest file ends", async () => {
  const { hdfs } = tree();
  expect([...(await read(hdfs))]).toEqual([[0, { offset: "600" }]]);
});

test("older days are looked at once, and remembered", async () => {
  const { hdfs, asked } = tree();
  const memory = emptyMemory();
  await read(hdfs, memory);
  const once = asked.length;
  expect([...(await read(hdfs, memory))]).toEqual([[0, { offset: "600" }]]);
  expect(asked.length).toBe(once);
});

test("what it states to have passed and no file has is not passed", async () => {
  const { hdfs } = tree();
  const at = async (stated: string) =>
    [...(await read(hdfs, emptyMemory(), { "t/0": stated }))][0]?.[1].offset;
  expect(await at("2000")).toBe("600");
  expect(await at("550")).toBe("550");
});

test("where it has no file at all, nothing that Kafka holds is imported, whatever it states", async () => {
  const hdfs = { list: async () => undefined } as unknown as Hdfs;
  expect([...(await read(hdfs, emptyMemory(), { "t/0": "2000" }))]).toEqual([
    [0, { offset: "900" }],
  ]);
});

test("what it states is not remembered for what its files say", async () => {
  const { hdfs } = tree();
  const memory = emptyMemory();
  await read(hdfs, memory, { "t/0": "550" });
  expect(memory.positions).toEqual({ 0: "600" });
});
