import { decompress as unzstd } from "fzstd";
import { CompressionCodecs, CompressionTypes } from "kafkajs";
import { compressFrame, decompressFrame } from "lz4-napi";
import { compress } from "snappy";
import { FormatError } from "../../formats/format-error";
import { expandSnappy } from "../../formats/hadoop/snappy";
import { xerialChunks, xerialFrame } from "../../formats/kafka/xerial-snappy";
import { checkZstdFrames } from "../../formats/kafka/zstd-frame";

/** What kafkajs asks of a codec; it hands its own encoder over, of which the bytes count. */
type Codec = {
  compress(encoder: { buffer: Buffer }): Promise<Buffer>;
  decompress(bytes: Buffer): Promise<Buffer>;
};

const snappy: Codec = {
  compress: async ({ buffer }) => xerialFrame(await compress(buffer)),
  decompress: async (bytes) =>
    Buffer.concat(xerialChunks(bytes).map((chunk) => expandSnappy(chunk))),
};

/** The shortest frame: its magic, two bytes of flags, their checksum and the mark of its end. */
const LZ4_MIN_BYTES = 4 + 2 + 1 + 4;

const lz4: Codec = {
  compress: ({ buffer }) => compressFrame(buffer),
  decompress: async (bytes) => {
    // The library takes a beginning of a frame for a frame of nothing.
    if (bytes.length < LZ4_MIN_BYTES)
      throw new FormatError("the frame is cut off");
    return decompressFrame(bytes);
  },
};

const zstd: Codec = {
  compress: () =>
    Promise.reject(
      new Error(
        "zstd is read here, not written: set the topic's compression.type, and the broker does it",
      ),
    ),
  decompress: async (bytes) => {
    checkZstdFrames(bytes);
    return Buffer.from(unzstd(bytes));
  },
};

/** A codec whose failure to decompress is told from a failure of Kafka. */
const telling = (name: string, codec: Codec): Codec => ({
  ...codec,
  decompress: async (bytes) => {
    try {
      return await codec.decompress(bytes);
    } catch (error) {
      throw new FormatError(`${name}: ${(error as Error).message}`);
    }
  },
});

/** Teaches kafkajs the codecs beside gzip that producers use: without them a topic in one of them cannot be read. */
export function registerCodecs(): void {
  CompressionCodecs[CompressionTypes.Snappy] = () => telling("snappy", snappy);
  CompressionCodecs[CompressionTypes.LZ4] = () => telling("lz4", lz4);
  CompressionCodecs[CompressionTypes.ZSTD] = () => telling("zstd", zstd);
}
