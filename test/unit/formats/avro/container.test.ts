import fc from "fast-check";
import {
  readAvroBlock,
  readAvroHeader,
} from "../../../../formats/avro/container";
import { EndOfBytes, FormatError } from "../../../../formats/format-error";
import { avroFile, long, SYNC } from "./avro-file";

const FILE = avroFile([3, 40_000]);

test("the header tells its length and the marker, the block its records and bytes", () => {
  const { length, sync } = readAvroHeader(FILE);
  expect(sync).toEqual(SYNC);
  expect(readAvroBlock(FILE.subarray(length))).toEqual({
    records: 3,
    bytes: 6,
    length: 2,
  });
});

test("metadata in a group that tells its length in bytes is passed over", () => {
  const file = Buffer.concat([
    Buffer.from("Obj\u0001", "latin1"),
    long(-1),
    long(4),
    Buffer.from([2, 97, 2, 98]),
    long(0),
    SYNC,
  ]);
  expect(readAvroHeader(file)).toEqual({ length: file.length, sync: SYNC });
});

test("a header that is cut off asks for more bytes", () => {
  for (let length = 0; length < readAvroHeader(FILE).length; length++)
    expect(() => readAvroHeader(FILE.subarray(0, length))).toThrow(EndOfBytes);
});

test("a negative count of records is no block", () => {
  expect(() => readAvroBlock(Buffer.concat([long(-1), long(2)]))).toThrow(
    FormatError,
  );
});

test("whatever the bytes are, nothing but a FormatError is thrown", () => {
  fc.assert(
    fc.property(
      fc.nat(FILE.length - 1),
      fc.uint8Array({ maxLength: 12 }),
      (at, bytes) => {
        const mutated = Buffer.from(FILE);
        mutated.set(bytes.slice(0, FILE.length - at), at);
        for (const read of [readAvroHeader, readAvroBlock])
          try {
            read(mutated);
          } catch (error) {
            expect(error).toBeInstanceOf(FormatError);
          }
      },
    ),
  );
});
