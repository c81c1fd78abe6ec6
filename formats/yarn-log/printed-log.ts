import { FormatError, named } from "../format-error";
import { parseLogHead } from "../log-head";
import { linesOf } from "../../lib/lines";
import type { RandomAccess } from "../../lib/random-access";
import type { LogLine } from "./log-line";
import { regionBytes } from "./regions";

/** Bytes by which it is told whether a file is text: what a client logs before the first container may be long. */
const TEXT_BYTES = 64 << 10;
/** What no text has: control characters but for tabs, line breaks, form feeds and escapes (of colours). */
// eslint-disable-next-line no-control-regex
const NO_TEXT = /[\x00-\x08\x0e-\x1a\x1c-\x1f]/;

/** With which a text may begin to tell its encoding (Unicode, "byte order mark"). A Windows shell writes the one of UTF-16. */
const MARKS = [
  { mark: Buffer.from([0xef, 0xbb, 0xbf]), encoding: "utf-8" },
  { mark: Buffer.from([0xff, 0xfe]), encoding: "utf-16le" },
  { mark: Buffer.from([0xfe, 0xff]), encoding: "utf-16be" },
] as const;

const markOf = (head: Buffer) =>
  MARKS.find(({ mark }) => head.subarray(0, mark.length).equals(mark));

/** A container's header: `Container: container_1530000000000_0001_01_000001 on host_8041`. */
const CONTAINER = /^Container: (\S+) on \S+/;

/** The text of a file, without its byte order mark, in UTF-8 and in pieces. */
async function* textOf(file: RandomAccess, until = file.size) {
  const head = await file.read(0, Math.min(3, file.size));
  const marked = markOf(head);
  const offset = marked?.mark.length ?? 0;
  const size = Math.max(0, Math.min(until, file.size) - offset);
  const pieces = regionBytes(file, { offset, size, raw: size, codec: "none" });
  if (!marked || marked.encoding === "utf-8") yield* pieces;
  else {
    const decoder = new TextDecoder(marked.encoding, { ignoreBOM: true });
    for await (const piece of pieces)
      yield Buffer.from(decoder.decode(piece, { stream: true }));
  }
}

/** Whether a file may be text that was printed: it begins with none of the bytes that only other files have. */
export async function isText(file: RandomAccess): Promise<boolean> {
  let isEmpty = true;
  for await (const piece of textOf(file, TEXT_BYTES)) {
    if (NO_TEXT.test(piece.toString("latin1"))) return false;
    isEmpty &&= piece.length === 0;
  }
  return !isEmpty;
}

/**
 * The lines of logs as `yarn logs` prints them (org.apache.hadoop.yarn.logaggregation.LogToolUtils, Hadoop 2 and 3), for each log:
 *
 *     Container: container_1530000000000_0001_01_000001 on host_8041
 *     LogType:stderr
 *     LogLength:1234
 *     LogContents:          (before Hadoop 3: `Log Contents:`)
 *     ...
 *     End of LogType:stderr (not before Hadoop 2.6; there the next header ends a log that has its length)
 *
 * What is printed outside of a log, such as the client's own log, is passed over. A text without any container whose lines are a log's
 * (log-head.ts) is one log itself, of no container that is known.
 *
 * @throws FormatError where the text is neither, or is cut off
 */
export async function* printedLogLines(
  file: RandomAccess,
): AsyncGenerator<LogLine> {
  const printed = new PrintedLog();
  let isLog = false;
  for await (const line of linesOf(textOf(file))) {
    yield* printed.take(line);
    if (!printed.hasContainer) isLog ||= parseLogHead(line) !== undefined;
  }
  printed.end();
  if (printed.hasContainer) return;
  if (!isLog)
    throw new FormatError(
      "not an aggregated YARN log: a text that names no container, and is no log itself",
    );
  for await (const line of linesOf(textOf(file)))
    yield { container: "", logType: "", line };
}

/** Takes printed logs apart, line by line. */
class PrintedLog {
  hasContainer = false;
  private container = "";
  private logType = "";
  private isInside = false;
  /** Bytes that the log at hand has by its header; undefined where that does not say. */
  private length: number | undefined;
  /** Bytes of it that have been read, at most: of a line break it is not known whether it has one byte or two. */
  private taken = 0;
  /** `yarn logs` adds a line break before the footer. An empty line is the log's own only if another line of the log follows. */
  private emptyLines = 0;

  /** Takes the next line. @returns the log's lines that are known to be so by now */
  *take(line: string): Generator<LogLine> {
    if (this.isInside && this.endsWithout(line)) this.isInside = false;
    if (!this.isInside) this.readHeader(line);
    else if (line.startsWith(`End of LogType:${this.logType}`)) {
      this.emptyLines--;
      yield* this.emptied();
      this.isInside = false;
    } else {
      this.taken += Buffer.byteLength(line) + 2;
      if (line === "") this.emptyLines++;
      else {
        yield* this.emptied();
        yield this.lineOf(line);
      }
    }
  }

  /** Whether a line is the next log's header, as the log at hand has its length already. */
  private endsWithout(line: string): boolean {
    return (
      this.length !== undefined &&
      this.taken >= this.length &&
      (CONTAINER.test(line) || line.startsWith("LogType:"))
    );
  }

  /** Takes the end of the text. @throws FormatError where the log at hand has not its length by then */
  end(): void {
    if (this.isInside && this.taken < (this.length ?? 0))
      throw new FormatError(
        `the printed log ends early: ${named(this.logType)} of ${named(this.container)} has ${this.length} bytes, and no footer after fewer`,
      );
  }

  private readHeader(line: string): void {
    const header = CONTAINER.exec(line);
    if (header) {
      this.container = header[1]!;
      this.hasContainer = true;
    } else if (line.startsWith("LogType:")) {
      this.logType = line.slice("LogType:".length).trim();
      this.length = undefined;
    } else if (line.startsWith("LogLength:")) {
      const length = Number(line.slice("LogLength:".length));
      this.length = Number.isNaN(length) ? undefined : length;
    } else if (/^Log ?Contents:/.test(line)) {
      this.isInside = true;
      this.taken = 0;
      this.emptyLines = 0;
    }
  }

  /** The empty lines that turn out to be the log's own. */
  private *emptied(): Generator<LogLine> {
    for (; this.emptyLines > 0; this.emptyLines--) yield this.lineOf("");
  }

  private lineOf(line: string): LogLine {
    return { container: this.container, logType: this.logType, line };
  }
}
