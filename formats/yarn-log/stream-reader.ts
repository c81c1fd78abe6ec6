import { ByteReader, decodeModifiedUtf8 } from "../hadoop/bytes";
import { PIECE_BYTES } from "./regions";
import { FormatError } from "../format-error";

/** Keys and names are short; a piece is the longest that is taken. */
const MAX_TAKEN_BYTES = PIECE_BYTES;

/** Reads Hadoop's primitive encodings from bytes that arrive in pieces. It buffers no more than what is asked for and the rest of a piece. */
export class StreamReader {
  private buffered: Buffer = Buffer.alloc(0);
  private readonly pieces: AsyncIterator<Buffer>;

  constructor(pieces: AsyncIterable<Buffer>) {
    this.pieces = pieces[Symbol.asyncIterator]();
  }

  /** Ends the stream, of which nothing more is read. */
  async close(): Promise<void> {
    await this.pieces.return?.();
  }

  /** Buffers at least n bytes. @returns false where the stream ends before */
  private async fill(n: number): Promise<boolean> {
    while (this.buffered.length < n) {
      const next = await this.pieces.next();
      if (next.done) return false;
      this.buffered =
        this.buffered.length === 0
          ? next.value
          : Buffer.concat([this.buffered, next.value]);
    }
    return true;
  }

  /** Whether no byte is left. */
  async hasEnded(): Promise<boolean> {
    return !(await this.fill(1));
  }

  /** The next n bytes. @throws FormatError where the stream ends before, or n is more than is ever asked for at once */
  async take(n: number): Promise<Buffer> {
    if (n < 0 || n > MAX_TAKEN_BYTES)
      throw new FormatError(`${n} bytes of a log at once cannot be`);
    if (!(await this.fill(n)))
      throw new FormatError(
        `the log ends early: ${n} bytes wanted, ${this.buffered.length} left`,
      );
    const taken = this.buffered.subarray(0, n);
    this.buffered = this.buffered.subarray(n);
    return taken;
  }

  /** The next n bytes in pieces, so that n may be larger than what fits into memory. @throws FormatError where the stream ends before */
  async *takeInPieces(n: number): AsyncGenerator<Buffer> {
    for (let left = n; left > 0;) {
      if (!(await this.fill(1)))
        throw new FormatError(`the log ends early: ${left} bytes wanted`);
      const piece = await this.take(
        Math.min(left, PIECE_BYTES, this.buffered.length),
      );
      left -= piece.length;
      yield piece;
    }
  }

  /** Java's DataInput.readUTF: a length of two bytes, then modified UTF-8. */
  async utf(): Promise<string> {
    const length = (await this.take(2)).readUInt16BE();
    return decodeModifiedUtf8(await this.take(length));
  }

  /** TFile's variable-length integer (`org.apache.hadoop.io.file.tfile.Utils.readVLong`), of one to nine bytes. */
  async tfileVlong(): Promise<number> {
    const first = await this.take(1);
    const rest = await this.take(followingBytes(first.readInt8()));
    return new ByteReader(Buffer.concat([first, rest])).tfileVlong();
  }
}

/** How many bytes follow the first one of TFile's variable-length integer. @param first that byte, signed */
function followingBytes(first: number): number {
  if (first >= -32) return 0;
  if (first >= -72) return 1;
  if (first >= -104) return 2;
  if (first >= -120) return 3;
  return first + 129;
}
