import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Hdfs } from "../../../clients/hdfs/hdfs";
import { readStoredOffsets } from "../../../formats/camus/etl-key";
import { CamusHistory } from "../../../importers/camus-history";
import { CamusStanding } from "../../../importers/camus-standing";
import { partitionKey } from "../../../lib/keys";

const fixture = (name: string) =>
  readFileSync(join(__dirname, "../../fixtures", name));
const BEFORE = "2018-07-05-01-05-00";
const TOPIC = "eventlogging_Edit";

/** A history on HDFS in memory, in which a run that a real importer made is followed by others. */
function history(runs: Record<string, Record<string, Buffer>>) {
  const files = new Map(
    Object.entries(runs).flatMap(([run, ofRun]) =>
      Object.entries(ofRun).map(([name, bytes]) => [
        `/history/${run}/${name}`,
        bytes,
      ]),
    ),
  );
  const hdfs = {
    list: async (dir: string) => {
      const below = [...files.keys()]
        .filter((path) => path.startsWith(`${dir}/`))
        .map((path) => path.slice(dir.length + 1));
      if (below.length === 0) return undefined;
      return [...new Set(below.map((path) => path.split("/")[0]!))].map(
        (name) => ({
          name,
          type: below.includes(name) ? "FILE" : "DIRECTORY",
          mtime: 0,
        }),
      );
    },
    read: async (path: string) => files.get(path),
    readText: async (path: string) => files.get(path)?.toString("utf8"),
    write: async (path: string, bytes: Buffer | string) =>
      void files.set(path, Buffer.from(bytes)),
    rename: async (from: string, to: string) => {
      for (const [path, bytes] of [...files])
        if (path.startsWith(`${from}/`)) {
          files.set(`${to}${path.slice(from.length)}`, bytes);
          files.delete(path);
        }
    },
  } as unknown as Hdfs;
  const camus = new CamusHistory(hdfs, "/history");
  const standing = new CamusStanding(hdfs, "/history", camus);
  const offsets = async () =>
    Object.fromEntries(
      [...(await camus.state()).positions].map(([key, { offset }]) => [
        key,
        offset,
      ]),
    );
  const putBack = (topics: string[], after: string | undefined) =>
    standing.putBack(topics, { after, staging: "/staging", by: "me" });
  return { files, camus, standing, offsets, putBack };
}

const REAL = {
  "offsets-previous": fixture("offsets-previous"),
  "offsets-m-00000": fixture("offsets-m-00000"),
};
/** A run after the real one: every topic of it is further. */
const later = (camus: ReturnType<typeof history>, by: bigint, run: string) =>
  camus.standing.after(BEFORE).then((before) => {
    const moved = new Map(
      [...before].map(([key, stored]) => {
        const bytes = Buffer.from(stored.bytes);
        // leaderId (a string, empty), partition, beginOffset, offset
        const at = 2 + stored.bytes.readUInt16BE(0) + 4 + 8;
        bytes.writeBigInt64BE(BigInt(stored.offset) + by, at);
        return [key, { ...stored, bytes }] as const;
      }),
    );
    return camus.standing.write(moved, {
      newest: run,
      staging: "/staging",
      by: "a test",
    });
  });

test("topics go back to where they stood after a run; all others stay where the newest has left them", async () => {
  const world = history({ [BEFORE]: REAL });
  const before = await world.offsets();
  expect(Object.keys(before).length).toBeGreaterThan(1);
  await later(world, 7n, "2018-07-05-09-05-00");
  const moved = await world.offsets();
  expect(moved).toEqual(
    Object.fromEntries(
      Object.entries(before).map(([key, n]) => [key, String(BigInt(n) + 7n)]),
    ),
  );

  const name = await world.putBack([TOPIC], BEFORE);
  expect(name).toBe("2018-07-05-09-05-02");
  const key = partitionKey(TOPIC, 0);
  expect(await world.offsets()).toEqual({ ...moved, [key]: before[key] });
  // A run that has pulled nothing: no audit takes it for one that has imported.
  const run = (await world.camus.runs(0)).at(-1)!;
  expect(run).toMatchObject({ name, problems: [] });
  expect([...run.advances.values()]).toEqual([]);
  expect(
    JSON.parse(
      world.files.get(`/history/${name}/_written_by`)!.toString("utf8"),
    ),
  ).toEqual({ by: "me", takenBack: { after: BEFORE, topics: [TOPIC] } });
});

test("what stands there already is not put back once more, and a topic that Camus did not know is new to it again", async () => {
  const world = history({ [BEFORE]: REAL });
  expect(await world.putBack([TOPIC], BEFORE)).toBeUndefined();
  await later(world, 7n, "2018-07-05-09-05-00");
  await world.putBack([TOPIC], BEFORE);
  expect(await world.putBack([TOPIC], BEFORE)).toBeUndefined();
  await world.putBack([TOPIC], undefined);
  expect(Object.keys(await world.offsets())).not.toContain(
    partitionKey(TOPIC, 0),
  );
});

test("a run that is gone, or cannot be read, moves nobody", async () => {
  const world = history({ [BEFORE]: REAL });
  await later(world, 7n, "2018-07-05-09-05-00");
  const before = [...world.files.keys()];
  await expect(world.putBack([TOPIC], "2018-01-01-00-00-00")).rejects.toThrow(
    "/history/2018-01-01-00-00-00 is gone",
  );
  world.files.set(
    `/history/${BEFORE}/offsets-m-00000`,
    Buffer.from("SEQ, but no more"),
  );
  await expect(world.putBack([TOPIC], BEFORE)).rejects.toThrow("SequenceFile");
  expect([...world.files.keys()]).toEqual(before);
});

test("positions keep their bytes", async () => {
  const world = history({ [BEFORE]: REAL });
  const before = await world.standing.after(BEFORE);
  const run = await world.standing.write(before, {
    newest: BEFORE,
    staging: "/staging",
    by: "a test",
  });
  const written = world.files.get(`/history/${run}/offsets-previous`)!;
  expect(readStoredOffsets(written)).toEqual([...before.values()]);
  // Hadoop's header: version 6, two class names, no compression, no metadata.
  const real = fixture("offsets-previous");
  const classes = real.indexOf("NullWritable") + "NullWritable".length;
  expect(written.subarray(0, classes)).toEqual(real.subarray(0, classes));
  expect([...written.subarray(classes, classes + 6)]).toEqual([
    0, 0, 0, 0, 0, 0,
  ]);
});

/** Where the partitions stand, with some of them moved, as a run would store it. */
async function movedFrom(
  world: ReturnType<typeof history>,
  run: string,
  to: Record<string, bigint>,
) {
  return new Map(
    [...(await world.standing.after(run))].map(([key, stored]) => {
      if (to[key] === undefined) return [key, stored] as const;
      const bytes = Buffer.from(stored.bytes);
      bytes.writeBigInt64BE(to[key], 2 + bytes.readUInt16BE(0) + 4 + 8);
      return [key, { ...stored, offset: String(to[key]), bytes }] as const;
    }),
  );
}

test("of runs that went on beside one another, each one's progress counts; a partition that one has moved back stays there", async () => {
  const world = history({ [BEFORE]: REAL });
  const before = await world.offsets();
  const [a, b, c, ...others] = Object.keys(before) as [string, string, string];
  const further = (key: string, by: bigint) => BigInt(before[key]!) + by;
  // Both began where the first run had ended, and neither knows what the other did.
  const ours = await movedFrom(world, BEFORE, { [a]: 3n, [b]: further(b, 5n) });
  const theirs = await movedFrom(world, BEFORE, {
    [b]: further(b, 9n),
    [c]: further(c, 2n),
  });
  const about = { staging: "/staging", by: "me" };
  const first = await world.standing.write(ours, { ...about, newest: BEFORE });
  const second = await world.standing.write(theirs, {
    ...about,
    newest: first,
  });
  expect(await world.standing.settle([BEFORE], about)).toEqual([first, second]);
  expect(await world.offsets()).toEqual({
    ...Object.fromEntries(others.map((key) => [key, before[key]])),
    // Told to begin anew: that is behind where it was, and is what was wanted.
    [a]: "3",
    [b]: String(further(b, 9n)),
    [c]: String(further(c, 2n)),
  });
});

test("a run on its own, and one whose neighbour did nothing, are left as they are", async () => {
  const world = history({ [BEFORE]: REAL });
  const about = { staging: "/staging", by: "me" };
  const run = await later(world, 7n, BEFORE);
  expect(await world.standing.settle([BEFORE], about)).toEqual([run]);
  expect(await world.camus.runNames()).toEqual([BEFORE, run]);
});

test("what was taken back is no import any more, for the topic that it was taken back of", async () => {
  const world = history({ [BEFORE]: REAL });
  const imported = async () =>
    (await world.camus.runs(0)).flatMap(({ advances }) => [...advances.keys()]);
  const before = await imported();
  expect(before).toContain(TOPIC);
  await world.putBack([TOPIC], undefined);
  expect(await imported()).toEqual(before.filter((topic) => topic !== TOPIC));
});
