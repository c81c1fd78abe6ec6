import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { createInflate } from "node:zlib";
import { FormatError } from "../format-error";
import { ByteReader, decodeModifiedUtf8 } from "../hadoop/bytes";
import { isIndexedFile, indexedLogLines } from "./indexed-log";
import type { RandomAccess } from "../../lib/random-access";

export type LogLine = { container: string; logType: string; line: string };

const MAGIC = Buffer.from("d111d36891b5d7b639df414092bae150", "hex");
const CHUNK = 4 << 20;
/** Names of records that are not containers' logs. */
const RESERVED = new Set(["VERSION", "APPLICATION_ACL", "APPLICATION_OWNER"]);

type Region = { offset: number; size: number; raw: number; codec: string };

/** A region's bytes, decompressed, in pieces of bounded size. */
export async function* regionBytes(
  file: RandomAccess,
  region: Region,
): AsyncGenerator<Buffer> {
  async function* stored(): AsyncGenerator<Buffer> {
    for (let at = 0; at < region.size; at += CHUNK) {
      yield await file.read(
        region.offset + at,
        Math.min(CHUNK, region.size - at),
      );
    }
  }
  switch (region.codec) {
    case "none":
      yield* stored();
      return;
    case "gz":
      // Hadoop's DefaultCodec: zlib streams, not gzip files.
      for await (const piece of Readable.from(stored()).pipe(createInflate()))
        yield piece as Buffer;
      return;
    default:
      throw new FormatError(
        `the log codec ${region.codec} cannot be read (none and gz can; \`yarn logs\` prints the others, and what it prints can be read)`,
      );
  }
}

/** Takes a stream of buffers apart without holding more of it than is asked for. */
class StreamReader {
  private held: Buffer = Buffer.alloc(0);
  private readonly source: AsyncIterator<Buffer>;

  constructor(source: AsyncIterable<Buffer>) {
    this.source = source[Symbol.asyncIterator]();
  }

  private async fill(n: number): Promise<boolean> {
    while (this.held.length < n) {
      const next = await this.source.next();
      if (next.done) return false;
      this.held =
        this.held.length === 0
          ? next.value
          : Buffer.concat([this.held, next.value]);
    }
    return true;
  }

  async ended(): Promise<boolean> {
    return !(await this.fill(1));
  }

  async take(n: number): Promise<Buffer> {
    if (!(await this.fill(n)))
      throw new FormatError(
        `the log ends early: ${n} bytes wanted, ${this.held.length} left`,
      );
    const out = this.held.subarray(0, n);
    this.held = this.held.subarray(n);
    return out;
  }

  /** At most n bytes, at least one. */
  async some(n: number): Promise<Buffer> {
    if (!(await this.fill(1)))
      throw new FormatError(`the log ends early: ${n} bytes wanted`);
    return this.take(Math.min(n, this.held.length));
  }

  async vint(): Promise<number> {
    // At most nine bytes; read the first to know.
    const first = (await this.take(1)).readInt8();
    if (first >= -32) return first;
    const group = Math.trunc((first + 128) / 8);
    const rest = group >= 7 ? 1 : group >= 3 ? 2 : group >= 1 ? 3 : first + 129;
    return new ByteReader(
      Buffer.concat([Buffer.from([first & 0xff]), await this.take(rest)]),
    ).tfileVlong();
  }
}

/** A record's value: chunks, each but the last announced by a negative length. */
async function* valueBytes(reader: StreamReader): AsyncGenerator<Buffer> {
  for (;;) {
    const length = await reader.vint();
    let left = Math.abs(length);
    while (left > 0) {
      const piece = await reader.some(Math.min(left, CHUNK));
      left -= piece.length;
      yield piece;
    }
    if (length >= 0) return;
  }
}

/** The lines of a text given in pieces; splitting keeps UTF-8 characters whole. */
export async function* linesOf(
  bytes: AsyncIterable<Buffer>,
): AsyncGenerator<string> {
  yield* createInterface({ input: Readable.from(bytes), crlfDelay: Infinity });
}

async function utf(reader: StreamReader): Promise<string> {
  const length = (await reader.take(2)).readUInt16BE();
  return decodeModifiedUtf8(await reader.take(length));
}

async function* bounded(
  reader: StreamReader,
  length: number,
): AsyncGenerator<Buffer> {
  for (let left = length; left > 0;) {
    const piece = await reader.some(Math.min(left, CHUNK));
    left -= piece.length;
    yield piece;
  }
}

async function* containerLines(
  container: string,
  value: AsyncIterable<Buffer>,
): AsyncGenerator<LogLine> {
  const reader = new StreamReader(value);
  while (!(await reader.ended())) {
    const logType = await utf(reader);
    const length = Number(await utf(reader));
    if (!Number.isSafeInteger(length) || length < 0)
      throw new FormatError(
        `log ${logType} of ${container} has no valid length`,
      );
    for await (const line of linesOf(bounded(reader, length)))
      yield { container, logType, line };
  }
}

/** The data blocks of a TFile (Hadoop's BCFile), from its meta index. */
export async function tfileBlocks(file: RandomAccess): Promise<Region[]> {
  const tail = await file.read(
    Math.max(0, file.size - 28),
    Math.min(28, file.size),
  );
  if (tail.length < 28 || !tail.subarray(12).equals(MAGIC))
    throw new FormatError("not a TFile: its last bytes are not the magic");
  const indexAt = Number(tail.readBigInt64BE(0));
  const meta = new ByteReader(
    await file.read(indexAt, file.size - 28 - indexAt),
  );
  for (let left = meta.tfileVlong(); left > 0; left--) {
    const name = meta.tfileString();
    const codec = meta.tfileString() ?? "none";
    const region = {
      offset: meta.tfileVlong(),
      size: meta.tfileVlong(),
      raw: meta.tfileVlong(),
      codec,
    };
    if (name !== "data:BCFile.index") continue;
    const parts: Buffer[] = [];
    for await (const piece of regionBytes(file, region)) parts.push(piece);
    const index = new ByteReader(Buffer.concat(parts));
    const dataCodec = index.tfileString() ?? "none";
    return Array.from({ length: index.tfileVlong() }, () => ({
      offset: index.tfileVlong(),
      size: index.tfileVlong(),
      raw: index.tfileVlong(),
      codec: dataCodec,
    }));
  }
  throw new FormatError("the TFile has no block index");
}

async function* tfileLines(file: RandomAccess): AsyncGenerator<LogLine> {
  for (const block of await tfileBlocks(file)) {
    const reader = new StreamReader(regionBytes(file, block));
    while (!(await reader.ended())) {
      const key = new ByteReader(await reader.take(await reader.vint())).utf();
      const value = valueBytes(reader);
      if (RESERVED.has(key)) {
        for await (const piece of value) void piece;
      } else {
        yield* containerLines(key, value);
        // What a reader left of the value would be taken for the next record.
        for await (const piece of value) void piece;
      }
    }
  }
}

/** What `yarn logs` prints: headers, content, a footer for each log. */
async function* printedLines(file: RandomAccess): AsyncGenerator<LogLine> {
  let container = "";
  let logType = "";
  let inside = false;
  // The printer adds a line break before the footer; an empty line counts only once another follows it.
  let empty = 0;
  for await (const line of linesOf(
    regionBytes(file, {
      offset: 0,
      size: file.size,
      raw: file.size,
      codec: "none",
    }),
  )) {
    const header = /^Container: (\S+) on \S+/.exec(line);
    if (header && !inside) container = header[1]!;
    else if (!inside && line.startsWith("LogType:"))
      logType = line.slice(8).trim();
    else if (!inside && /^Log ?Contents:/.test(line)) {
      inside = true;
      empty = 0;
    } else if (inside && line.startsWith(`End of LogType:${logType}`)) {
      for (; empty > 1; empty--) yield { container, logType, line: "" };
      inside = false;
    } else if (inside && line === "") empty++;
    else if (inside) {
      for (; empty > 0; empty--) yield { container, logType, line: "" };
      yield { container, logType, line };
    }
  }
}

/**
 * The lines of an aggregated log file, whichever way it was written: TFile (also in older clusters' layout),
 * IndexedFile, or the text that `yarn logs` prints. Memory stays bounded whatever the size.
 * @throws FormatError where it is none of them
 */
export async function* yarnLogLines(
  file: RandomAccess,
): AsyncGenerator<LogLine> {
  const head = await file.read(0, Math.min(16, file.size));
  if (head.equals(MAGIC)) yield* tfileLines(file);
  else if (await isIndexedFile(file)) yield* indexedLogLines(file);
  else if (
    /^\s*(Container: |End of|\d{2}\/|[A-Z])/.test(head.toString("latin1"))
  )
    yield* printedLines(file);
  else
    throw new FormatError(
      "not an aggregated YARN log: neither TFile nor IndexedFile nor the text of `yarn logs`",
    );
}
