import {
  readConnectorStatus,
  readRefusal,
  readSinkOffsets,
  readSinkSettings,
  writeSinkOffsets,
} from "../../../../formats/connect/answers";
import { shortTrace } from "../../../../formats/connect/trace";
import { FormatError } from "../../../../formats/format-error";
import {
  CONNECTOR_CONFIG,
  REFUSAL,
  SINK_OFFSETS,
  STOPPED_STATUS,
  TRACE,
} from "../../../fuzz/seeds/connect";

test("offsets are read exactly, as numbers or as text", () => {
  expect(readSinkOffsets(SINK_OFFSETS)).toHaveLength(2);
  const of = (offset: string) =>
    readSinkOffsets(
      `{"offsets":[{"partition":{"kafka_topic":"t","kafka_partition":0},"offset":{"kafka_offset":${offset}}}]}`,
    )[0]?.offset;
  expect(of("9007199254740993")).toBe("9007199254740993");
  expect(of('"00199"')).toBe("199");
  for (const wrong of ["-1", "1.5", "1e3", '"x"', "null", "true"])
    expect(() => of(wrong)).toThrow(FormatError);
});

test("a source's offsets are none of a sink's", () => {
  expect(() =>
    readSinkOffsets(
      '{"offsets":[{"partition":{"filename":"/a"},"offset":{"position":3}}]}',
    ),
  ).toThrow("not a sink's offsets: offsets.0.partition.kafka_topic");
});

test("offsets go to Connect as text", () => {
  expect(
    writeSinkOffsets([
      { topic: "t", partition: 1, offset: "9007199254740993" },
    ]),
  ).toBe(
    '{"offsets":[{"partition":{"kafka_topic":"t","kafka_partition":1},"offset":{"kafka_offset":"9007199254740993"}}]}',
  );
});

test("a stopped connector has no tasks, a refusal a code, and a configuration little to tell", () => {
  expect(readConnectorStatus(STOPPED_STATUS)).toEqual({
    connector: { state: "STOPPED" },
    tasks: [],
    isSink: true,
  });
  expect(readRefusal(REFUSAL)).toEqual({
    code: 404,
    message: "Connector nope not found",
  });
  expect(readRefusal("<html>")).toBeUndefined();
  expect(Object.keys(readSinkSettings(CONNECTOR_CONFIG))).toEqual(["class"]);
});

test("a trace is told by classes and the innermost place, and none of its messages", () => {
  expect(shortTrace(TRACE)).toBe(
    "org.apache.kafka.connect.errors.ConnectException, by org.apache.hadoop.security.AccessControlException, at io.confluent.connect.hdfs.storage.HdfsStorage.commit",
  );
  const many = Array.from({ length: 9 }, (_, i) => `Caused by: a.B${i}: x`);
  expect(shortTrace(many.join("\n"))).toBe(
    "a.B0, by a.B1, by …, by a.B7, by a.B8",
  );
  expect(shortTrace("hunter2")).not.toContain("hunter2");
});
