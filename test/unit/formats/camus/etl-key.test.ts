import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import {
  furthest,
  readCamusErrors,
  readCamusOffsets,
} from "../../../../formats/camus/etl-key";
import { FormatError } from "../../../../formats/format-error";
import { partitionKey } from "../../../../lib/keys";
import { int, long, SYNC, text, utf } from "../hadoop/writables";

/** Written by the sandbox's importer with Hadoop 3.4.3. */
const fixture = (name: string) =>
  readFileSync(join(__dirname, "..", "..", "..", "fixtures", name));

test("stored offsets are those the importer wrote", () => {
  const keys = readCamusOffsets(fixture("offsets-previous"));
  expect(keys.map((k) => k.topic)).toContain("eventlogging_Gather-Clicks");
  const edit = keys.find((k) => k.topic === "eventlogging_Edit")!;
  expect(edit).toMatchObject({
    partition: 0,
    leaderId: "",
    beginOffset: String(BigInt(edit.offset) - 1n),
  });
  expect(new Date(edit.time).toISOString()).toMatch(/^2018-06-25T05:/);
  expect(readCamusErrors(fixture("errors-m-00000"))).toEqual([]);
});

test("the next run starts at the maximum over a run's files", () => {
  const best = furthest([
    ...readCamusOffsets(fixture("offsets-previous")),
    ...readCamusOffsets(fixture("offsets-m-00000")),
  ]);
  const ran = readCamusOffsets(fixture("offsets-m-00000")).find(
    (k) => k.topic === "eventlogging_Edit",
  )!;
  expect(best.get(partitionKey("eventlogging_Edit", 0))).toEqual(ran);
});

const etlKey = (topic: string, offset: bigint, map = Buffer.alloc(0)) =>
  Buffer.concat([
    utf(""),
    int(3),
    long(offset - 1n),
    long(offset),
    long(0n),
    utf(topic),
    long(1530000000000n),
    utf(""),
    utf(""),
    map,
  ]);

/** A SequenceFile as the format's description says, with a sync escape before each record. */
function sequenceFile(
  valueClass: string,
  records: [Buffer, Buffer][],
  compressed: boolean,
): Buffer {
  return Buffer.concat([
    Buffer.from("SEQ\x06"),
    text("com.linkedin.camus.etl.kafka.common.EtlKey"),
    text(valueClass),
    Buffer.from([compressed ? 1 : 0, 0]),
    compressed
      ? text("org.apache.hadoop.io.compress.DefaultCodec")
      : Buffer.alloc(0),
    int(0),
    SYNC,
    ...records.flatMap(([key, value]) => {
      const stored = compressed ? deflateSync(value) : value;
      return [
        int(-1),
        SYNC,
        int(key.length + stored.length),
        int(key.length),
        key,
        stored,
      ];
    }),
  ]);
}

test.each([true, false])(
  "offsets beyond 2^53 and topics in any script are read right (compressed: %s)",
  (compressed) => {
    const file = sequenceFile(
      "org.apache.hadoop.io.NullWritable",
      [[etlKey("события_東京_😀", 9223372036854775807n), Buffer.alloc(0)]],
      compressed,
    );
    expect(readCamusOffsets(file)).toEqual([
      {
        topic: "события_東京_😀",
        partition: 3,
        leaderId: "",
        beginOffset: "9223372036854775806",
        offset: "9223372036854775807",
        time: 1530000000000,
      },
    ]);
  },
);

test("error records carry their text", () => {
  const file = sequenceFile(
    "com.linkedin.camus.etl.kafka.common.ExceptionWritable",
    [[etlKey("t", 5n), text("java.io.IOException: kaputt")]],
    true,
  );
  expect(readCamusErrors(file)).toMatchObject([
    { topic: "t", offset: "5", error: "java.io.IOException: kaputt" },
  ]);
});

test("a file of another kind, or cut off, is refused with what was wrong", () => {
  const file = sequenceFile(
    "org.apache.hadoop.io.NullWritable",
    [[etlKey("t", 5n), Buffer.alloc(0)]],
    false,
  );
  expect(() => readCamusErrors(file)).toThrow(
    "wanted com.linkedin.camus.etl.kafka.common.EtlKey -> com.linkedin.camus.etl.kafka.common.ExceptionWritable",
  );
  expect(() => readCamusOffsets(file.subarray(0, file.length - 3))).toThrow(
    FormatError,
  );
  expect(() => readCamusOffsets(Buffer.from("hello"))).toThrow(
    "it does not start with SEQ",
  );
});
