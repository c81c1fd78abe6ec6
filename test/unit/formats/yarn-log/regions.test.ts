import { randomBytes } from "node:crypto";
import { deflateSync, gzipSync } from "node:zlib";
import { PIECE_BYTES, regionBytes } from "../../../../formats/yarn-log/regions";
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

test("a region longer than a piece is read in pieces, one after the other", async () => {
  const size = 2 * PIECE_BYTES + 5;
  const reads: [number, number][] = [];
  const file = {
    size: 7 + size,
    read: async (at: number, n: number) => {
      reads.push([at, n]);
      return Buffer.alloc(n);
    },
  };
  let bytes = 0;
  const region = { offset: 7, size, raw: size, codec: "none" };
  for await (const piece of regionBytes(file, region)) bytes += piece.length;
  expect(bytes).toBe(size);
  expect(reads).toEqual([
    [7, PIECE_BYTES],
    [7 + PIECE_BYTES, PIECE_BYTES],
    [7 + 2 * PIECE_BYTES, 5],
  ]);
});

test("a file that gives its bytes in pieces of its own is not asked for ranges", async () => {
  const file = {
    size: TEXT.length,
    read: () => Promise.reject(new Error("not to be asked")),
    async *pieces(at: number, n: number) {
      yield TEXT.subarray(at, at + 1);
      yield TEXT.subarray(at + 1, at + n);
    },
  };
  const region = { offset: 3, size: 20, raw: 20, codec: "none" };
  const pieces: Buffer[] = [];
  for await (const piece of regionBytes(file, region)) pieces.push(piece);
  expect(Buffer.concat(pieces)).toEqual(TEXT.subarray(3, 23));
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

test("who reads no further of a compressed region has ended its reading when the next one begins", async () => {
  const stored = deflateSync(randomBytes(8 << 20));
  let reading = 0;
  const file = {
    size: stored.length,
    read: () => Promise.reject(new Error("not to be asked")),
    async *pieces(at: number, n: number) {
      reading++;
      try {
        for (let i = at; i < at + n; i += 1000) {
          yield stored.subarray(i, Math.min(i + 1000, at + n));
          await new Promise(setImmediate);
        }
      } finally {
        reading--;
      }
    },
  };
  const region = { offset: 0, size: stored.length, raw: 8 << 20, codec: "gz" };
  for await (const piece of regionBytes(file, region)) {
    expect(piece.length).toBeGreaterThan(0);
    break;
  }
  expect(reading).toBe(0);
  // Bytes behind the compressed ones are not read on either.
  const behind = { ...file, size: stored.length + 5_000_000 };
  const pieces = (at: number, n: number) => file.pieces(at, n);
  const padded = { ...behind, pieces };
  for await (const _ of regionBytes(padded, { ...region, size: behind.size }));
  expect(reading).toBe(0);
});
