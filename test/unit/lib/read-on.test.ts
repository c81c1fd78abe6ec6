import { readOn, WHOLE_BYTES } from "../../../lib/read-on";

const SIZE = 3 * WHOLE_BYTES;
const BYTES = Buffer.alloc(SIZE, "0123456789abcdefghijklmnopqrstuvw");

/** A file that gives its bytes in pieces of some length. */
function fileOf(bytes: Buffer, pieceBytes = 100_000) {
  const asked: [what: string, offset: number, length: number][] = [];
  let open = 0;
  return {
    asked,
    /** How many streams are not ended. */
    open: () => open,
    size: bytes.length,
    read: async (offset: number, length: number) => {
      asked.push(["read", offset, length]);
      return bytes.subarray(offset, offset + length);
    },
    async *pieces(offset: number, length: number) {
      asked.push(["pieces", offset, length]);
      open++;
      try {
        for (let at = offset; at < offset + length; at += pieceBytes)
          yield bytes.subarray(at, Math.min(at + pieceBytes, offset + length));
      } finally {
        open--;
      }
    },
  };
}

async function whole(pieces: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

test("a small file is read at once, and no more", async () => {
  const file = fileOf(BYTES.subarray(0, WHOLE_BYTES));
  const { read, pieces } = await readOn(file);
  expect(pieces).toBeUndefined();
  expect(await read(5, 7)).toEqual(BYTES.subarray(5, 12));
  expect(await read(WHOLE_BYTES - 1, 9)).toHaveLength(1);
  expect(file.asked).toEqual([["read", 0, WHOLE_BYTES]]);
});

test("ranges that follow one another come from one stream, those between that are not wanted left out", async () => {
  const file = fileOf(BYTES);
  const { pieces } = await readOn(file);
  for (const [offset, length] of [
    [10, 1],
    [11, 250_000],
    [250_011, 0],
    [900_000, 50],
    [SIZE - 100, 1000],
  ] as const)
    expect(
      (await whole(pieces!(offset, length))).equals(
        BYTES.subarray(offset, offset + length),
      ),
    ).toBe(true);
  expect(file.asked).toEqual([
    ["pieces", 10, SIZE - 10],
    // From there on it is quicker to ask anew.
    ["pieces", SIZE - 100, 100],
  ]);
});

test("a range that begins before the end of the one before is asked for anew, also where that was left in the middle", async () => {
  const file = fileOf(BYTES);
  const { pieces, close } = await readOn(file);
  for await (const piece of pieces!(0, SIZE)) {
    expect(piece).toHaveLength(100_000);
    break;
  }
  expect(await whole(pieces!(100_000, 3))).toEqual(
    BYTES.subarray(100_000, 100_003),
  );
  expect(await whole(pieces!(99_999, 3))).toEqual(
    BYTES.subarray(99_999, 100_002),
  );
  expect(file.asked).toEqual([
    ["pieces", 0, SIZE],
    ["pieces", 99_999, SIZE - 99_999],
  ]);
  expect(file.open()).toBe(1);
  await close();
  expect(file.open()).toBe(0);
});

test("a stream that has failed is not gone on with", async () => {
  let isAway = true;
  const file = {
    ...fileOf(BYTES),
    async *pieces(offset: number, length: number) {
      yield BYTES.subarray(offset, offset + 10);
      if (isAway) throw new Error("HDFS is away");
      yield BYTES.subarray(offset + 10, offset + length);
    },
  };
  const { pieces } = await readOn(file);
  await expect(whole(pieces!(0, 20))).rejects.toThrow("HDFS is away");
  isAway = false;
  expect(await whole(pieces!(0, 20))).toEqual(BYTES.subarray(0, 20));
  expect(await whole(pieces!(20, 20))).toEqual(BYTES.subarray(20, 40));
});

test("a file without pieces is read as it is", async () => {
  const { read, size } = fileOf(BYTES);
  const file = await readOn({ read, size });
  expect(file.pieces).toBeUndefined();
  expect(await file.read(SIZE - 3, 3)).toEqual(BYTES.subarray(SIZE - 3));
});

test("who reads on of a file that was closed gets an error, and nothing is asked for", async () => {
  const file = fileOf(BYTES);
  const { pieces, close } = await readOn(file);
  const reading = pieces!(0, SIZE);
  await reading.next();
  await close();
  await expect(reading.next()).rejects.toThrow("the file is closed");
  expect(file.asked).toHaveLength(1);
  expect(file.open()).toBe(0);
});
