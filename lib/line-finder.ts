import { endOfLine, startOfLine, textLines, wholeLines } from "./lines";
import { Places } from "./places";

/** Which lines of a log are wanted. They are found in its bytes, so that no other line has to become text. */
export type LineSearch = {
  /** A line is wanted that holds one of these. None holds a line break. One that begins with a letter that is rare in logs is found sooner. */
  needles: readonly string[];
  /** What begins a message. Before a wanted line that begins none, the last one that does is given. */
  message?: {
    /** A line that begins one holds one of these. Where a log has no such line, it need not become text to be passed over. */
    marks: readonly string[];
    begins: (line: string) => boolean;
  };
};

/** Bytes that are looked at for a mark at a time: few at first, as most lines begin a message. */
const FIRST_WINDOW_BYTES = 256;
const WINDOW_BYTES = 64 << 10;

/**
 * The wanted lines of a log that is given in pieces: each line that holds a needle, the line after it, and where it begins no message
 * the nearest line before it that does. Each is given once and in the log's order, in UTF-8, split as {@link textLines} splits.
 */
export async function* linesFound(
  pieces: AsyncIterable<Buffer>,
  search: LineSearch,
): AsyncGenerator<string> {
  const finder = new LineFinder(search);
  for await (const lines of wholeLines(pieces)) yield* finder.linesIn(lines);
}

class LineFinder {
  private readonly needles: Buffer[];
  private readonly marks: Buffer[];
  /** Whether the next line follows a wanted one. */
  private follows = false;
  /** The last line that begins a message and was passed over. */
  private message: string | undefined;

  constructor(private readonly search: LineSearch) {
    this.needles = search.needles.map((needle) => Buffer.from(needle));
    this.marks = (search.message?.marks ?? []).map((mark) => Buffer.from(mark));
  }

  /** @param lines whole lines, which follow those of the call before */
  *linesIn(lines: Buffer): Generator<string> {
    const places = new Places(lines, this.needles);
    for (let at = 0; at < lines.length;) {
      const place = places.firstFrom(at);
      if (!this.follows) {
        const from =
          place === undefined ? lines.length : startOfLine(lines, place);
        const passed = lines.subarray(at, from);
        if (place === undefined) {
          this.message = this.lastMessage(passed) ?? this.message;
          return;
        }
        yield* this.messageBefore(lines, from, passed);
        at = from;
      }
      const end = endOfLine(lines, at);
      yield* textLines(lines.subarray(at, end));
      this.follows = place !== undefined && place < end;
      at = end;
    }
  }

  /** The message to which the wanted line at `from` belongs, where that does not begin one itself. */
  private *messageBefore(
    lines: Buffer,
    from: number,
    passed: Buffer,
  ): Generator<string> {
    const wanted = textLines(lines.subarray(from, endOfLine(lines, from)))[0]!;
    const message =
      this.search.message?.begins(wanted) === false
        ? (this.lastMessage(passed) ?? this.message)
        : undefined;
    this.message = undefined;
    if (message !== undefined) yield message;
  }

  /** The last line of some that begins a message; it is looked for from their end. */
  private lastMessage(lines: Buffer): string | undefined {
    const { message } = this.search;
    if (!message) return undefined;
    let bytes = FIRST_WINDOW_BYTES;
    for (let end = lines.length; end > 0;) {
      const from = startOfLine(lines, Math.max(0, end - bytes));
      const window = lines.subarray(from, end);
      const found = this.marks.some((mark) => window.includes(mark))
        ? lastLine(window, message.begins)
        : undefined;
      if (found !== undefined) return found;
      end = from;
      bytes = Math.min(2 * bytes, WINDOW_BYTES);
    }
    return undefined;
  }
}

/** The last of some lines that is wanted. They become text one by one, from the last on. */
function lastLine(
  lines: Buffer,
  isWanted: (line: string) => boolean,
): string | undefined {
  for (let end = lines.length; end > 0;) {
    const from = startOfLine(lines, end - 1);
    const found = textLines(lines.subarray(from, end)).findLast(isWanted);
    if (found !== undefined) return found;
    end = from;
  }
  return undefined;
}
