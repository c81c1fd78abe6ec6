import fc from "fast-check";
import {
  ByteReader,
  decodeModifiedUtf8,
  encodeModifiedUtf8,
} from "../../../formats/hadoop/bytes";
import { parseOutOfRange } from "../../../formats/camus/camus-log";
import { parseCamusFileName } from "../../../formats/camus/camus-file-name";
import {
  capsuleTime,
  capsuleUuid,
  parseCapsuleLine,
} from "../../../formats/eventlogging/event-capsule";
import {
  eventOfRow,
  mediaWikiTime,
  mysqlRow,
  mysqlTable,
  parseMediaWikiTime,
} from "../../../formats/eventlogging/mysql-row";

test("modified UTF-8 carries every string, NUL and astral characters included", () => {
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      (s) => decodeModifiedUtf8(encodeModifiedUtf8(s)) === s,
    ),
  );
  expect(encodeModifiedUtf8("\0")).toEqual(Buffer.from("c080", "hex"));
  expect(encodeModifiedUtf8("😀")).toEqual(Buffer.from("eda0bdedb880", "hex"));
});

test("Hadoop's vlongs are read as WritableUtils writes them", () => {
  const read = (hex: string) => new ByteReader(Buffer.from(hex, "hex")).vlong();
  expect([
    read("00"),
    read("7f"),
    read("90"),
    read("8f80"),
    read("8e0100"),
    read("8780"),
  ]).toEqual([0n, 127n, -112n, 128n, 256n, -129n]);
});

test("a Camus file name is read from its right end", () => {
  expect(
    parseCamusFileName(
      "eventlogging_NavigationTiming.1001.0.123.9007199254740993.1530756000000",
    ),
  ).toEqual({
    topic: "eventlogging_NavigationTiming",
    leaderId: "1001",
    partition: 0,
    count: 123,
    offset: "9007199254740993",
    hour: "2018-07-05T02",
    extension: "",
  });
  expect(
    parseCamusFileName(
      "eqiad.mediawiki.revision-create.1.11.5.6.1530756000000.gz",
    ),
  ).toMatchObject({
    topic: "eqiad.mediawiki.revision-create",
    partition: 11,
    extension: ".gz",
  });
  for (const bad of [
    "_IMPORTED",
    "part-00000",
    "t.1.0.1.2.1530756000001",
    "t.1.0.x.2.1530756000000",
  ])
    expect(parseCamusFileName(bad)).toBeUndefined();
});

test("uuids are EventLogging's own", () => {
  expect(capsuleUuid("fenari", 12345, "2013-01-21T18:10:34.912000")).toBe(
    "93e0f58d0c605e90a3c4861b1f00c407",
  );
  expect(capsuleUuid("srv0.example.org", 132073, "2013-01-19T23:16:38Z")).toBe(
    "749684341abf513186c71f74c6a09502",
  );
  expect(capsuleUuid("srv0.example.org", 132073, "2013-01-19T23:16:38")).toBe(
    "e6b17e1f661155bd8523d14c87d0600b",
  );
});

const EVENT = {
  dt: "2018-06-26T18:03:07Z",
  event: { action: "init", n: 3 },
  ip: "81.2.69.142",
  recvFrom: "cp1066",
  revision: 1,
  schema: "Edit",
  seqId: 1,
  uuid: "93e0f58d0c605e90a3c4861b1f00c407",
  wiki: "enwiki",
};

test("a truncated archive line is not an event, and says so", () => {
  const line = JSON.stringify(EVENT);
  expect(parseCapsuleLine(line)).toEqual({ event: EVENT });
  expect(parseCapsuleLine(line.slice(0, 60))).toEqual({
    error: "not JSON (truncated or corrupt)",
  });
  expect(parseCapsuleLine('{"event": []}')).toHaveProperty("error");
});

test("an event without a zone in its time is of UTC", () => {
  expect(capsuleTime({ dt: "2018-06-26T18:03:07" })).toBe(
    Date.parse("2018-06-26T18:03:07Z"),
  );
  expect(capsuleTime({ timestamp: 1530036187 })).toBe(1530036187000);
  expect(capsuleTime({ dt: "yesterday" })).toBeUndefined();
});

test("a MySQL row gives its event back without ip, recvFrom and seqId", () => {
  expect(mysqlTable({ schema: "Gather-Clicks", revision: 12 })).toBe(
    "Gather_Clicks_12",
  );
  const row = mysqlRow(EVENT);
  expect(row).toMatchObject({
    event_action: "init",
    event_n: 3,
    timestamp: "20180626180307",
  });
  expect(eventOfRow({ id: 1, ...row }, "Edit", 1)).toEqual({
    dt: EVENT.dt,
    event: EVENT.event,
    revision: 1,
    schema: "Edit",
    uuid: EVENT.uuid,
    wiki: "enwiki",
  });
  expect(parseMediaWikiTime(mediaWikiTime(1530036187000))).toBe(1530036187000);
  expect(parseMediaWikiTime("20180626")).toBeUndefined();
});

test("the same Camus error line means skipped, new or moved, by the line after it", () => {
  const range = (topic: string) =>
    `18/06/26 21:05:01 ERROR mapred.EtlInputFormat: The earliest offset was found to be more than the current offset: ${topic}\turi:tcp://h:9092\tleader:1001\tpartition:0\tearliest_offset:174\toffset:100\tlatest_offset:200\tavg_msg_size:512\testimated_size:1`;
  const decision = (moved: boolean, unset: boolean) =>
    `18/06/26 21:05:01 INFO mapred.EtlInputFormat: move_to_earliest: ${moved} offset_unset: ${unset}`;
  const found = parseOutOfRange([
    range("a"),
    decision(false, false),
    range("b"),
    decision(false, true),
    range("c"),
    decision(true, false),
  ]);
  expect(found.map((f) => [f.topic, f.decision])).toEqual([
    ["a", "skipped"],
    ["b", "new"],
    ["c", "moved"],
  ]);
  expect(found[0]).toMatchObject({
    earliestOffset: "174",
    offset: "100",
    time: Date.parse("2018-06-26T21:05:01Z"),
  });
});
