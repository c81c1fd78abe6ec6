import { decompress as unzstd } from "fzstd";
import { CompressionCodecs, CompressionTypes } from "kafkajs";
import { compressFrame, decompressFrame } from "lz4-napi";
import { compress, uncompress } from "snappy";
import { xerialChunks, xerialFrame } from "../../formats/kafka/xerial-snappy";

/** What kafkajs asks of a codec; it hands its own encoder over, of which the bytes count. */
type Codec = {
  compress(encoder: { buffer: Buffer }): Promise<Buffer>;
  decompress(bytes: Buffer): Promise<Buffer>;
};

const snappy: Codec = {
  compress: async ({ buffer }) => xerialFrame(await compress(buffer)),
  decompress: async (bytes) =>
    Buffer.concat(
      await Promise.all(
        xerialChunks(bytes).map(
          async (chunk) => (await uncompress(chunk)) as Buffer,
        ),
      ),
    ),
};

const lz4: Codec = {
  compress: ({ buffer }) => compressFrame(buffer),
  decompress: (bytes) => decompressFrame(bytes),
};

const zstd: Codec = {
  compress: () =>
    Promise.reject(
      new Error(
        "zstd is read here, not written: set the topic's compression.type, and the broker does it",
      ),
    ),
  decompress: async (bytes) => Buffer.from(unzstd(bytes)),
};

/** Teaches kafkajs the codecs beside gzip that producers use: without them a topic in one of them cannot be read. */
export function registerCodecs(): void {
  CompressionCodecs[CompressionTypes.Snappy] = () => snappy;
  CompressionCodecs[CompressionTypes.LZ4] = () => lz4;
  CompressionCodecs[CompressionTypes.ZSTD] = () => zstd;
}
