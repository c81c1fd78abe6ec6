import { readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { encodeModifiedUtf8, FormatError } from "../../../formats/hadoop/bytes";
import {
  furthest,
  readCamusErrors,
  readCamusOffsets,
} from "../../../formats/camus/etl-key";
import {
  rawEventOf,
  readSequenceFile,
  sequenceRecords,
} from "../../../formats/hadoop/sequence-file";
import type { RandomAccess } from "../../../lib/random-access";
import { partitionKey } from "../../../lib/keys";

/** Written by Hadoop 3.4.3 itself, by way of the sandbox's importer. */
const fixture = (name: string) =>
  readFileSync(join(__dirname, "..", "..", "fixtures", name));
const inMemory = (bytes: Buffer): RandomAccess => ({
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
});

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

test("a raw hour's block-compressed records are the events", () => {
  const records = [
    ...readSequenceFile(fixture("eventlogging_Edit.1001.0.23.35.1529899200000"))
      .records,
  ].map(rawEventOf);
  expect(records).toHaveLength(23);
  for (const { time, line } of records) {
    const event = JSON.parse(line) as { dt: string; schema: string };
    expect(event.schema).toBe("Edit");
    expect(Date.parse(event.dt)).toBe(time);
  }
});

test("a SequenceFile that is read in pieces, however small, has the same records, and one that ends early is refused", async () => {
  const bytes = fixture("eventlogging_Edit.1001.0.23.35.1529899200000");
  const whole = [...readSequenceFile(bytes).records];
  for (const piece of [7, 100, bytes.length + 1]) {
    const read = [];
    for await (const record of sequenceRecords(inMemory(bytes), piece))
      read.push(record);
    expect(read).toEqual(whole);
  }
  const cut = sequenceRecords(inMemory(bytes.subarray(0, -5)), 100);
  await expect(async () => {
    for await (const _ of cut);
  }).rejects.toThrow(FormatError);
});

const text = (s: string) =>
  Buffer.concat([Buffer.from([Buffer.byteLength(s)]), Buffer.from(s)]);
const utf = (s: string) => {
  const bytes = encodeModifiedUtf8(s);
  return Buffer.concat([
    Buffer.from([bytes.length >> 8, bytes.length & 255]),
    bytes,
  ]);
};
const int = (n: number) => {
  const b = Buffer.alloc(4);
  b.writeInt32BE(n);
  return b;
};
const long = (n: bigint) => {
  const b = Buffer.alloc(8);
  b.writeBigInt64BE(n);
  return b;
};
const SYNC = Buffer.alloc(16, 7);
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

test("Snappy in Hadoop's block framing is read", () => {
  // "hello" as one literal of raw Snappy: its length, the tag, the bytes.
  const raw = Buffer.concat([Buffer.from([7, 6 << 2]), text("hello!")]);
  const framed = Buffer.concat([int(7), int(raw.length), raw]);
  const file = Buffer.concat([
    Buffer.from("SEQ\x06"),
    text("org.apache.hadoop.io.LongWritable"),
    text("org.apache.hadoop.io.Text"),
    Buffer.from([1, 0]),
    text("org.apache.hadoop.io.compress.SnappyCodec"),
    int(0),
    SYNC,
    int(8 + framed.length),
    int(8),
    long(1530000000000n),
    framed,
  ]);
  expect([...readSequenceFile(file).records].map(rawEventOf)).toEqual([
    { time: 1530000000000, line: "hello!" },
  ]);
});
