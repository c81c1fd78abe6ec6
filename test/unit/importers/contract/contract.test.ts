import fc from "fast-check";
import { ServiceError } from "../../../../clients/errors";
import type { Hdfs } from "../../../../clients/hdfs/hdfs";
import type { Config } from "../../../../domain/settings/config";
import type { Dataset } from "../../../../domain/settings/dataset";
import { createImporter } from "../../../../importers/registry";
import { type Hour, hourOf, HOUR_MS } from "../../../../lib/hour";
import { parsePartitionKey } from "../../../../lib/keys";
import { treeOf } from "../tree";
import { SAMPLES } from "./sample";

// An importer may wait before it reads a damaged file again.
jest.mock("node:timers/promises", () => ({ setTimeout: async () => {} }));

/** What audits rely on, whichever importer there is. A new kind is a row in sample.ts, and passes all of this. */
const KINDS = Object.entries(SAMPLES) as [
  Config["importer"]["kind"],
  (typeof SAMPLES)["camus"],
][];
const DATASET = { topic: "t", rawDir: "/raw/t" } as Dataset;

function importerOf(
  kind: Config["importer"]["kind"],
  hdfs: Hdfs,
  config: Partial<Config["importer"]> = {},
) {
  return createImporter(hdfs, {
    kind,
    command: ["importer"],
    historyPath: "/store",
    log: "/none",
    jobNames: kind,
    timeZone: "UTC",
    extensions: [],
    ...SAMPLES[kind].config,
    ...config,
  });
}

/** Hours of this century. */
const anyHour = fc
  .integer({ min: 262_968, max: 876_576 })
  .map((hours): Hour => hourOf(hours * HOUR_MS));

describe.each(KINDS)("%s", (kind, sample) => {
  const stored = () => importerOf(kind, treeOf({ ...sample.stored }).hdfs);

  test.each(["UTC", "Asia/Tokyo"])(
    "an hour lies in one directory, which is that hour's and no other's (%s)",
    (timeZone) => {
      const importer = importerOf(kind, treeOf({}).hdfs, { timeZone });
      fc.assert(
        fc.property(anyHour, (hour) => {
          const day = importer.dayOf(hour);
          const dir = importer.hourDir(DATASET, hour);
          const below = `${importer.dayDir(DATASET, day)}/`;
          expect(dir.startsWith(below)).toBe(true);
          const entry = dir.slice(below.length);
          expect(entry).not.toContain("/");
          expect(importer.hourOf(day, entry)).toBe(hour);
        }),
        { numRuns: 200 },
      );
    },
  );

  test("what is no hour's directory is none", () => {
    const importer = stored();
    for (const entry of ["", "_tmp", "_IMPORTED", ".03", "3x", "24", "hour=24"])
      expect(importer.hourOf("2018-07-05", entry)).toBeUndefined();
  });

  test("every day that has a directory is named, and nothing else is", async () => {
    const plain = importerOf(kind, treeOf({}).hdfs);
    const hours = ["2018-07-05T03", "2018-12-31T23", "2019-01-01T00"];
    const { hdfs } = treeOf({
      ...Object.fromEntries(
        hours.map((hour) => [
          `${plain.hourDir(DATASET, hour)}/a`,
          Buffer.from("x"),
        ]),
      ),
      "/raw/t/_tmp/a/b/c": Buffer.from("x"),
    });
    const importer = importerOf(kind, hdfs);
    expect((await importer.days(DATASET)).sort()).toEqual(
      hours.map((hour) => hour.slice(0, 10)),
    );
    expect(await importer.days({ ...DATASET, rawDir: "/none" })).toEqual([]);
  });

  test.each(sample.names)("$name is a name of its own", ({ name, hour }) => {
    const parsed = stored().parse(name, hour);
    expect(parsed).not.toHaveProperty("problem");
    expect(parsed).toMatchObject({ count: expect.any(Number) as number });
  });

  test("any other name is a problem that repeats it, or gives numbers that are some", () => {
    const importer = stored();
    const parts = sample.names.flatMap(({ name }) => name.split(/(?<=[.+_])/));
    const nearly = fc
      .array(fc.oneof(fc.constantFrom(...parts), fc.string({ maxLength: 3 })), {
        maxLength: 12,
      })
      .map((some) => some.join(""));
    fc.assert(
      fc.property(nearly, (name) => {
        const parsed = importer.parse(name, "2018-07-05T02");
        if ("problem" in parsed) {
          expect(parsed.problem).toContain(name);
          return;
        }
        expect(Number.isSafeInteger(parsed.count)).toBe(true);
        expect(parsed.count).toBeGreaterThanOrEqual(0);
        expect(parsed.end).toMatch(/^\d+$/);
      }),
      { numRuns: 500 },
    );
  });

  test("a file whose name does not tell its records is counted by what it holds, and not where it is cut off", async () => {
    for (const { name, bytes, records } of sample.counted) {
      const countOf = (content: Buffer) =>
        importerOf(kind, treeOf({ [`/d/${name}`]: content }).hdfs).exactCount!(
          "/d",
          { name, type: "FILE", length: content.length, mtime: 0, owner: "x" },
        );
      expect(stored().parse(name, "2018-07-05T02")).toHaveProperty("atMost");
      expect(await countOf(bytes)).toBe(records);
      await expect(
        countOf(bytes.subarray(0, bytes.length - 5)),
      ).rejects.toThrow(Error);
    }
  });

  test("where nothing is stored nothing is known, and nothing is wrong", async () => {
    const importer = importerOf(kind, treeOf({}).hdfs);
    const state = await importer.state();
    expect(state).toMatchObject({ positions: new Map(), problems: [] });
    expect(state.lastRun).toBeUndefined();
    expect(await importer.runs(0)).toEqual([]);
    expect(await importer.outOfRange()).toEqual([]);
    expect(importer.positions(state, "t", []).size).toBe(0);
  });

  test("positions are whole offsets, and each is its topic's", async () => {
    const importer = stored();
    const state = await importer.state();
    expect(state.problems).toEqual([]);
    expect(state.positions.size > 0).toBe(sample.position !== undefined);
    for (const [key, { offset }] of state.positions) {
      const { topic, partition } = parsePartitionKey(key);
      expect(offset).toMatch(/^\d+$/);
      expect(importer.positions(state, topic, []).get(partition)).toEqual(
        state.positions.get(key),
      );
    }
    expect(importer.positions(state, "no such topic", []).size).toBe(0);
  });

  test("runs come oldest first, none older than asked for, and none moves back", async () => {
    const importer = stored();
    const all = await importer.runs(0);
    const times = all.map(({ time }) => time);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(all.length > 0).toBe(sample.position !== undefined);
    const newest = times.at(-1) ?? 0;
    expect(await importer.runs(newest + 1)).toEqual([]);
    expect((await importer.runs(newest)).map(({ name }) => name)).toEqual(
      all.slice(-1).map(({ name }) => name),
    );
    for (const { name, time, advances } of all)
      for (const advance of [...advances.values()].flat()) {
        expect([advance.run, advance.time]).toEqual([name, time]);
        expect(BigInt(advance.to) >= BigInt(advance.from)).toBe(true);
        expect(advance.errors).toBeGreaterThanOrEqual(0);
      }
  });

  test("a stored position that is damaged is a problem that names the file, and no position", async () => {
    if (!sample.position) return;
    const damaged = sample.position.map((path) => [path, Buffer.from("SEQ")]);
    const { hdfs } = treeOf({
      ...sample.stored,
      ...(Object.fromEntries(damaged) as Record<string, Buffer>),
    });
    const { positions, problems } = await importerOf(kind, hdfs).state();
    expect(positions.size).toBe(0);
    expect(problems.join()).toContain(sample.position[0]);
  });

  test("a service that does not answer is an outage, and nothing that is not there", async () => {
    const down = async () => {
      throw new ServiceError("HDFS", "http://nn", "no answer", undefined);
    };
    const hdfs = { list: down, read: down, readExactly: down } as never;
    const importer = importerOf(kind, hdfs);
    await expect(importer.days(DATASET)).rejects.toThrow(ServiceError);
    if (!sample.position) return;
    await expect(importer.state()).rejects.toThrow(ServiceError);
    await expect(importer.runs(0)).rejects.toThrow(ServiceError);
  });
});
