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
    "is damaged",
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
    "/t/a.parquet is encrypted Parquet, which cannot be read",
  );
});
