import { deflateSync, gzipSync } from "node:zlib";
import { regionBytes } from "../../../../formats/yarn-log/regions";
import { CHUNK_BYTES } from "../../../../lib/read-ahead";
import { FormatError } from "../../../../formats/format-error";

const TEXT = Buffer.from("18/07/05 12:00:01 INFO Refine: begun\n".repeat(500));

async function read(stored: Buffer, codec: string): Promise<Buffer> {
  const bytes = Buffer.concat([Buffer.alloc(7), stored, Buffer.alloc(7)]);
  const file = {
    size: bytes.length,
    read: async (at: number, n: number) => bytes.subarray(at, at + n),
  };
  const region = { offset: 7, size: stored.length, raw: TEXT.length, codec };
  const pieces: Buffer[] = [];
  for await (const piece of regionBytes(file, region)) pieces.push(piece);
  return Buffer.concat(pieces);
}

test("a region is read as it is, or as Hadoop's zlib stream", async () => {
  expect(await read(TEXT, "none")).toEqual(TEXT);
  expect(await read(deflateSync(TEXT), "gz")).toEqual(TEXT);
});

test("no read of a region goes across the chunks in which a file is read", async () => {
  const offset = CHUNK_BYTES - 5;
  const size = 2 * CHUNK_BYTES;
  const reads: [number, number][] = [];
  const file = {
    size: offset + size,
    read: async (at: number, n: number) => {
      reads.push([at, n]);
      return Buffer.alloc(n);
    },
  };
  let bytes = 0;
  const region = { offset, size, raw: size, codec: "none" };
  for await (const piece of regionBytes(file, region)) bytes += piece.length;
  expect(bytes).toBe(size);
  expect(reads).toEqual([
    [offset, 5],
    [CHUNK_BYTES, CHUNK_BYTES],
    [2 * CHUNK_BYTES, CHUNK_BYTES - 5],
  ]);
});

test("a codec that cannot be read is refused, with a way out", async () => {
  await expect(read(TEXT, "lzo")).rejects.toThrow(
    "the log codec lzo cannot be read (none and gz can",
  );
});

test("damaged bytes are refused, not taken for an end", async () => {
  await expect(read(gzipSync(TEXT), "gz")).rejects.toThrow(FormatError);
  await expect(read(deflateSync(TEXT).subarray(0, -9), "gz")).rejects.toThrow(
    FormatError,
  );
});

test("a file system that fails midway is that error, not a damage of the log", async () => {
  const stored = deflateSync(TEXT);
  const file = {
    size: stored.length,
    read: async () => {
      await Promise.resolve();
      throw new Error("HDFS at http://nn:9870: connection reset");
    },
  };
  const region = { offset: 0, size: stored.length, raw: 1, codec: "gz" };
  await expect(regionBytes(file, region).next()).rejects.toThrow(
    "connection reset",
  );
});
