import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import { readCamusOffsets } from "../../../formats/camus/etl-key";
import { CamusHistory } from "../../../importers/camus-history";
import { partitionKey } from "../../../lib/keys";

const fixture = (name: string) =>
  readFileSync(join(__dirname, "../../fixtures", name));
const TOPIC = "eventlogging_Edit";
const RUNS = [
  "2018-07-05-01-05-00",
  "2018-07-05-02-05-00",
  "2018-07-05-03-05-00",
];

/** Runs whose files are those that a real importer wrote; names that begin with `broken` hold something else. */
function history(files: Record<string, string[]>) {
  const reads: string[] = [];
  const hdfs = {
    list: async (dir: string) =>
      dir === "/history"
        ? [...Object.keys(files), "_tmp"].map((name) => ({
            name,
            type: "DIRECTORY",
          }))
        : files[dir.slice("/history/".length)]?.map((name, i) => ({
            name,
            type: "FILE",
            mtime: i,
          })),
    read: async (path: string) => {
      reads.push(path);
      const name = path.slice(path.lastIndexOf("/") + 1);
      return name.endsWith("99999") ? Buffer.from("broken") : fixture(name);
    },
  } as unknown as Hdfs;
  return { runs: new CamusHistory(hdfs, "/history"), reads };
}

const FILES = ["errors-m-00000", "offsets-m-00000", "offsets-previous"];
const offsetIn = (name: string) =>
  readCamusOffsets(fixture(name)).find((key) => key.topic === TOPIC)!.offset;

test("a run tells how far it moved in each partition", async () => {
  const { runs } = history({ [RUNS[0]!]: FILES });
  const [run] = await runs.runs(0);
  expect(run).toMatchObject({
    name: RUNS[0],
    time: Date.parse("2018-07-05T01:05:00Z"),
    endedAt: 2,
    problems: [],
  });
  expect(run!.advances.get(TOPIC)).toEqual([
    {
      run: RUNS[0],
      time: run!.time,
      partition: 0,
      from: offsetIn("offsets-previous"),
      to: offsetIn("offsets-m-00000"),
      errors: 0,
    },
  ]);
});

test("a newest run without an offsets file leaves the positions unknown, and says so", async () => {
  const { runs } = history({ [RUNS[0]!]: FILES, [RUNS[1]!]: [FILES[0]!] });
  const { positions, problems } = await runs.state();
  expect(positions.size).toBe(0);
  expect(problems).toEqual([
    `/history/${RUNS[1]} has no offsets file: where the importer stands is not known, and its next run would begin anew`,
  ]);
  // The first run of all has nothing to carry on.
  const first = history({ [RUNS[0]!]: [FILES[0]!] });
  expect((await first.runs.state()).problems).toEqual([]);
});

test("a run is read once, and runs that are too old not at all", async () => {
  const { runs, reads } = history({ [RUNS[0]!]: FILES, [RUNS[1]!]: FILES });
  const since = Date.parse("2018-07-05T02:00:00Z");
  const read = await Promise.all([runs.runs(since), runs.runs(since)]);
  expect(read.map((some) => some.map(({ name }) => name))).toEqual([
    [RUNS[1]],
    [RUNS[1]],
  ]);
  expect(reads).toHaveLength(FILES.length);
});

test("the next run starts at the furthest offset of the newest run, and a file that cannot be read is named", async () => {
  const { runs } = history({
    [RUNS[0]!]: FILES,
    [RUNS[1]!]: [...FILES, "offsets-m-99999"],
  });
  const state = await runs.state();
  expect(state.run).toBe(RUNS[1]);
  expect(state.lastRun).toBe(Date.parse("2018-07-05T02:05:00Z"));
  expect(state.positions.get(partitionKey(TOPIC, 0))!.offset).toBe(
    offsetIn("offsets-m-00000"),
  );
  expect(state.problems).toHaveLength(1);
  expect(state.problems[0]).toContain(`/history/${RUNS[1]}/offsets-m-99999: `);
});

test("without a finished run there are no positions", async () => {
  expect(await history({}).runs.state()).toEqual({
    positions: new Map(),
    problems: [],
  });
});
