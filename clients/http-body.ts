import type { IncomingMessage } from "node:http";

/** Bytes of a body that are handed on together. Larger buffers make the process collect its garbage more often. */
const GATHERED_BYTES = 256 << 10;

/**
 * An answer's body in pieces, as they come. The connection is closed where not all of them are taken.
 * @param timeoutMs how long nothing may come while somebody waits
 * @returns a generator that throws where the body breaks off, also if that was before anybody asked for a piece
 */
export const bodyInPieces = (
  message: IncomingMessage,
  timeoutMs: number,
): AsyncGenerator<Buffer> =>
  piecesOf(new Gathered(message, timeoutMs), message);

async function* piecesOf(
  body: Gathered,
  message: IncomingMessage,
): AsyncGenerator<Buffer> {
  try {
    for (;;) {
      const piece = await body.more();
      if (piece.length === 0) break;
      yield piece;
    }
    if (body.failure) throw body.failure;
  } finally {
    message.destroy();
  }
}

/**
 * Gathers what comes of a body: a connection's own pieces are so small that handing each on takes longer than to copy it. While nobody waits
 * for more, no more than is handed on together is taken from the connection.
 */
class Gathered {
  /** Why the body broke off; absent where it is whole. */
  failure: Error | undefined;
  private hasEnded = false;
  private pieces: Buffer[] = [];
  private bytes = 0;
  private wake: () => void = () => undefined;
  /** Runs while somebody waits, and anew with everything that comes. */
  private silence: NodeJS.Timeout | undefined;

  constructor(
    private readonly message: IncomingMessage,
    private readonly timeoutMs: number,
  ) {
    message.on("data", (piece: Buffer) => {
      this.pieces.push(piece);
      this.bytes += piece.length;
      this.silence?.refresh();
      if (!this.isEnough) return;
      message.pause();
      this.wake();
    });
    message.on("end", () => this.end());
    message.on("error", (error) => this.end(error));
  }

  private get isEnough(): boolean {
    return this.bytes >= GATHERED_BYTES;
  }

  /** What has come, as soon as it is enough or no more comes; nothing at the body's end. */
  async more(): Promise<Buffer> {
    if (!this.isEnough && !this.hasEnded) await this.comes();
    const { pieces } = this;
    this.pieces = [];
    this.bytes = 0;
    return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  }

  private async comes(): Promise<void> {
    const { message, timeoutMs } = this;
    this.silence = setTimeout(() => {
      message.destroy(new Error(`nothing more in ${timeoutMs / 1000} s`));
    }, timeoutMs);
    await new Promise<void>((wake) => {
      this.wake = wake;
      message.resume();
    });
    clearTimeout(this.silence);
  }

  private end(failure?: Error): void {
    this.hasEnded = true;
    this.failure = failure;
    this.wake();
  }
}
