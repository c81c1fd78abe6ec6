import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { CancelledFailure } from "@temporalio/common";
import { MockActivityEnvironment } from "@temporalio/testing";
import { addHours, type Hour } from "../../../../../lib/hour";
import {
  gz,
  HOUR,
  line,
  parquet,
  rawDir,
  refinedDir,
  RefinedWorld,
  type Row,
  TOPIC,
  uuid,
} from "./refined-world";

const GEOCODED = { ip: "192.0.2.1", geocoded: true };
const row = (n: number): Row => ({ uuid: uuid(n), ...GEOCODED });
const NAME = `${TOPIC} ${HOUR}`;

/** A world whose hour has three events with a row each. */
async function wholeHour(): Promise<RefinedWorld> {
  const world = new RefinedWorld();
  world.files.set(`${rawDir()}/a.gz`, gz([1, 2, 3].map((n) => line(uuid(n)))));
  world.files.set(
    `${refinedDir()}/a.parquet`,
    await parquet([1, 2, 3].map(row)),
  );
  return world;
}

const WHOLE = {
  rows: 3,
  distinct: 3,
  duplicates: 0,
  lacking: 0,
  found: 0,
  withIp: 3,
  geocoded: 3,
};

test("an hour with a row for each event is whole", async () => {
  const [hour] = await (await wholeHour()).verified();
  expect(hour).toMatchObject({ partition: true, problems: [], counts: WHOLE });
});

test("an hour without any file has nothing", async () => {
  const [hour] = await new RefinedWorld().verified();
  expect(hour).toMatchObject({ partition: false, problems: [] });
  expect(Object.values(hour!.counts)).toEqual([0, 0, 0, 0, 0, 0, 0]);
});

test("rows in several files are counted together, and names that are no data's are left out", async () => {
  const world = await wholeHour();
  world.files.set(
    `${refinedDir()}/b.parquet`,
    await parquet([row(3), row(4), { uuid: uuid(5), ip: "192.0.2.2" }]),
  );
  world.files.set(`${rawDir()}/b`, Buffer.from(`${line(uuid(6))}\n`));
  for (const dir of [rawDir(), refinedDir()])
    for (const name of ["_REFINED", ".x.crc", "c.parquet._COPYING_"])
      world.files.set(`${dir}/${name}`, Buffer.from("no data"));
  const [hour] = await world.verified();
  expect(hour!.problems).toEqual([]);
  expect(hour!.counts).toEqual({
    rows: 6,
    distinct: 4,
    duplicates: 1,
    lacking: 1,
    found: 0,
    withIp: 6,
    geocoded: 5,
  });
});

test("a file without a column has nothing in it, and its rows count", async () => {
  const world = await wholeHour();
  world.files.set(`${refinedDir()}/b.parquet`, await parquet([row(4)], ["ip"]));
  world.files.set(`${refinedDir()}/c.parquet`, await parquet([row(5)], []));
  const [hour] = await world.verified();
  expect(hour!.problems).toEqual([]);
  expect(hour!.counts).toMatchObject({ rows: 5, withIp: 4, geocoded: 3 });
});

test("files of one table whose columns have several types are read each by its own", async () => {
  const world = await wholeHour();
  world.files.set(
    `${refinedDir()}/0.parquet`,
    await parquet([row(1)], ["ip", "geocoded_data::varchar as geocoded_data"]),
  );
  const [hour] = await world.verified();
  expect(hour!.problems).toEqual([]);
  expect(hour!.counts).toMatchObject({ rows: 4, geocoded: 4, duplicates: 1 });
});

test("a uuid that is spelled otherwise is another one, as for whoever reads the table", async () => {
  const world = await wholeHour();
  world.files.set(
    `${refinedDir()}/a.parquet`,
    await parquet([
      row(1),
      row(2),
      { ...GEOCODED, uuid: "00000000-0000-0000-0000-000000000003" },
    ]),
  );
  const [hour] = await world.verified();
  expect(hour!.counts).toMatchObject({ rows: 3, distinct: 3, lacking: 1 });
});

test("lines that are no events are none, and a line of 10 MB is one", async () => {
  const world = await wholeHour();
  world.files.set(
    `${rawDir()}/a.gz`,
    gz([
      "not JSON",
      '{"uuid": "cut off',
      line(uuid(7).toUpperCase().replace("7", "A")),
      JSON.stringify({ event: { uuid: uuid(8) } }),
      line(uuid(1), { seqId: "none" }),
      line(uuid(2), { title: "\u2028 ä" }),
      line(uuid(3), { event: { text: "x".repeat(10 << 20) } }),
      // Of two keys of one name the last counts.
      line(uuid(9)).replace(/}$/, `,"uuid":"${uuid(1)}"}`),
    ]),
  );
  const [hour] = await world.verified();
  expect(hour!.counts).toMatchObject({ distinct: 3, lacking: 0 });
});

/** Damage to a file, and what the problem says of it. */
const DAMAGE: [string, (bytes: Buffer) => Buffer, string][] = [
  ["cut off", (b) => b.subarray(0, -5), "it is not a whole Parquet file"],
  [
    "of another beginning",
    (b) => Buffer.concat([Buffer.from("PARX"), b.subarray(4)]),
    "it does not begin as a Parquet file does",
  ],
  ["empty", () => Buffer.alloc(0), "it is not a whole Parquet file"],
  [
    "with damaged pages",
    (b) =>
      Buffer.concat([b.subarray(0, 4), Buffer.alloc(60, 255), b.subarray(64)]),
    "its pages are damaged",
  ],
];

test.each(DAMAGE)(
  "a data file that is %s is named and left out, and the others are counted",
  async (_, damage, why) => {
    const world = await wholeHour();
    const good = world.files.get(`${refinedDir()}/a.parquet`)!;
    const next = addHours(HOUR, 1);
    world.files.set(
      `${refinedDir()}/b.parquet`,
      damage(await parquet([row(4)])),
    );
    world.files.set(`${rawDir(next)}/a.gz`, gz([line(uuid(1))]));
    world.files.set(`${refinedDir(next)}/a.parquet`, good);
    const [hour, other] = await world.verified([
      { topic: TOPIC, hours: [HOUR, next] },
    ]);
    expect(hour!.counts).toEqual(WHOLE);
    expect(hour!.problems).toEqual([
      expect.stringMatching(
        new RegExp(
          `^${NAME}: a file is left out: ${refinedDir()}/b.parquet.*${why}`,
        ),
      ),
    ]);
    expect(other).toMatchObject({ problems: [], counts: { rows: 3 } });
  },
);

test.each<[string, (bytes: Buffer) => Buffer]>([
  ["cut off", (b) => b.subarray(0, -9)],
  ["damaged", (b) => Buffer.from(b).fill(255, 30, 50)],
])(
  "a raw file that is %s is named and left out, and the others are counted",
  async (_, damage) => {
    const world = await wholeHour();
    world.files.set(
      `${rawDir()}/b.gz`,
      damage(gz([4, 5, 6].map((n) => line(uuid(n))))),
    );
    const [hour] = await world.verified();
    expect(hour!.counts).toEqual(WHOLE);
    expect(hour!.problems).toEqual([
      expect.stringContaining(`${rawDir()}/b.gz cannot be read`),
    ]);
  },
);

test.each(["raw", "refined"])(
  "a %s file that is gone since it was listed, as after a compaction, has its hour listed once more",
  async (kind) => {
    const world = await wholeHour();
    const path =
      kind === "raw" ? `${rawDir()}/b.gz` : `${refinedDir()}/b.parquet`;
    world.files.set(path, Buffer.from("it will not be read"));
    world.onRead = () => world.files.delete(path);
    const [hour] = await world.verified();
    expect(hour!.counts).toEqual(WHOLE);
    expect(hour!.problems).toEqual([]);
  },
);

test.each(["raw", "refined"])(
  "a %s file that changes again and again is named, and the others are counted",
  async (kind) => {
    const world = await wholeHour();
    const path =
      kind === "raw" ? `${rawDir()}/b.gz` : `${refinedDir()}/b.parquet`;
    world.files.set(path, Buffer.alloc(1000));
    world.onRead = (read) => {
      const file = world.files.get(path)!;
      if (read === path) world.files.set(path, file.subarray(1));
    };
    const [hour] = await world.verified();
    expect(hour!.counts).toEqual(WHOLE);
    expect(hour!.problems).toEqual([
      `${NAME}: a file is left out: ${path} has changed while it was read`,
    ]);
  },
);

test("a file whose footer tells of more rows than it has is a problem", async () => {
  const world = await wholeHour();
  const path = `${refinedDir()}/a.parquet`;
  const file = Buffer.from(world.files.get(path)!);
  // The number of rows of the file, a zigzag varint behind the header of field 3: 3 becomes 4.
  const at = file.indexOf(Buffer.from([0x16, 6, 0x19]), file.length - 1500);
  file[at + 1] = 8;
  world.files.set(path, file);
  const [hour] = await world.verified();
  expect(hour!.problems).toEqual([
    `${NAME}: its data files have 3 rows, and 4 by what they say of themselves`,
  ]);
});

test("a service that does not answer is an outage, and no file's fault", async () => {
  const world = await wholeHour();
  world.onRead = () => {
    throw new Error("HDFS does not answer");
  };
  await expect(world.verified()).rejects.toThrow("HDFS does not answer");
});

test("rows are compared with their events, field by field, where that is asked", async () => {
  const world = await wholeHour();
  world.files.set(
    `${rawDir()}/a.gz`,
    gz([
      line(uuid(1), { event: {}, dt: undefined, schema: "Edit", revision: 1 }),
      line(uuid(2)),
    ]),
  );
  const [hour] = await world.verified(undefined, { deep: [NAME] });
  // Its rows have no schema and no revision.
  expect(hour!.comparison).toMatchObject({ compared: 2, different: 2 });
  expect(hour!.comparison!.problems[0]).toBe(
    `${NAME} ${uuid(1)}: the row differs from its event in schema, revision`,
  );
  expect(hour!.counts).toMatchObject({ rows: 3, distinct: 2 });
});

test("replayed events are found in the rows of their own hour, be they in order or not", async () => {
  const world = await wholeHour();
  const next = addHours(HOUR, 1);
  world.files.set(
    `${refinedDir(next)}/a.parquet`,
    await parquet([row(4), row(5)]),
  );
  const at = (hour: Hour, n: number) => line(uuid(n), { dt: `${hour}:30:00Z` });
  const hours = await world.verified([{ topic: TOPIC, hours: [next, HOUR] }], {
    missing: [
      {
        topic: TOPIC,
        lines: [
          at(next, 4),
          at(HOUR, 1),
          // Its row is in another hour.
          at(HOUR, 5),
          // Its hour is not planned.
          at(addHours(HOUR, 9), 2),
          // It has no time.
          line(uuid(3), { dt: undefined }),
          at(HOUR, 77),
        ],
      },
    ],
  });
  expect(hours.map(({ of, counts }) => [of.hour, counts.found])).toEqual([
    [HOUR, 1],
    [next, 1],
  ]);
});

test("hours that an attempt before has read are not read again, and replayed events are found in those that are left of their topic", async () => {
  const world = await wholeHour();
  const next = addHours(HOUR, 1);
  const rows = await parquet([row(4), row(5)]);
  world.files.set(`${refinedDir(next)}/a.parquet`, rows);
  const read: string[] = [];
  world.onRead = (path) => read.push(path);
  const at = (hour: Hour, n: number) => line(uuid(n), { dt: `${hour}:30:00Z` });
  const lines = [at(HOUR, 1), at(next, 4), at(next, 9)];
  const hours = await world.verified([{ topic: TOPIC, hours: [HOUR, next] }], {
    before: 1,
    missing: [{ topic: TOPIC, lines }],
  });
  expect(hours).toMatchObject([
    { of: { no: 1, hour: next }, counts: { rows: 2, found: 1 } },
  ]);
  expect(new Set(read)).toEqual(new Set([`${refinedDir(next)}/a.parquet`]));
});

test("hours that Spark has counted are told in their place, and their files are not read", async () => {
  const world = await wholeHour();
  const hours = [HOUR, addHours(HOUR, 1), addHours(HOUR, 2)];
  for (const hour of hours.slice(1))
    world.files.set(`${refinedDir(hour)}/a.parquet`, await parquet([row(4)]));
  const read: string[] = [];
  world.onRead = (path) => read.push(path);
  const counts = { ...WHOLE, rows: 77 };
  const unread = "the metastore names another system";
  const found = await world.verified([{ topic: TOPIC, hours }], {
    counted: new Map([[1, { partition: true, counts, unread }]]),
  });
  expect(found).toMatchObject([
    { of: { hour: hours[0] }, counts: WHOLE },
    { of: { hour: hours[1] }, problems: [], counts, unread },
    { of: { hour: hours[2] }, counts: { rows: 1 } },
  ]);
  expect(read.filter((path) => path.includes(refinedDir(hours[1])))).toEqual(
    [],
  );
});

test("rows that are to be compared are read here, whoever has counted them", async () => {
  const [hour] = await (
    await wholeHour()
  ).verified(undefined, {
    deep: [NAME],
    counted: new Map([[0, { partition: true, counts: WHOLE }]]),
  });
  expect(hour!.comparison).toMatchObject({ compared: 3 });
});

test("a verification that is cancelled ends, and leaves no file behind", async () => {
  const world = await wholeHour();
  const env = new MockActivityEnvironment();
  world.onRead = () => env.cancel("CANCELLED");
  const engines = () =>
    readdirSync(tmpdir()).filter((name) =>
      name.startsWith(`sisyphus-duckdb-${process.pid}-`),
    );
  await expect(world.verified(undefined, { env })).rejects.toBeInstanceOf(
    CancelledFailure,
  );
  expect(engines()).toEqual([]);
});

test("where nobody refines, the raw records are the rows: each replayed event must be there, once; others may be there twice", async () => {
  const world = await wholeHour();
  world.unrefined = true;
  world.files.set(`${rawDir()}/b.gz`, gz([3, 4].map((n) => line(uuid(n)))));
  const verified = async (replayed: number[]) => {
    const lines = replayed.map((n) => line(uuid(n)));
    const [hour] = await world.verified(undefined, {
      missing: [{ topic: TOPIC, lines }],
    });
    return hour!;
  };
  expect(await verified([4, 5])).toMatchObject({
    partition: true,
    problems: [],
    counts: { rows: 5, distinct: 4, duplicates: 0, lacking: 0, found: 1 },
  });
  expect((await verified([3])).counts).toMatchObject({
    duplicates: 1,
    found: 1,
  });
});
