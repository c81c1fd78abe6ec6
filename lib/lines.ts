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
  for await (const lines of wholeLines(pieces))
    for (let at = 0; at < lines.length;) {
      const end = endOfLine(lines, at);
      yield withoutBreak(lines.subarray(at, end));
      at = end;
    }
}

function withoutBreak(line: Buffer): Buffer {
  const text = line.at(-1) === LINE_BREAK ? line.subarray(0, -1) : line;
  return text.at(-1) === CARRIAGE_RETURN ? text.subarray(0, -1) : text;
}

/** The lines of {@link byteLinesOf} as Hadoop's LineReader has them, in UTF-8: there a lone `\r` ends a line as well. */
export const hadoopLines = (line: Buffer): string[] =>
  line.toString("utf8").split("\r");

/** Whole lines taken apart as {@link hadoopLines} has them, without the empty ones. */
export function textsOf(lines: Buffer): string[] {
  const text = lines.toString("utf8");
  const isShort = !lines.includes(CARRIAGE_RETURN);
  return (isShort ? text.split("\n") : text.split(/[\r\n]/)).filter(Boolean);
}

/** What {@link hadoopLines} makes of a line that still has its line break, where it has one. */
export const textLines = (line: Buffer): string[] =>
  hadoopLines(withoutBreak(line));

/** Where the line begins that holds the byte at an offset, which may be its line break. */
export const startOfLine = (lines: Buffer, offset: number): number =>
  offset === 0 ? 0 : lines.lastIndexOf(LINE_BREAK, offset - 1) + 1;

/** Where the next line begins behind the one that holds the byte at an offset. */
export function endOfLine(lines: Buffer, offset: number): number {
  const lineBreak = lines.indexOf(LINE_BREAK, offset);
  return lineBreak < 0 ? lines.length : lineBreak + 1;
}

/** How many lines there are; the last one may have no line break. */
export const linesIn = (bytes: Buffer): number =>
  lineBreaksIn(bytes) + (bytes.at(-1) === LINE_BREAK ? 0 : 1);

/** How many line breaks there are that are no `\r\n`. */
export const shortLineBreaksIn = (bytes: Buffer): number =>
  lineBreaksIn(bytes, (at) => bytes[at - 1] !== CARRIAGE_RETURN);

/** How many line breaks there are. @param counts whether the one at an offset counts; default: all do */
export function lineBreaksIn(
  bytes: Buffer,
  counts: (at: number) => boolean = () => true,
): number {
  let count = 0;
  for (
    let at = bytes.indexOf(LINE_BREAK);
    at >= 0;
    at = bytes.indexOf(LINE_BREAK, at + 1)
  )
    if (counts(at)) count++;
  return count;
}

/** What is done with lines that are too long to be kept in memory. */
type LongLines = {
  /** Bytes that a line may have, its line break included. */
  max: number;
  /** Told of each longer line; an empty line stands in its place. */
  tooLong: (bytes: number) => void;
};

/**
 * Cuts a text in pieces at line breaks: each part that is given ends with a whole line, and so no line is in two of them. Nothing is copied
 * but the lines that a piece's end cuts in two, so that a part is good until the next one is asked for where a piece is.
 * @param long how long a line may be, for a text that may hold anything; a line in the middle of a piece is never too long. Default: as long as it wants
 */
export async function* wholeLines(
  pieces: AsyncIterable<Buffer>,
  { max, tooLong }: LongLines = { max: Infinity, tooLong: () => undefined },
): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  let begunBytes = 0;
  const begin = (bytes: Buffer) => {
    begunBytes += bytes.length;
    if (begunBytes > max) begun = [];
    else begun.push(Buffer.from(bytes));
  };
  const ended = (lineBreak: string) => {
    const line =
      begunBytes > max ? Buffer.from(lineBreak) : Buffer.concat(begun);
    if (begunBytes > max) tooLong(begunBytes);
    begun = [];
    begunBytes = 0;
    return line;
  };
  for await (const piece of pieces) {
    const end = piece.lastIndexOf(LINE_BREAK) + 1;
    if (end > 0) {
      const first = begunBytes === 0 ? 0 : piece.indexOf(LINE_BREAK) + 1;
      if (first > 0) {
        begin(piece.subarray(0, first));
        yield ended("\n");
      }
      if (first < end) yield piece.subarray(first, end);
    }
    if (end < piece.length) begin(piece.subarray(end));
  }
  if (begunBytes > 0) yield ended("");
}

/**
 * The lines of a text in UTF-8 that is given in pieces, as Hadoop's LineReader has them: `\n`, `\r\n` and a lone `\r` end a line. A character
 * may be cut in two by the end of a piece.
 */
export async function* linesOf(
  pieces: AsyncIterable<Buffer>,
): AsyncGenerator<string> {
  for await (const line of byteLinesOf(pieces)) yield* hadoopLines(line);
}
