import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parquetMetadata } from "hyparquet";
import { FormatError } from "../../../../formats/format-error";
import { footerLength, readFooter } from "../../../../formats/parquet/footer";

/** Three rows of a table with a nested column, as another writer (hyparquet-writer 0.x) leaves them. */
const file = readFileSync(join(__dirname, "../../../fixtures/refined.parquet"));

/** A file whose metadata are some bytes. */
const withMetadata = (...bytes: number[]) => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([Buffer.from(bytes), length, Buffer.from("PAR1")]);
};

test("rows and columns are those that another reader finds", () => {
  const footer = readFooter(file);
  expect(footer.columns).toEqual(["uuid", "event", "revision", "payload"]);
  expect(footer.fields).toEqual([
    ...["uuid", "event", "event.action", "event.deep", "event.deep.n"],
    ...["revision", "payload"],
  ]);
  expect(BigInt(footer.rows)).toBe(parquetMetadata(file).num_rows);
  expect(readFooter(file.subarray(-footerLength(file)))).toEqual(footer);
});

test.each([
  ["a list that is longer than the file", [0x29, 0xfc, ...varint(2 ** 30)]],
  ["a number without an end", [0x36, ...Array<number>(100_000).fill(0x80)]],
  ["structures within structures", Array<number>(100_000).fill(0x1c)],
  ["lists within lists", [0x19, ...Array<number>(100_000).fill(0x19)]],
  ["a text that is longer than the file", [0x18, ...varint(2 ** 31)]],
  ["no schema", [0x36, 2, 0]],
  ["no rows", [0x29, 0x0c, 0]],
  ["fewer rows than none", [0x29, 0x0c, 0x16, 1, 0]],
  [
    "a field of more fields than there are",
    [0x29, 0x2c, 0x55, 2, 0, 0x55, 2, 0, 0x16, 2, 0],
  ],
])("a footer with %s is refused", (_, bytes) => {
  expect(() => readFooter(withMetadata(...bytes))).toThrow(FormatError);
});

/** An unsigned varint. */
function varint(value: number): number[] {
  return value < 0x80
    ? [value]
    : [(value % 0x80) | 0x80, ...varint(Math.floor(value / 0x80))];
}
