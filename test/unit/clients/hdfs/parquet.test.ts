import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { FileStatus, Hdfs } from "../../../../clients/hdfs/hdfs";
import { footer, rows } from "../../../../clients/hdfs/parquet";
import { FormatError } from "../../../../formats/format-error";

const hdfsWith = (bytes: Buffer) =>
  ({
    read: async () => bytes,
    readExactly: async (_: string, at: number, length: number) =>
      bytes.subarray(at, at + length),
  }) as unknown as Hdfs;

test.each([
  ["encrypted", Buffer.from("PARE........PARE"), "is encrypted Parquet"],
  ["cut off", Buffer.from("PAR1........"), "is not a whole Parquet file"],
  ["too short", Buffer.from("PAR1"), "is not a whole Parquet file"],
  [
    "with a footer that is longer than it",
    Buffer.from("PAR1\u0099\u0099\u0000\u0000PAR1", "latin1"),
    "footer",
  ],
  [
    "with a damaged footer",
    Buffer.from("PAR1\u00ff\u00ff\u00ff\u0003\u0000\u0000\u0000PAR1", "latin1"),
    "the Thrift type 15 is none of Parquet's",
  ],
])("a Parquet file that is %s is named", async (kind, bytes, message) => {
  const name = `${kind.replaceAll(" ", "-")}.parquet`;
  const file = { name, length: bytes.length, mtime: 1 } as FileStatus;
  const read = footer(hdfsWith(bytes), "/t", file);
  await expect(read).rejects.toBeInstanceOf(FormatError);
  await expect(read).rejects.toThrow(`/t/${name}`);
  await expect(read).rejects.toThrow(message);
});

test("the rows of an encrypted file are refused by its name", async () => {
  const bytes = Buffer.from("PARE........PARE");
  await expect(rows(hdfsWith(bytes), "/t/a.parquet")).rejects.toThrow(
    "/t/a.parquet: it is encrypted Parquet, which cannot be read",
  );
});

test("a damaged row is not told", async () => {
  const whole = readFileSync(
    join(__dirname, "../../../fixtures/refined.parquet"),
    "latin1",
  );
  expect(
    (await rows(hdfsWith(Buffer.from(whole, "latin1")), "/t/a"))[0],
  ).toMatchObject({ payload: { ip: "198.51.100.7" } });
  // The column is JSON, whose parser quotes what it stumbles over.
  const damaged = Buffer.from(whole.replace('{"ip":', '{"ip"!'), "latin1");
  const read = rows(hdfsWith(damaged), "/t/a.parquet");
  await expect(read).rejects.toBeInstanceOf(FormatError);
  await expect(read).rejects.toThrow("/t/a.parquet: its pages are damaged");
  await expect(read).rejects.not.toThrow("198.51");
});

test("pages in Snappy are read, and a damaged one is refused", async () => {
  const whole = readFileSync(
    join(__dirname, "../../../fixtures/refined-snappy.parquet"),
  );
  const uuids = async (bytes: Buffer) =>
    (await rows(hdfsWith(bytes), "/t/a.parquet", ["uuid"])).map(
      ({ uuid }) => uuid,
    );
  expect((await uuids(whole))[2]).toBe("2123456789abcdef0123456789abcdef");
  // The first page's first literal: its length of four bytes is negative as a signed number, and would lead back to itself.
  const damaged = Buffer.from(whole);
  const literal = damaged.indexOf(Buffer.from("6c5020", "hex")) + 1;
  damaged.write("fcfaffffff", literal, "hex");
  await expect(uuids(damaged)).rejects.toBeInstanceOf(FormatError);
});
