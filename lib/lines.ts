const LINE_BREAK = 10;
const CARRIAGE_RETURN = 13;

/**
 * The lines of a log that is given in pieces, as bytes and without their line breaks (`\n` or `\r\n`). Nothing else ends a line: what Node's
 * own reader takes for a line break besides (U+2028, a lone `\r`) may stand in the middle of a JSON text. A line may be cut in two by the end
 * of a piece. Only the piece at hand and the line at hand are in memory.
 */
export async function* byteLinesOf(
  pieces: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  for await (const piece of pieces) {
    let from = 0;
    for (
      let end = piece.indexOf(LINE_BREAK);
      end >= 0;
      end = piece.indexOf(LINE_BREAK, from)
    ) {
      const rest = piece.subarray(from, end);
      yield withoutReturn(
        begun.length === 0 ? rest : Buffer.concat([...begun, rest]),
      );
      begun = [];
      from = end + 1;
    }
    if (from < piece.length) begun.push(piece.subarray(from));
  }
  if (begun.length > 0) yield withoutReturn(Buffer.concat(begun));
}

const withoutReturn = (line: Buffer): Buffer =>
  line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line;

/** The lines of {@link byteLinesOf} as Hadoop's LineReader has them, in UTF-8: there a lone `\r` ends a line as well. */
export const hadoopLines = (line: Buffer): string[] =>
  line.toString("utf8").split("\r");

/**
 * The lines of a text in UTF-8 that is given in pieces, as Hadoop's LineReader has them: `\n`, `\r\n` and a lone `\r` end a line. A character
 * may be cut in two by the end of a piece.
 */
export async function* linesOf(
  pieces: AsyncIterable<Buffer>,
): AsyncGenerator<string> {
  for await (const line of byteLinesOf(pieces)) yield* hadoopLines(line);
}
