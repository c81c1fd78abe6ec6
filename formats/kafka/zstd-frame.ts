import { EndOfBytes, FormatError } from "../format-error";

/*
 * Zstandard's frames (RFC 8878, sections 3.1.1 and 3.1.2), as far as their headers go: what a frame says of its size is believed by its reader, which
 * sets aside as much memory before it has read anything.
 */

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
/** No block holds more. */
const MAX_BLOCK_BYTES = 128 << 10;
/** zstd itself takes no larger window unless it is told to (ZSTD_WINDOWLOG_LIMIT_DEFAULT). */
const MAX_WINDOW_BYTES = 128 << 20;
/** A batch of messages is much shorter. */
const MAX_CONTENT_BYTES = 512 << 20;
const RLE = 1;

/** Reads numbers as they come, least significant byte first. */
class Bytes {
  at = 0;

  constructor(private readonly bytes: Buffer) {}

  get left(): number {
    return this.bytes.length - this.at;
  }

  skip(count: number): void {
    if (count > this.left)
      throw new EndOfBytes(
        `a zstd frame ends after ${this.bytes.length} bytes`,
      );
    this.at += count;
  }

  uint(size: number): number {
    this.skip(size);
    let value = 0;
    for (let i = 1; i <= size; i++)
      value = value * 256 + this.bytes[this.at - i]!;
    return value;
  }
}

/**
 * Makes sure that frames hold no more than they can, and are not cut off.
 * @throws FormatError where a frame says that it has more content than its blocks can hold, or would take more memory than any batch needs
 */
export function checkZstdFrames(bytes: Buffer): void {
  const reader = new Bytes(bytes);
  let content = 0;
  while (reader.left > 0) {
    const magic = reader.uint(4);
    if ((magic & ~0xf) >>> 0 === SKIPPABLE_MAGIC) reader.skip(reader.uint(4));
    else if (magic === MAGIC) content += checkFrame(reader);
    else throw new FormatError("no zstd frame: its magic is missing");
    if (content > MAX_CONTENT_BYTES)
      throw new FormatError(`zstd frames of ${content} bytes are not believed`);
  }
}

/** @returns how much the frame's blocks can hold, bytes */
function checkFrame(reader: Bytes): number {
  const { window, content, hasChecksum } = readHeader(reader);
  if (window > MAX_WINDOW_BYTES)
    throw new FormatError(`a zstd window of ${window} bytes is not believed`);
  let most = 0;
  for (let isLast = false; !isLast;) {
    const head = reader.uint(3);
    isLast = (head & 1) === 1;
    const type = (head >> 1) & 3;
    reader.skip(type === RLE ? 1 : head >> 3);
    most += MAX_BLOCK_BYTES;
  }
  if (hasChecksum) reader.skip(4);
  if (content > most)
    throw new FormatError(`a zstd frame cannot hold its ${content} bytes`);
  return most;
}

/** @returns `content`: 0 where the frame does not say */
function readHeader(reader: Bytes) {
  const flags = reader.uint(1);
  const isSingleSegment = (flags & 0x20) !== 0;
  const sizeFlag = flags >> 6;
  const descriptor = isSingleSegment ? 0 : reader.uint(1);
  reader.skip([0, 1, 2, 4][flags & 3]!); // the dictionary's id
  const sizeBytes = sizeFlag === 0 ? Number(isSingleSegment) : 1 << sizeFlag;
  const content = reader.uint(sizeBytes) + (sizeFlag === 1 ? 256 : 0);
  const base = 2 ** (10 + (descriptor >> 3));
  return {
    content,
    window: isSingleSegment ? content : base + (base / 8) * (descriptor & 7),
    hasChecksum: (flags & 4) !== 0,
  };
}
