import { createInterface } from "node:readline";
import { Readable } from "node:stream";

/**
 * The lines of a text in UTF-8 that is given in pieces, without their line breaks (`\n`, `\r\n` or `\r`). A character, or a line,
 * may be cut in two by the end of a piece. Only the piece at hand and the line at hand are in memory.
 */
export async function* linesOf(
  pieces: AsyncIterable<Buffer>,
): AsyncGenerator<string> {
  yield* createInterface({ input: Readable.from(pieces), crlfDelay: Infinity });
}
