import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MockActivityEnvironment } from "@temporalio/testing";
import { createCollectActivities } from "../../../../../activities/backfill/search/collect";
import { fatal } from "../../../../../clients/errors";
import { EventArchive } from "../../../../../clients/event-archive";
import { Storage } from "../../../../../clients/storage";
import type { Collected } from "../../../../../domain/backfill/missing";
import { parseCandidate } from "../../../../../formats/candidate";
import {
  type MysqlColumn,
  mysqlColumn,
} from "../../../../../formats/eventlogging/mysql-column";
import { WHY } from "../../../../../formats/eventlogging/mysql-reasons";
import { MemoryFiles } from "../../../../support/memory-hdfs";

const RANGE = { since: "2018-07-05T01", until: "2018-07-05T03" };
const EDIT = { topic: "eventlogging_Edit", schema: "Edit" };
const TEXT = { length: 4096, charset: 224 };
const COLUMNS = [
  { name: "id", type: 8, length: 20, charset: 63 },
  { name: "uuid", type: 254, ...TEXT },
  { name: "timestamp", type: 253, ...TEXT },
  { name: "wiki", type: 253, ...TEXT },
  { name: "event_isAnon", type: 1, length: 1, charset: 63 },
  { name: "event_pages", type: 253, ...TEXT },
].map(mysqlColumn);

const uuid = (digit: string) => digit.repeat(32);
const row = (
  digit: string,
  pages: string | null = null,
  at = "20180705013000",
) => [digit, uuid(digit), at, "enwiki", "1", pages];
/** An event as a raw hour or the archive has it. */
const line = (event: object, revision = 17) =>
  `${JSON.stringify({
    dt: "2018-06-30T01:30:00Z",
    event,
    revision,
    schema: "Edit",
    uuid: uuid("f"),
    wiki: "enwiki",
  })}\n`;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "collect-mysql-test-"));
});
afterEach(() => rm(dir, { recursive: true }));

/** A saga's search with a table of these rows, raw hours of these texts, and the archive in `dir`. */
function host(rows: (string | null)[][], raw: Record<string, string> = {}) {
  const files = new MemoryFiles();
  const storage = new Storage(files.hdfs, "/sisyphus");
  const asked: string[] = [];
  const archive = new EventArchive([join(dir, "*")]);
  const archiveReads = jest.spyOn(archive, "events");
  const mysql = {
    columns: COLUMNS,
    undated: 0,
    rows: jest.fn(),
    replica: undefined,
    passedOver: [],
    close: jest.fn(async () => undefined),
  } as {
    columns: MysqlColumn[];
    undated: number;
    rows: jest.Mock;
    replica: string | undefined;
    passedOver: string[];
    close: jest.Mock;
  };
  mysql.rows.mockImplementation(async () => ({ columns: mysql.columns, rows }));
  const open = jest.fn(async () => ({
    replica: mysql.replica,
    passedOver: mysql.passedOver,
  }));
  const client = {
    open,
    close: mysql.close,
    tables: async () => [{ name: "Edit_17", revision: 17 }],
    columns: async () => mysql.columns,
    keys: async () => ({ from: 1n, to: 9n }),
    undatedRows: async () => mysql.undated,
    rowCount: async () => 7,
    rowsInRange: async () => 5,
    rows: mysql.rows,
  };
  const hdfs = {
    list: async (path: string) => {
      asked.push(path);
      const text = raw[path.slice("/raw/eventlogging_Edit/".length)];
      return text === undefined
        ? undefined
        : [{ name: "f", type: "FILE", length: Buffer.byteLength(text) }];
    },
    readExactly: async (path: string, at: number, length: number) => {
      const text = raw[path.slice("/raw/eventlogging_Edit/".length, -2)]!;
      if (text === "damaged") throw fatal("BadFormat", `${path} is damaged`);
      return Buffer.from(text).subarray(at, at + length);
    },
  };
  const env = new MockActivityEnvironment({
    workflowExecution: { workflowId: "backfill/july-5", runId: "r" },
  });
  return {
    asked,
    archiveReads,
    mysql,
    open,
    collect: async (topics = [EDIT]) => {
      const activities = createCollectActivities({
        config: {
          archive: { host: "eventlog1002:1" },
          naming: {
            topicPattern: "eventlogging_(.+)",
            rawPath: "/raw/{topic}",
            refinedPath: "/refined/{table}",
            database: "event",
          },
        },
        archive,
        hdfs,
        source: {
          hourDir: ({ rawDir }: { rawDir: string }, hour: string) =>
            `${rawDir}/${hour}`,
        },
        storage,
        openMysql: () => client,
      } as unknown as Parameters<typeof createCollectActivities>[0]);
      const { ref } = (await env.run(activities.collectMysql, {
        topics,
        range: RANGE,
      })) as { ref: string };
      const { refs, mysqlRows } = await storage.readRef<Collected>(ref);
      const texts = await Promise.all(refs.map((r) => storage.readRefText(r)));
      const events = texts
        .flatMap((text) => text.trimEnd().split("\n"))
        .map((text) => JSON.parse(parseCandidate(text).json) as object);
      return { events, mysqlRows };
    },
  };
}

test("a saga that looks for nothing does not ask MySQL, which may be down or have nothing yet", async () => {
  const { collect, open } = host([row("a")]);
  expect(await collect([])).toEqual({ events: [], mysqlRows: undefined });
  expect(open).not.toHaveBeenCalled();
});

test("types are those of the range's raw hours, and nothing else is read where these tell them", async () => {
  const { collect, asked, archiveReads } = host([row("a", "[1, 2]")], {
    "2018-07-05T02": line({ isAnon: false, pages: [] }),
  });
  const { events, mysqlRows } = await collect();
  expect(events).toEqual([
    {
      dt: "2018-07-05T01:30:00Z",
      event: { isAnon: true, pages: [1, 2] },
      ...{ schema: "Edit", revision: 17, uuid: uuid("a"), wiki: "enwiki" },
    },
  ]);
  expect(mysqlRows).toBeUndefined();
  expect(asked).toEqual(["/raw/eventlogging_Edit/2018-07-05T02"]);
  expect(archiveReads).not.toHaveBeenCalled();
});

test("where the range has none, the week before tells, past hours that cannot be read", async () => {
  const { collect } = host([row("a", "[1, 2]")], {
    "2018-07-05T00": "damaged",
    "2018-06-29T07": line({ pages: "[]", isAnon: false }),
  });
  expect((await collect()).events).toMatchObject([
    { event: { isAnon: true, pages: "[1, 2]" } },
  ]);
});

test("where no raw hour tells, the archive does, and only events of the same revision count", async () => {
  await writeFile(
    join(dir, "all-events.log"),
    line({ pages: "x" }, 16) + line({ pages: [1], isAnon: false }),
  );
  const { collect } = host([row("a", "[1, 2]")]);
  expect((await collect()).events).toMatchObject([
    { event: { pages: [1, 2] } },
  ]);
});

test("rows that are not used are counted with the reason, and so are doubts; rows of other hours are neither", async () => {
  const { collect } = host([
    row("a", "[1, 2]"),
    row("b"),
    row("c"),
    row("d", "[1, 2]", "2018-07-05T04:30:00Z"),
    ["5", "no uuid", "20180705013000", "enwiki", "1", null],
  ]);
  const { events, mysqlRows } = await collect();
  expect(events).toMatchObject([{ uuid: uuid("b") }, { uuid: uuid("c") }]);
  const about = { table: "Edit_17", used: false };
  expect(mysqlRows).toEqual({
    unused: 2,
    doubtful: 2,
    more: 0,
    remarks: [
      {
        ...about,
        column: "event_pages",
        why: WHY.jsonOrText,
        rows: 1,
        uuids: [uuid("a")],
      },
      { ...about, column: "uuid", why: WHY.noUuid, rows: 1, uuids: [] },
      {
        ...about,
        column: "event_isAnon",
        why: WHY.flag,
        used: true,
        rows: 2,
        uuids: [uuid("b"), uuid("c")],
      },
    ],
  });
});

test("tables and rows that nothing leads to are counted, too", async () => {
  const { collect, mysql } = host([]);
  const whys = async () => {
    const { mysqlRows } = await collect();
    return mysqlRows?.remarks.map(({ rows, why }) => [rows, why]);
  };
  mysql.undated = 3;
  mysql.columns = COLUMNS.filter(({ name }) => name !== "id");
  expect(await whys()).toEqual([
    [5, "the table has no column `id`, by which rows are read"],
    [
      3,
      "no time that can be read: whether the rows lie in the range cannot be told",
    ],
  ]);
  const other = host([]);
  other.mysql.columns = COLUMNS.filter(({ name }) => name !== "timestamp");
  expect((await other.collect()).mysqlRows).toMatchObject({ unused: 7 });
});

test("a unit that is done is not read again, and keeps what was said of its rows", async () => {
  const { collect, mysql } = host([row("a", "[1, 2]")]);
  const first = await collect();
  expect(await collect()).toEqual(first);
  expect(mysql.rows).toHaveBeenCalledTimes(1);
});

test("what a replica that lagged behind has recorded is not taken for what another one has", async () => {
  const { collect, mysql } = host([row("a", "[1, 2]")], {
    "2018-07-05T02": line({ isAnon: false, pages: [] }),
  });
  const uuids = async () =>
    (await collect()).events.map((event) => (event as { uuid: string }).uuid);
  mysql.replica = "db1_3306";
  expect(await uuids()).toEqual([uuid("a")]);
  // db1 is gone in the middle, and the next attempt asks db2, which has one row more among the same keys.
  mysql.rows.mockImplementation(async () => ({
    columns: mysql.columns,
    rows: [row("a", "[1, 2]"), row("b", "[3]")],
  }));
  mysql.replica = "db2_3306";
  mysql.passedOver = ["MySQL at db1:3306: connect ECONNREFUSED"];
  expect(await uuids()).toEqual([uuid("a"), uuid("b")]);
  mysql.replica = "db1_3306";
  expect(await uuids()).toEqual([uuid("a")]);
  expect(mysql.close).toHaveBeenCalledTimes(3);
});
