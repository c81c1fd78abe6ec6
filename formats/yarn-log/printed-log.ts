import { FormatError, named } from "../format-error";
import { parseLogHead } from "../log-head";
import {
  endOfLine,
  shortLineBreaksIn,
  startOfLine,
  textLines,
  wholeLines,
} from "../../lib/lines";
import { Places } from "../../lib/places";
import type { RandomAccess } from "../../lib/random-access";
import type { ContainerLog } from "./container-log";
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
 * The logs that `yarn logs` prints (org.apache.hadoop.yarn.logaggregation.LogToolUtils, Hadoop 2 and 3), each as
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
export async function* printedLogs(
  file: RandomAccess,
): AsyncGenerator<ContainerLog> {
  const printed = new PrintedLogs(textOf(file));
  yield* printed.logs();
  if (printed.hasContainer) return;
  if (!printed.isLog)
    throw new FormatError(
      "not an aggregated YARN log: a text that names no container, and is no log itself",
    );
  yield { container: "", logType: "", pieces: textOf(file) };
}

/** With what a line begins that may end a log: its footer, or where it has none the next header. */
const FOOTER = "End of LogType:";
const ENDS = [FOOTER, "LogType:", "Container: "].map((begin) =>
  Buffer.from(begin),
);

/** Takes a printed text apart. What is outside of logs is read line by line, a log only for what may end it. */
class PrintedLogs {
  hasContainer = false;
  /** Whether a line that comes before any container is a log's. */
  isLog = false;
  private container = "";
  private logType = "";
  /** Bytes that the log at hand has by its header; undefined where that does not say. */
  private length: number | undefined;
  private readonly parts: AsyncIterator<Buffer>;
  /** Whole lines, how many of their bytes are taken, and where in them a log may end. */
  private lines: Buffer = Buffer.alloc(0);
  private at = 0;
  private ends = new Places(this.lines, ENDS);

  constructor(text: AsyncIterable<Buffer>) {
    this.parts = wholeLines(text)[Symbol.asyncIterator]();
  }

  async *logs(): AsyncGenerator<ContainerLog> {
    while (await this.fill()) {
      if (!this.begins(this.take(endOfLine(this.lines, this.at)))) continue;
      const { container, logType } = this;
      const pieces = this.contents();
      yield { container, logType, pieces };
      for await (const _ of pieces);
    }
  }

  /** Has a line to be taken, where the text has one more. */
  private async fill(): Promise<boolean> {
    if (this.at < this.lines.length) return true;
    const next = await this.parts.next();
    if (next.done) return false;
    this.lines = next.value;
    this.at = 0;
    this.ends = new Places(this.lines, ENDS);
    return true;
  }

  /** Takes the lines at hand up to an offset. */
  private take(end: number): Buffer {
    const taken = this.lines.subarray(this.at, end);
    this.at = end;
    return taken;
  }

  /** Reads a line outside of any log. @returns whether a log's contents follow */
  private begins(bytes: Buffer): boolean {
    return textLines(bytes).some((line) => this.readHeader(line));
  }

  private readHeader(line: string): boolean {
    const header = CONTAINER.exec(line);
    if (header) {
      this.container = header[1]!;
      this.hasContainer = true;
    } else if (!this.hasContainer) {
      this.isLog ||= parseLogHead(line) !== undefined;
    } else if (line.startsWith("LogType:")) {
      this.logType = line.slice("LogType:".length).trim();
      this.length = undefined;
    } else if (line.startsWith("LogLength:")) {
      const length = Number(line.slice("LogLength:".length));
      this.length = Number.isNaN(length) ? undefined : length;
    } else return /^Log ?Contents:/.test(line);
    return false;
  }

  /**
   * The bytes of the log at hand, without the line break that is printed before its footer.
   * @throws FormatError where the text ends before the log has its length
   */
  private async *contents(): AsyncGenerator<Buffer> {
    let most = 0;
    let lastBreak: Buffer = Buffer.alloc(0);
    while (await this.fill()) {
      const end = this.endOfLog(most);
      const part = this.take(end ?? this.lines.length);
      if (part.length > 0) {
        most += mostBytes(part);
        if (lastBreak.length > 0) yield lastBreak;
        lastBreak = part.subarray(part.length - lengthOfLastBreak(part));
        yield part.subarray(0, part.length - lastBreak.length);
      }
      if (end !== undefined) return;
    }
    if (lastBreak.length > 0) yield lastBreak;
    if (most < (this.length ?? 0))
      throw new FormatError(
        `the printed log ends early: ${named(this.logType)} of ${named(this.container)} has ${this.length} bytes, and no footer after fewer`,
      );
  }

  /** Where in the lines at hand the log at hand ends. @param most its bytes before them, at most */
  private endOfLog(most: number): number | undefined {
    let counted = this.at;
    for (
      let end = this.ends.firstFrom(this.at);
      end !== undefined;
      end = this.ends.firstFrom(end + 1)
    ) {
      if (startOfLine(this.lines, end) !== end) continue;
      most += mostBytes(this.lines.subarray(counted, end));
      counted = end;
      const line = this.lines.subarray(end, endOfLine(this.lines, end));
      if (this.isEnd(textLines(line)[0]!, most)) return end;
    }
    return undefined;
  }

  private isEnd(line: string, most: number): boolean {
    if (line.startsWith(FOOTER)) return line.startsWith(FOOTER + this.logType);
    return (
      this.length !== undefined &&
      most >= this.length &&
      (CONTAINER.test(line) || line.startsWith("LogType:"))
    );
  }
}

/** How many bytes some lines had before they were printed, at most: of a line break it is not known whether it had one byte or two. */
const mostBytes = (lines: Buffer): number =>
  lines.length + shortLineBreaksIn(lines);

/** How many bytes the line break has with which some lines end. */
function lengthOfLastBreak(lines: Buffer): number {
  const text = lines.toString("latin1", Math.max(0, lines.length - 2));
  return text.endsWith("\r\n") ? 2 : text.endsWith("\n") ? 1 : 0;
}
