import {
  isOutOfRangeLine,
  parseOutOfRange,
} from "../../../../formats/camus/camus-log";

test("the same Camus error line means skipped, new or moved, by the line after it", () => {
  const range = (topic: string) =>
    `18/06/26 21:05:01 ERROR mapred.EtlInputFormat: The earliest offset was found to be more than the current offset: ${topic}\turi:tcp://h:9092\tleader:1001\tpartition:0\tearliest_offset:174\toffset:100\tlatest_offset:200\tavg_msg_size:512\testimated_size:1`;
  const decision = (moved: boolean, unset: boolean) =>
    `18/06/26 21:05:01 INFO mapred.EtlInputFormat: move_to_earliest: ${moved} offset_unset: ${unset}`;
  const lines = [
    range("a"),
    decision(false, false),
    range("b"),
    decision(false, true),
    range("c"),
    decision(true, false),
  ];
  const found = parseOutOfRange(lines);
  expect(lines.every(isOutOfRangeLine)).toBe(true);
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

test("a line with a time or partition that cannot be says nothing", () => {
  const line = (date: string, partition: string) =>
    `${date} ERROR mapred.EtlInputFormat: The earliest offset was found to be more than the current offset: a\turi:tcp://h:9092\tpartition:${partition}\tearliest_offset:174\toffset:100\tlatest_offset:200\t`;
  const decision = "INFO move_to_earliest: false offset_unset: false";
  const found = (date: string, partition: string) =>
    parseOutOfRange([line(date, partition), decision]);
  expect(found("18/06/26 21:05:01", "0")).toHaveLength(1);
  expect(found("18/99/26 21:05:01", "0")).toEqual([]);
  expect(found("18/06/26 21:05:01", "9".repeat(400))).toEqual([]);
});
