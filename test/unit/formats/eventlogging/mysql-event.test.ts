import { execFileSync } from "node:child_process";
import { join } from "node:path";
import {
  capsuleUuid,
  type EventCapsule,
} from "../../../../formats/eventlogging/event-capsule";
import { EventShape } from "../../../../formats/eventlogging/event-shape";
import {
  type ColumnDefinition,
  mysqlColumn,
} from "../../../../formats/eventlogging/mysql-column";
import {
  openColumns,
  readRow,
  timeColumn,
} from "../../../../formats/eventlogging/mysql-event";
import { WHY } from "../../../../formats/eventlogging/mysql-reasons";
import {
  mysqlRow,
  mysqlTable,
} from "../../../../formats/eventlogging/mysql-row";
import {
  mediaWikiTime,
  parseMediaWikiTime,
} from "../../../../formats/eventlogging/mysql-time";

const BINARY = 63;
const UTF8MB4 = 224;
/** Types of columns as the server defines them. */
const TYPES = {
  bool: { type: 1, length: 1, charset: BINARY },
  tinyint: { type: 1, length: 4, charset: BINARY },
  bit: { type: 16, length: 1, charset: BINARY },
  bigint: { type: 8, length: 20, charset: BINARY },
  decimal: { type: 246, length: 12, charset: BINARY },
  float: { type: 4, length: 12, charset: BINARY },
  double: { type: 5, length: 22, charset: BINARY },
  datetime: { type: 12, length: 19, charset: BINARY },
  json: { type: 245, length: 4294967295, charset: BINARY },
  char32: { type: 254, length: 128, charset: UTF8MB4 },
  varchar: { type: 253, length: 4096, charset: UTF8MB4 },
  binary: { type: 254, length: 32, charset: BINARY },
  varbinary: { type: 253, length: 1024, charset: BINARY },
} satisfies Record<string, Omit<ColumnDefinition, "name">>;

type Cell = [type: keyof typeof TYPES, value: string | null];

const UUID = "93e0f58d0c605e90a3c4861b1f00c407";
const EDIT = { schema: "Edit", revision: 17 };
const ROW: Record<string, Cell> = {
  id: ["bigint", "1"],
  uuid: ["char32", UUID],
  timestamp: ["varchar", "20180705031500"],
  wiki: ["varchar", "enwiki"],
};

const shapeOf = (...events: EventCapsule["event"][]) => {
  const shape = new EventShape();
  for (const event of events) shape.learn({ event });
  return shape;
};

/** Values as the server sends them: a character a byte. */
function tableOf(cells: Record<string, Cell>) {
  return {
    columns: Object.entries(cells).map(([name, [type]]) =>
      mysqlColumn({ name, ...TYPES[type] }),
    ),
    row: Object.values(cells).map(([, value]) =>
      value === null ? null : Buffer.from(value, "utf8").toString("latin1"),
    ),
  };
}

const read = (cells: Record<string, Cell>, shape = new EventShape()) => {
  const { columns, row } = tableOf({ ...ROW, ...cells });
  return readRow(columns, row, EDIT, shape);
};

/** The JSON of the `event` of a row, and its doubts. */
function eventText(cells: Record<string, Cell>, shape?: EventShape) {
  const found = read(cells, shape);
  if ("unused" in found) throw new Error(found.unused.why);
  return {
    event: /"event":(\{[^]*\}),"schema"/.exec(found.json)![1],
    doubts: found.doubts.map(({ why }) => why),
  };
}

test("the types of an event are those of the schema's events, and every digit of a number is kept", () => {
  const shape = shapeOf({
    isAnon: false,
    pages: [3],
    text: "[1, 2]",
    userId: 1,
    at: "2018-07-04T09:00:00Z",
    code: "x",
    page: { id: 5, is_new: true },
    width: 2,
  });
  expect(
    eventText(
      {
        event_isAnon: ["bool", "1"],
        event_pages: ["varchar", "[9007199254740993, 1.0]"],
        event_text: ["varchar", "[1, 2]"],
        event_userId: ["bigint", "9007199254740993"],
        event_at: ["datetime", "2018-07-04 10:00:00"],
        event_code: ["bigint", "7"],
        event_page_id: ["bigint", "8"],
        event_page_is_new: ["bool", "0"],
        event_width: ["bool", "1"],
        event_absent: ["bigint", null],
      },
      shape,
    ),
  ).toEqual({
    event:
      '{"isAnon":true,"pages":[9007199254740993,1.0],"text":"[1, 2]","userId":9007199254740993,' +
      '"at":"2018-07-04T10:00:00Z","code":"7","page":{"id":8,"is_new":false},"width":1}',
    doubts: [],
  });
});

test("a JSON column, unsigned, decimal and padded numbers, and texts of any script keep what they hold", () => {
  expect(
    eventText({
      event_list: ["json", '[{"a": 1.50}]'],
      event_word: ["json", '"[1]"'],
      event_none: ["json", "null"],
      event_big: ["bigint", "18446744073709551615"],
      event_price: ["decimal", "00042.50"],
      event_ratio: ["double", "1e20"],
      event_title: ["varchar", 'Ää\u2028"\n'],
      event_raw: ["varbinary", "añb"],
    }),
  ).toEqual({
    event:
      '{"list":[{"a":1.50}],"word":"[1]","big":18446744073709551615,"price":42.50,"ratio":1e20,' +
      '"title":"Ää\u2028\\"\\n","raw":"añb"}',
    doubts: [],
  });
});

test.each<[string, Cell, object | undefined, string | undefined, string]>([
  ["a BOOL that no event shows", ["bool", "1"], undefined, "true", WHY.flag],
  [
    "a BIT(1) that no event shows",
    ["bit", "\u0001"],
    undefined,
    "true",
    WHY.flag,
  ],
  [
    "a DATETIME that no event shows",
    ["datetime", "2018-07-04 10:00:00"],
    undefined,
    '"2018-07-04T10:00:00Z"',
    WHY.time,
  ],
  [
    "an array that was cut off",
    ["varchar", "[1, 2"],
    { f: [1] },
    undefined,
    WHY.unfit,
  ],
  [
    "MediaWiki time where events have a number",
    ["varchar", "20180704100000"],
    { f: 1530698400 },
    undefined,
    WHY.unfit,
  ],
  [
    "a zero date",
    ["datetime", "0000-00-00 00:00:00"],
    { f: "x" },
    undefined,
    WHY.unfit,
  ],
  ["a rounded FLOAT", ["float", "1234570"], { f: 1 }, "1234570", WHY.float],
  [
    "a text that fills its column",
    ["varchar", "ä".repeat(1024)],
    { f: "x" },
    `"${"ä".repeat(1024)}"`,
    WHY.cut,
  ],
])("%s is told", (_, cell, known, value, why) => {
  const shape = known ? shapeOf(known as EventCapsule["event"]) : undefined;
  expect(eventText({ event_f: cell }, shape)).toEqual({
    event: value === undefined ? "{}" : `{"f":${value}}`,
    doubts: [why],
  });
});

test("a field that events have in several types, and columns that two fields share, are told", () => {
  const mixed = shapeOf({ f: 1 }, { f: true });
  expect(eventText({ event_f: ["bool", "1"] }, mixed)).toEqual({
    event: '{"f":true}',
    doubts: [WHY.kinds],
  });
  const shared = shapeOf({ a_b: 1, a: { b: 2 } });
  expect(eventText({ event_a_b: ["bigint", "1"] }, shared)).toEqual({
    event: "{}",
    doubts: [WHY.shared],
  });
});

test("a name with an underscore that no event shows is written flat, with a doubt", () => {
  expect(eventText({ event_page_id: ["bigint", "5"] })).toEqual({
    event: '{"page_id":5}',
    doubts: [WHY.nested],
  });
});

test("a value that is not UTF-8 is left out, and its column named", () => {
  const { columns } = tableOf({ ...ROW, event_f: ["varbinary", ""] });
  const row = [...tableOf(ROW).row, "\u00ff\u00fe"];
  expect(readRow(columns, row, EDIT, new EventShape())).toMatchObject({
    event: { event: {} },
    doubts: [{ why: WHY.bytes, column: "event_f" }],
  });
});

test("the text of an array that no event explains is no guess: the row is not used", () => {
  const cells = { event_f: ["varchar", "[1, 2]"] as Cell };
  expect(read(cells)).toMatchObject({
    uuid: UUID,
    unused: { why: WHY.jsonOrText, column: "event_f" },
  });
  expect(eventText(cells, shapeOf({ f: [7] })).event).toBe('{"f":[1,2]}');
  expect(eventText(cells, shapeOf({ f: "x" })).event).toBe('{"f":"[1, 2]"}');
});

test.each<[string, Cell, string | undefined]>([
  ["CHAR(32)", ["char32", UUID], UUID],
  ["BINARY(32)", ["binary", UUID], UUID],
  ["BINARY, filled up", ["binary", `${UUID}\0\0\0\0`], UUID],
  ["capitals", ["char32", UUID.toUpperCase()], UUID],
  ["dashes", ["varchar", "93e0f58d-0c60-5e90-a3c4-861b1f00c407"], UUID],
  ["no uuid", ["varchar", "12"], undefined],
  ["NULL", ["char32", null], undefined],
])("a uuid as %s", (_, cell, uuid) => {
  const found = read({ uuid: cell });
  if (uuid === undefined)
    expect(found).toMatchObject({ unused: { why: WHY.noUuid } });
  else expect(found).toMatchObject({ event: { uuid } });
});

test("a uuid as its 16 bytes is read, though it ends with a zero", () => {
  const uuid = `${UUID.slice(0, 30)}00`;
  const { columns } = tableOf({ ...ROW, uuid: ["varbinary", ""] });
  const { row } = tableOf(ROW);
  row[1] = Buffer.from(uuid, "hex").toString("latin1");
  expect(readRow(columns, row, EDIT, new EventShape())).toMatchObject({
    uuid,
    event: { uuid },
  });
});

test.each<[string, Cell, string | undefined]>([
  ["MediaWiki time", ["varchar", "20180704100000"], "2018-07-04T10:00:00Z"],
  [
    "MediaWiki time in BINARY",
    ["binary", "20180704100000"],
    "2018-07-04T10:00:00Z",
  ],
  [
    "MediaWiki time in BIGINT",
    ["bigint", "20180704100000"],
    "2018-07-04T10:00:00Z",
  ],
  ["DATETIME", ["datetime", "2018-07-04 10:00:00"], "2018-07-04T10:00:00Z"],
  [
    "DATETIME(6)",
    ["datetime", "2018-07-04 10:00:00.250000"],
    "2018-07-04T10:00:00.250000Z",
  ],
  [
    "DATETIME(3) without a fraction",
    ["datetime", "2018-07-04 10:00:00.000"],
    "2018-07-04T10:00:00Z",
  ],
  [
    "ISO 8601 in another zone",
    ["varchar", "2018-07-04T12:00:00+02:00"],
    "2018-07-04T12:00:00+02:00",
  ],
  ["epoch seconds", ["bigint", "1530698400"], "2018-07-04T10:00:00Z"],
  [
    "epoch milliseconds as text",
    ["varchar", "1530698400000"],
    "2018-07-04T10:00:00Z",
  ],
  ["a zero date", ["datetime", "0000-00-00 00:00:00"], undefined],
  ["no time", ["varchar", "yesterday"], undefined],
  ["NULL", ["varchar", null], undefined],
])("a time as %s", (_, cell, dt) => {
  const found = read({ timestamp: cell });
  if (dt === undefined)
    expect(found).toMatchObject({ uuid: UUID, unused: { why: WHY.noTime } });
  else
    expect(found).toMatchObject({
      event: { dt },
      ms: Date.parse("2018-07-04T10:00:00Z") + (dt.includes(".25") ? 250 : 0),
    });
});

test("no worker's time zone moves a time", () => {
  const script = `
    const { readRow } = require("./formats/eventlogging/mysql-event");
    const { mysqlColumn } = require("./formats/eventlogging/mysql-column");
    const { EventShape } = require("./formats/eventlogging/event-shape");
    const column = (name, type, charset) => mysqlColumn({ name, type, length: 128, charset });
    const columns = [column("uuid", 254, 224), column("timestamp", 12, 63), column("event_at", 12, 63)];
    const time = "2018-07-04 10:00:00";
    const { event } = readRow(columns, ["${UUID}", time, time], { schema: "Edit", revision: 1 }, new EventShape());
    console.log(new Date(2018, 6, 4, 10).toISOString(), event.dt, event.event.at);`;
  const printed = execFileSync(
    process.execPath,
    ["--import", "tsx", "--eval", script],
    {
      cwd: join(__dirname, "../../../.."),
      env: { ...process.env, TZ: "America/Los_Angeles" },
      encoding: "utf8",
    },
  );
  expect(printed.trim().split(" ")).toEqual([
    "2018-07-04T17:00:00.000Z",
    "2018-07-04T10:00:00Z",
    "2018-07-04T10:00:00Z",
  ]);
}, 30_000);

test("fields of the capsule keep their types, whatever their column; a user agent that was cut off stays a text", () => {
  const agent = '{"browser_family": "Firefox", "is_bot": false}';
  expect(
    read({
      webHost: ["varbinary", "en.wikipedia.org"],
      userAgent: ["varchar", agent],
      seqId: ["varchar", "12"],
      clientValidated: ["bool", "1"],
    }),
  ).toMatchObject({
    event: {
      webHost: "en.wikipedia.org",
      userAgent: { browser_family: "Firefox", is_bot: false },
      seqId: 12,
      clientValidated: true,
    },
    doubts: [],
  });
  expect(read({ userAgent: ["varchar", agent.slice(0, 20)] })).toMatchObject({
    event: { userAgent: agent.slice(0, 20) },
  });
});

test("a row without a wiki is used with a doubt, and one that gives no event is not used", () => {
  expect(read({ wiki: ["varchar", null] })).toMatchObject({
    event: { wiki: "" },
    doubts: [{ why: WHY.wiki, column: "wiki" }],
  });
  expect(read({ seqId: ["double", "1.5"] })).toMatchObject({
    unused: { why: WHY.noEvent, column: "seqId" },
  });
});

test("what rows leave open is asked of events: of booleans, arrays, times and nested names before all", () => {
  const { columns, row } = tableOf({
    ...ROW,
    event_f: ["bool", "1"],
    event_list: ["varchar", "[1]"],
    event_at: ["datetime", "2018-07-04 10:00:00"],
    event_page_id: ["bigint", "1"],
    event_n: ["bigint", "1"],
    event_null: ["bool", null],
    event_known: ["bool", "1"],
  });
  expect(openColumns(columns, [row], shapeOf({ known: true }))).toEqual({
    unknown: ["event_f", "event_list", "event_at", "event_page_id", "event_n"],
    needed: ["event_f", "event_list", "event_at", "event_page_id"],
  });
  expect(timeColumn(columns)?.name).toBe("timestamp");
});

test("the row that EventLogging writes gives its event back without ip, recvFrom and seqId", () => {
  expect(mysqlTable({ schema: "Gather-Clicks", revision: 12 })).toBe(
    "Gather_Clicks_12",
  );
  const dt = "2018-06-26T18:03:07";
  const event: EventCapsule = {
    ...EDIT,
    dt,
    event: { action: "init", n: 3, page: { id: 4 }, isAnon: true, list: [1] },
    ip: "81.2.69.142",
    recvFrom: "cp1066",
    seqId: 1,
    uuid: capsuleUuid("cp1066", 1, dt),
    wiki: "enwiki",
  };
  const written = mysqlRow(event);
  expect(written).toMatchObject({ timestamp: "20180626180307" });
  const cells = Object.entries(written).map(([name, value]): [string, Cell] => [
    name,
    typeof value === "boolean"
      ? ["bool", value ? "1" : "0"]
      : [typeof value === "number" ? "bigint" : "varchar", String(value)],
  ]);
  const { ip: _, recvFrom: __, seqId: ___, ...kept } = event;
  expect(read(Object.fromEntries(cells), shapeOf(event.event))).toMatchObject({
    event: { ...kept, dt: `${dt}Z` },
    doubts: [],
  });
  expect(parseMediaWikiTime(mediaWikiTime(1530036187000))).toBe(1530036187000);
  expect(parseMediaWikiTime("20180626")).toBeUndefined();
});
