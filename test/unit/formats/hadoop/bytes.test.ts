import fc from "fast-check";
import { EndOfBytes, FormatError } from "../../../../formats/format-error";
import {
  ByteReader,
  decodeModifiedUtf8,
  encodeModifiedUtf8,
} from "../../../../formats/hadoop/bytes";

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

test("bytes that end too early are told from a length that cannot be", () => {
  const reader = new ByteReader(Buffer.from("00", "hex"));
  expect(() => reader.take(2)).toThrow(EndOfBytes);
  expect(() => reader.take(-1)).toThrow(FormatError);
  expect(() => reader.take(-1)).not.toThrow(EndOfBytes);
  expect(reader.left).toBe(1);
});
