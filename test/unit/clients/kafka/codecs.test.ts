import { FormatError } from "../../../../formats/format-error";
import { CompressionCodecs, CompressionTypes } from "kafkajs";
import { compressSync } from "snappy";
import { registerCodecs } from "../../../../clients/kafka/codecs";

registerCodecs();

const codec = (type: keyof typeof CompressionCodecs) =>
  (
    CompressionCodecs[type] as () => {
      compress(encoder: { buffer: Buffer }): Promise<Buffer>;
      decompress(bytes: Buffer): Promise<Buffer>;
    }
  )();
const TEXT = Buffer.from("an event, and another event. ".repeat(4000));

test.each([CompressionTypes.Snappy, CompressionTypes.LZ4] as const)(
  "what is written in codec %s is read again",
  async (type) => {
    const { compress, decompress } = codec(type);
    const packed = await compress({ buffer: TEXT });
    expect(packed.length).toBeLessThan(TEXT.length / 4);
    expect(await decompress(packed)).toEqual(TEXT);
  },
);

test("snappy is read in the Java clients' framing and without any, and what is cut off is no shorter text", async () => {
  const { compress, decompress } = codec(CompressionTypes.Snappy);
  expect(await decompress(compressSync(TEXT))).toEqual(TEXT);
  const framed = await compress({ buffer: TEXT });
  const twice = Buffer.concat([framed, framed.subarray(16)]);
  expect(await decompress(twice)).toEqual(Buffer.concat([TEXT, TEXT]));
  await expect(decompress(framed.subarray(0, -1))).rejects.toThrow(
    "ends within a chunk",
  );
});

test("zstd is read", async () => {
  // A frame of one raw block of eight bytes (RFC 8878), its length in the header.
  const { decompress } = codec(CompressionTypes.ZSTD);
  const frame = Buffer.from("28b52ffd2008410000616e206576656e74", "hex");
  expect((await decompress(frame)).toString()).toBe("an event");
});

test.each([
  CompressionTypes.Snappy,
  CompressionTypes.LZ4,
  CompressionTypes.ZSTD,
] as const)("what is no codec %s is a fault of the data", async (type) => {
  for (const bytes of [Buffer.from("no codec at all"), Buffer.alloc(40, 7)])
    await expect(codec(type).decompress(bytes)).rejects.toBeInstanceOf(
      FormatError,
    );
});

test("zstd that is cut off is no shorter text", async () => {
  const { decompress } = codec(CompressionTypes.ZSTD);
  const frame = Buffer.from("28b52ffd2008410000616e206576656e74", "hex");
  for (let length = 1; length < frame.length; length++)
    await expect(decompress(frame.subarray(0, length))).rejects.toBeInstanceOf(
      FormatError,
    );
});

test("lz4 that is cut off is no shorter text", async () => {
  const { compress, decompress } = codec(CompressionTypes.LZ4);
  const frame = await compress({ buffer: TEXT });
  // Without the mark of the frame's end, four bytes, the text is whole.
  for (let length = 1; length < frame.length - 4; length++)
    await expect(decompress(frame.subarray(0, length))).rejects.toBeInstanceOf(
      FormatError,
    );
});

test.each([
  [CompressionTypes.Snappy, "ffffffff0f00"],
  [CompressionTypes.ZSTD, "28b52ffda000000080010000"],
] as const)(
  "codec %s sets aside no gigabytes for a few bytes",
  async (type, hex) => {
    await expect(
      codec(type).decompress(Buffer.from(hex, "hex")),
    ).rejects.toThrow(/cannot hold|is not believed/);
  },
);
