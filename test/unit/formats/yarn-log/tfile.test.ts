import { FormatError } from "../../../../formats/format-error";
import { regionBytes } from "../../../../formats/yarn-log/regions";
import { StreamReader } from "../../../../formats/yarn-log/stream-reader";
import { tfileBlocks } from "../../../../formats/yarn-log/tfile";
import { tfileLogs } from "../../../../formats/yarn-log/tfile-log";
import type { RandomAccess } from "../../../../lib/random-access";
import { utf } from "../hadoop/writables";

const MAGIC = Buffer.from("d111d36891b5d7b639df414092bae150", "hex");
/** A string as TFile writes it, of fewer than 128 bytes. */
const string = (text: string) =>
  Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
const RAW_NAME = "data:BCFile.index";

/** Fails where a file is asked for what it has not: a service would, and that would be taken for an outage. */
const strictly = (bytes: Buffer): RandomAccess => ({
  size: bytes.length,
  read: async (at, length) => {
    if (at < 0 || length < 0 || at + length > bytes.length)
      throw new RangeError(`${length} bytes at ${at}`);
    return bytes.subarray(at, at + length);
  },
});

/** A TFile that is its magic, some bytes, its block index, its meta index and its trailer. */
function tfile(
  block: Buffer,
  index: Buffer,
  { indexAt, region }: { indexAt?: bigint; region?: number[] } = {},
): RandomAccess {
  const start = Buffer.concat([MAGIC, block, index]);
  const meta = Buffer.concat([
    Buffer.from([1]),
    string(RAW_NAME),
    string("none"),
    Buffer.from(region ?? [16 + block.length, index.length, index.length]),
  ]);
  const trailer = Buffer.alloc(12);
  trailer.writeBigInt64BE(indexAt ?? BigInt(start.length));
  return strictly(Buffer.concat([start, meta, trailer, MAGIC]));
}

const EMPTY = Buffer.alloc(0);
const indexOf = (...numbers: number[]) =>
  Buffer.concat([string("none"), Buffer.from(numbers)]);

test("a TFile's blocks are where its index says", async () => {
  expect(
    await tfileBlocks(tfile(Buffer.alloc(9), indexOf(1, 16, 9, 9))),
  ).toEqual([{ offset: 16, size: 9, raw: 9, codec: "none" }]);
});

test.each([
  ["an index before the file", tfile(EMPTY, indexOf(0), { indexAt: -5n })],
  ["an index behind it", tfile(EMPTY, indexOf(0), { indexAt: 2n ** 40n })],
  [
    "a block index outside of it",
    tfile(EMPTY, indexOf(0), { region: [100, 100, 1] }),
  ],
  [
    "a block index of fewer bytes than none",
    tfile(EMPTY, indexOf(0), { region: [16, 0xff, 1] }),
  ],
  ["fewer blocks than none", tfile(EMPTY, indexOf(0xff))],
  // Four bytes: some hundred millions.
  [
    "more blocks than its index has bytes",
    tfile(EMPTY, indexOf(0x97, 0xff, 0xff, 0xff)),
  ],
])("%s is refused", async (_, file) => {
  await expect(tfileBlocks(file)).rejects.toThrow(FormatError);
});

test.each([
  ["before", -1, 4],
  ["behind", 0, 2 ** 52],
  ["backwards", 4, -2],
])("a region that goes %s the file is refused", async (_, offset, size) => {
  const region = { offset, size, raw: 1, codec: "none" };
  const read = async () => {
    for await (const _ of regionBytes(strictly(Buffer.alloc(9)), region));
  };
  await expect(read).rejects.toThrow(FormatError);
});

test.each([-5, 2 ** 40])("%d bytes at once are refused", async (count) => {
  const reader = new StreamReader(
    (async function* () {
      yield Buffer.alloc(100);
    })(),
  );
  await expect(reader.take(count)).rejects.toThrow(FormatError);
});

test.each(["", " 5", "1e1", "-1", "99999999999999999999"])(
  "a log's length of '%s' is refused, without its damaged name",
  async (length) => {
    const key = utf("container_1_0001_01_000001");
    const value = Buffer.concat([utf("ip 198.51.100.7"), utf(length)]);
    const block = Buffer.concat([
      Buffer.from([key.length]),
      key,
      Buffer.from([value.length]),
      value,
    ]);
    const lines = async () => {
      for await (const _ of tfileLogs(
        tfile(block, indexOf(1, 16, block.length, block.length)),
      ));
    };
    await expect(lines).rejects.toThrow(FormatError);
    await expect(lines).rejects.toThrow("log (no name, 15 characters)");
  },
);
