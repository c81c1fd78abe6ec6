import { readFileSync } from "node:fs";
import { join } from "node:path";
import { FormatError } from "../../../../formats/format-error";
import {
  rawEventOf,
  readSequenceFile,
  sequenceRecords,
} from "../../../../formats/hadoop/sequence-file";
import type { RandomAccess } from "../../../../lib/random-access";
import { int, long, SYNC, text } from "./writables";

/** Written by the sandbox's importer with Hadoop 3.4.3. */
const fixture = (name: string) =>
  readFileSync(join(__dirname, "..", "..", "..", "fixtures", name));
const inMemory = (bytes: Buffer): RandomAccess => ({
  size: bytes.length,
  read: async (offset, length) => bytes.subarray(offset, offset + length),
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

const HEADER = Buffer.concat([
  Buffer.from("SEQ\x06"),
  text("org.apache.hadoop.io.LongWritable"),
  text("org.apache.hadoop.io.Text"),
]);
const rest = async (file: RandomAccess) => {
  for await (const _ of sequenceRecords(file, 512));
};

test("a length that is damaged is refused before the file is read for it", async () => {
  const head = Buffer.concat([HEADER, Buffer.from([0, 0]), int(0), SYNC]);
  const bytes = Buffer.concat([head, int(2 ** 31 - 1), int(8)]);
  let read = 0;
  // A terabyte would have the bytes that are asked for.
  const huge = {
    size: 2 ** 40,
    read: async (at: number, length: number) => {
      read += length;
      const piece = Buffer.alloc(length);
      bytes.copy(piece, 0, at);
      return piece;
    },
  };
  await expect(rest(huge)).rejects.toThrow(FormatError);
  expect(read).toBeLessThan(1_000_000);
});

test.each([-1, 2 ** 30])("a block of %d records is refused", async (count) => {
  const vint = Buffer.from([0x8c, 0, 0, 0, 0]);
  vint.writeInt32BE(Math.abs(count), 1);
  const bytes = Buffer.concat([
    HEADER,
    Buffer.from([1, 1]),
    text("org.apache.hadoop.io.compress.DefaultCodec"),
    int(0),
    SYNC,
    int(-1),
    SYNC,
    count < 0 ? Buffer.from([0xff]) : vint,
    Buffer.from([0, 0, 0, 0]),
  ]);
  await expect(rest(inMemory(bytes))).rejects.toThrow(FormatError);
});

test("a record whose key is no time is refused", () => {
  const record = { key: Buffer.alloc(3), value: text("event") };
  expect(() => rawEventOf(record)).toThrow(FormatError);
});

test("a damaged class name is not repeated", () => {
  const bytes = Buffer.concat([
    HEADER,
    Buffer.from([1, 0]),
    text('{"ip":"198.51.100.7"}'),
    int(0),
    SYNC,
  ]);
  expect(() => readSequenceFile(bytes)).toThrow("SequenceFile codec (no name");
  expect(() => readSequenceFile(bytes)).not.toThrow("198.51");
});
