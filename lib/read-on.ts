import type { RandomAccess } from "./random-access";

/** A file of no more bytes is read at once. */
export const WHOLE_BYTES = 4 << 20;
/** As far as this on, bytes are read and dropped: to ask anew takes longer. */
const SKIPPED_BYTES = 4 << 20;

/**
 * A file that is read from one end to the other, in ranges that follow one another: their pieces come from one stream, as long as no range
 * begins before the end of the one before. Only one range is read at a time.
 * @returns the file, and what ends the stream
 */
export async function readOn(
  file: RandomAccess,
): Promise<RandomAccess & { close: () => Promise<void> }> {
  if (file.size <= WHOLE_BYTES) return inMemory(await file.read(0, file.size));
  if (!file.pieces) return { ...file, close: async () => undefined };
  const stream = new Stream(file.size, file.pieces);
  return {
    size: file.size,
    read: file.read,
    pieces: (offset, length) => stream.pieces(offset, length),
    close: () => stream.close(),
  };
}

const inMemory = (bytes: Buffer) => ({
  size: bytes.length,
  read: async (offset: number, length: number) =>
    bytes.subarray(offset, offset + length),
  close: async () => undefined,
});

class Stream {
  private stream: AsyncGenerator<Buffer> | undefined;
  private isClosed = false;
  /** Where in the file `rest` begins, which is what is left of the last piece. */
  private at = 0;
  private rest: Buffer = Buffer.alloc(0);

  constructor(
    private readonly size: number,
    private readonly open: NonNullable<RandomAccess["pieces"]>,
  ) {}

  async *pieces(offset: number, length: number): AsyncGenerator<Buffer> {
    const end = Math.min(offset + length, this.size);
    if (offset < this.at || offset - this.at > SKIPPED_BYTES) await this.end();
    if (!this.stream) this.at = offset;
    this.take(Math.min(this.rest.length, offset - this.at));
    while (this.at < end) {
      if (this.rest.length === 0 && !(await this.fill())) return;
      if (this.at < offset) this.take(offset - this.at);
      else yield this.take(end - this.at);
    }
  }

  /** Ends the stream for good: whoever still reads of it gets an error, and asks for nothing any more. */
  close(): Promise<void> {
    this.isClosed = true;
    return this.end();
  }

  private async end(): Promise<void> {
    this.rest = Buffer.alloc(0);
    await this.stream?.return(undefined);
    this.stream = undefined;
  }

  /** Takes some bytes, or all that are left of the last piece. */
  private take(bytes: number): Buffer {
    const taken = this.rest.subarray(0, bytes);
    this.rest = this.rest.subarray(taken.length);
    this.at += taken.length;
    return taken;
  }

  /** @returns whether there is one more piece */
  private async fill(): Promise<boolean> {
    if (this.isClosed) throw new Error("the file is closed");
    this.stream ??= this.open(this.at, this.size - this.at);
    try {
      const next = await this.stream.next();
      if (next.done) return false;
      this.rest = next.value;
      return true;
    } catch (error) {
      this.stream = undefined;
      throw error;
    }
  }
}
