import type { Hdfs } from "../../../clients/hdfs/hdfs";
import type { Dataset } from "../../../domain/settings/dataset";
import { steeringOf } from "../../../importers/importer";
import { createImporter } from "../../../importers/registry";

/** Directories and what lies in them. */
const hdfsOf = (tree: Record<string, string[]>) =>
  ({
    list: async (dir: string) =>
      tree[dir]?.map((name) => ({ name, type: "DIRECTORY" })),
  }) as unknown as Hdfs;

const importerOf = (kind: string, hdfs = hdfsOf({}), config = {}) =>
  createImporter(hdfs, {
    kind: kind as "camus",
    command: ["camus"],
    historyPath: "/history",
    log: "/none",
    jobNames: "camus",
    timeZone: "UTC",
    extensions: [],
    ...config,
  });

const DATASET = { topic: "t", rawDir: "/raw/t" } as Dataset;

test("an unknown kind of importer is an error that names the kinds, never another kind", () => {
  for (const kind of ["flume", "toString"])
    expect(() => importerOf(kind)).toThrow(
      `importer.kind: there is no importer "${kind}"; there are camus, confluent-hdfs, gobblin`,
    );
});

test.each([
  ["camus", "/raw/t/2018/07/05", "/raw/t/2018/07/05/03", "03"],
  [
    "confluent-hdfs",
    "/raw/t/year=2018/month=07/day=05",
    "/raw/t/year=2018/month=07/day=05/hour=03",
    "hour=03",
  ],
])(
  "%s lays an hour out where its day's directory says",
  (kind, dayDir, hourDir, entry) => {
    const importer = importerOf(kind);
    expect(importer.dayDir(DATASET, "2018-07-05")).toBe(dayDir);
    expect(importer.hourDir(DATASET, "2018-07-05T03")).toBe(hourDir);
    expect(`${dayDir}/${entry}`).toBe(hourDir);
    expect(importer.hourOf("2018-07-05", entry)).toBe("2018-07-05T03");
    expect(importer.hourOf("2018-07-05", "_tmp")).toBeUndefined();
  },
);

test.each([
  [
    "camus",
    {
      "/raw/t": ["2018", "_tmp"],
      "/raw/t/2018": ["07"],
      "/raw/t/2018/07": ["04", "05"],
    },
  ],
  [
    "confluent-hdfs",
    {
      "/raw/t": ["year=2018", "+tmp"],
      "/raw/t/year=2018": ["month=07"],
      "/raw/t/year=2018/month=07": ["day=04", "day=05"],
    },
  ],
])("%s names every day that has a directory", async (kind, tree) => {
  const importer = importerOf(kind, hdfsOf(tree));
  expect(await importer.days(DATASET)).toEqual(["2018-07-04", "2018-07-05"]);
  expect(await importer.days({ ...DATASET, rawDir: "/none" })).toEqual([]);
});

test("what a raw file's name says is judged by its own importer", () => {
  const hour = "2018-07-05T02";
  const camusName = "t.1001.0.123.456.1530756000000";
  const connectorName = "t+0+0000000100+0000000199.json";
  expect(importerOf("camus").parse(camusName, hour)).toEqual({
    partition: 0,
    end: "456",
    count: 123,
  });
  expect(importerOf("camus").parse(camusName, "2018-07-05T03")).toEqual({
    problem: `${camusName} belongs to 2018-07-05T02`,
  });
  expect(importerOf("camus").parse(connectorName, hour)).toEqual({
    problem: `${connectorName} is not a name that Camus writes`,
  });
  expect(importerOf("confluent-hdfs").parse(connectorName, hour)).toEqual({
    partition: 0,
    start: "100",
    end: "200",
    count: 100,
    atMost: true,
  });
  expect(importerOf("confluent-hdfs").parse(camusName, hour)).toEqual({
    problem: `${camusName} is not a name that the HDFS connector writes`,
  });
});

test("a backfill can steer Camus and Gobblin and is refused the connector where Connect is not to be asked", () => {
  for (const kind of ["camus", "gobblin"])
    expect(steeringOf(importerOf(kind))).toHaveProperty("putBack");
  expect(() => steeringOf(importerOf("confluent-hdfs"))).toThrow(
    "keeps no positions that a backfill could put back",
  );
});

test("a saga's run takes its topics alone, from the earliest offset where Kafka has its position no more", () => {
  const of = (kind: string) =>
    steeringOf(importerOf(kind)).settings(["eqiad.a", "b"]);
  expect(of("camus")).toEqual({
    "kafka.move.to.earliest.offset": "true",
    "kafka.max.historical.days": "-1",
    "kafka.whitelist.topics": "eqiad\\.a,b",
  });
  expect(of("gobblin")).toEqual({
    "topic.whitelist": "eqiad\\.a,b",
    "reset.on.offset.out.of.range": "earliest",
    "bootstrap.with.offset": "earliest",
  });
});

test("the connector stands after the last offset of its files", async () => {
  const importer = importerOf("confluent-hdfs");
  const file = (partition: number, end: string) => ({
    partition,
    end,
    count: 1,
    name: "",
    length: 1,
    mtime: 0,
  });
  const positions = importer.positions(await importer.state(), "t", [
    file(0, "9"),
    file(0, "10"),
    file(1, "3"),
  ]);
  expect(positions).toEqual(
    new Map([
      [0, { offset: "10" }],
      [1, { offset: "3" }],
    ]),
  );
});

// Camus names hours in America/Los_Angeles and writes Avro where nothing else is said.
test("an hour of another time zone is found where its importer has put it", () => {
  for (const [kind, dayDir, hourDir] of [
    ["camus", "/raw/t/2018/07/04", "/raw/t/2018/07/04/20"],
    [
      "confluent-hdfs",
      "/raw/t/year=2018/month=07/day=04",
      "/raw/t/year=2018/month=07/day=04/hour=20",
    ],
  ] as const) {
    const importer = importerOf(kind, hdfsOf({}), {
      timeZone: "America/Los_Angeles",
    });
    const hour = "2018-07-05T03";
    expect(importer.dayOf(hour)).toBe("2018-07-04");
    expect(importer.dayDir(DATASET, importer.dayOf(hour))).toBe(dayDir);
    expect(importer.hourDir(DATASET, hour)).toBe(hourDir);
    const entry = hourDir.slice(dayDir.length + 1);
    expect(importer.hourOf("2018-07-04", entry)).toBe(hour);
  }
});

test("Camus' files are counted whatever its writer's extension, and others where they are configured", () => {
  const hour = "2018-07-05T02";
  const name = "t.1001.0.123.456.1530756000000";
  for (const extension of [".avro", ".bz2", ".zst", ".lz4", ".lzo_deflate"])
    expect(importerOf("camus").parse(`${name}${extension}`, hour)).toEqual({
      partition: 0,
      end: "456",
      count: 123,
    });
  expect(importerOf("camus").parse(`${name}.json.gz`, hour)).toHaveProperty(
    "problem",
  );
  const configured = importerOf("camus", hdfsOf({}), {
    extensions: [".json.gz"],
  });
  expect(configured.parse(`${name}.json.gz`, hour)).not.toHaveProperty(
    "problem",
  );
});
