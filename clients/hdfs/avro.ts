import {
  type AvroHeader,
  readAvroBlock,
  readAvroHeader,
  SYNC_BYTES,
} from "../../formats/avro/container";
import { EndOfBytes, FormatError } from "../../formats/format-error";
import type { FileStatus, Hdfs } from "./hdfs";

/** What is read at once: most headers, with their schema, are shorter, and it has several blocks of the usual length. */
const WINDOW_BYTES = 131_072;
/** Beyond this a header is not believed: a schema is not so long. */
const MAX_HEADER_BYTES = 8 * 1_048_576;
/** The longest that two numbers and the marker before them can be. */
const BETWEEN_BLOCKS = SYNC_BYTES + 20;
/** A file up to this length is counted, as short blocks make it necessary to read nearly all of it. */
const MAX_FILE_BYTES = 256 * 1_048_576;

/**
 * The records of an Avro container file, by the counts at the beginning of its blocks; no record is decoded.
 * @returns undefined for a file that is too long to be counted
 * @throws FormatError where the file is cut off or no Avro
 */
export async function avroRecords(
  hdfs: Pick<Hdfs, "read">,
  dir: string,
  { name, length }: FileStatus,
): Promise<number | undefined> {
  if (length > MAX_FILE_BYTES) return undefined;
  let window: { start: number; bytes: Buffer } | undefined;
  /** The file's bytes from an offset on, at least `count` of them where the file has so many. */
  const bytesAt = async (at: number, count: number): Promise<Buffer> => {
    const end = Math.min(at + count, length);
    if (
      !window ||
      at < window.start ||
      end > window.start + window.bytes.length
    ) {
      const size = Math.min(Math.max(count, WINDOW_BYTES), length - at);
      const bytes =
        size > 0
          ? await hdfs.read(`${dir}/${name}`, at, size)
          : Buffer.alloc(0);
      if (!bytes || bytes.length < size)
        throw new EndOfBytes(`it ends before byte ${at + size}`);
      window = { start: at, bytes };
    }
    return window.bytes.subarray(at - window.start);
  };
  const { length: headerLength, sync } = await headerOf(bytesAt);
  let records = 0;
  let at = headerLength;
  while (at < length) {
    const block = readAvroBlock(await bytesAt(at, BETWEEN_BLOCKS));
    at += block.length + block.bytes;
    if (at + SYNC_BYTES > length)
      throw new EndOfBytes(`a block ends beyond its ${length} bytes`);
    const marker = await bytesAt(at, BETWEEN_BLOCKS);
    if (!marker.subarray(0, SYNC_BYTES).equals(sync))
      throw new FormatError(`no marker ends the block before byte ${at}`);
    at += SYNC_BYTES;
    records += block.records;
  }
  return records;
}

async function headerOf(
  bytesAt: (at: number, count: number) => Promise<Buffer>,
): Promise<AvroHeader> {
  for (let size = WINDOW_BYTES; ; size *= 8) {
    const bytes = await bytesAt(0, size);
    try {
      return readAvroHeader(bytes);
    } catch (error) {
      const mayGoOn = error instanceof EndOfBytes && bytes.length >= size;
      if (!mayGoOn || size > MAX_HEADER_BYTES) throw error;
    }
  }
}
