import { isUtf8 } from "node:buffer";
import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { dirname, basename, join } from "node:path";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type {
  EventReader,
  KnownEvent,
  UnknownEvent,
} from "../formats/events/event-reader";
import { type Hour, hourOf } from "../lib/hour";
import { byteLinesOf, wholeLines } from "../lib/lines";

/** A file that is cut off, damaged or not to be opened. What lies before the damage has been read by then. */
export class UnreadableFile extends Error {
  constructor(
    readonly file: string,
    cause: unknown,
  ) {
    super(`${file} cannot be read to its end: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Files by name: their inode, and what is another once they have changed. */
export type Versions = Map<string, { inode: number; version: string }>;

/**
 * The archive's files, in name order. Where a plain file and its .gz exist, the plain one is left out: they are the same log, caught
 * in the middle of its compression.
 * @param patterns paths of this host; `*` in a file's name matches anything
 */
export async function archiveFiles(patterns: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const pattern of patterns) {
    const dir = dirname(pattern);
    const regex = new RegExp(
      `^${basename(pattern)
        .split("*")
        .map((s) => s.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
        .join(".*")}$`,
    );
    const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [] as string[];
      throw error;
    });
    found.push(
      ...names
        .filter((n) => regex.test(n) && !n.startsWith("."))
        .map((n) => join(dir, n)),
    );
  }
  const all = new Set(found);
  return [...all].filter((f) => !all.has(`${f}.gz`)).sort();
}

/**
 * The lines of a file; undefined for one that is not UTF-8, which could not be replayed as it is.
 * @throws UnreadableFile after the lines before the damage
 */
export async function* archiveLines(
  path: string,
): AsyncGenerator<string | undefined> {
  const file = await ArchiveFile.open(path);
  try {
    // What a reader of these lines throws does not come by here: a generator is only told to end.
    for await (const line of byteLinesOf(file.bytes()))
      yield isUtf8(line) ? line.toString("utf8") : undefined;
  } finally {
    await file.close();
  }
}

/**
 * The longest line that the search looks at, in bytes, its line break included. Brokers refuse messages of more than 1 MiB unless they are
 * told otherwise; what a crash or a broken disk writes can be one line of any size.
 */
const MAX_LINE_BYTES = 16 << 20;
const CHUNK_BYTES = 1 << 20;
/** Of what was inflated before damage, less than this is lost. */
const INFLATED_BYTES = 128 << 10;

/**
 * A file of the archive as it is when it is opened: it may be read several times, and gives the same bytes each time, though it be renamed
 * or appended to meanwhile.
 */
export class ArchiveFile {
  /** How many bytes of the disk were read by now; those that are read again do not count. */
  bytesRead = 0;

  private constructor(
    readonly path: string,
    /** Bytes as they lie on the disk. */
    readonly size: number,
    readonly inode: number,
    /** Epoch ms. */
    readonly mtimeMs: number,
    private readonly handle: FileHandle,
  ) {}

  /** @throws UnreadableFile where it cannot be opened */
  static async open(path: string): Promise<ArchiveFile> {
    try {
      const handle = await open(path);
      const { size, ino, mtimeMs } = await handle.stat();
      return new ArchiveFile(path, size, ino, mtimeMs, handle);
    } catch (error) {
      throw new UnreadableFile(path, error);
    }
  }

  /**
   * Its bytes as they lie on the disk from an offset on, as many as there were when it was opened.
   * @param isKept whether chunks are kept by whoever gets them. Else all are given in one buffer: V8 collects its whole heap for some tens of
   * megabytes of new ones.
   */
  private async *stored(from = 0, isKept = true): AsyncGenerator<Buffer> {
    let chunk = Buffer.alloc(0);
    for (let at = from; at < this.size;) {
      const length = Math.min(CHUNK_BYTES, this.size - at);
      if (isKept || chunk.length < length)
        chunk = Buffer.allocUnsafeSlow(length);
      const { bytesRead } = await this.handle.read(chunk, 0, length, at);
      if (bytesRead === 0)
        throw new Error(`it has only ${at} bytes now, of ${this.size}`);
      at += bytesRead;
      this.bytesRead = Math.max(this.bytesRead, at);
      yield chunk.subarray(0, bytesRead);
    }
  }

  private async *inflated(): AsyncGenerator<Buffer> {
    const raw = Readable.from(this.stored());
    const gunzip = createGunzip({ chunkSize: INFLATED_BYTES });
    raw.on("error", (error) => gunzip.destroy(error));
    try {
      yield* raw.pipe(gunzip);
    } finally {
      // A reader that has seen enough ends the last of a chain only.
      gunzip.destroy();
      raw.destroy();
    }
    // Node takes a zero byte for the end of the whole file, and says nothing of what follows.
    for await (const bytes of this.stored(gunzip.bytesWritten))
      if (bytes.some((byte) => byte !== 0))
        throw new Error(
          `it goes on behind byte ${gunzip.bytesWritten}, where its gzip data ends`,
        );
  }

  /** Its content. A piece is good until the next one is asked for. @throws UnreadableFile after most of what lies before the damage */
  async *bytes(): AsyncGenerator<Buffer> {
    try {
      yield* this.path.endsWith(".gz")
        ? this.inflated()
        : this.stored(0, false);
    } catch (error) {
      throw new UnreadableFile(this.path, error);
    }
  }

  /**
   * Its lines from the first one on, whole ones in pieces of about a megabyte or less, with their line breaks. A piece is good until the next
   * one is asked for.
   * @param tooLong is told the bytes of each line that is too long to be looked at; an empty line stands in its place
   * @throws UnreadableFile after the lines before the damage
   */
  lines(tooLong: (bytes: number) => void): AsyncGenerator<Buffer> {
    return wholeLines(this.bytes(), { max: MAX_LINE_BYTES, tooLong });
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** What each file is now. One that was just renamed or removed is left out. */
export async function archiveVersions(patterns: string[]): Promise<Versions> {
  const versions: Versions = new Map();
  for (const file of await archiveFiles(patterns)) {
    const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (!found) continue;
    const { ino: inode, size, mtimeMs } = found;
    versions.set(file, { inode, version: `${inode} ${size} ${mtimeMs}` });
  }
  return versions;
}

/** The event of a line and its hour, or why these are not known. @param line undefined for one that is not UTF-8 */
export function datedEvent(
  line: string | undefined,
  reader: EventReader,
): { event: KnownEvent; hour: Hour; text: string } | UnknownEvent {
  if (line === undefined) return { error: "not UTF-8" };
  const read = reader.read(line);
  if ("error" in read) return read;
  const { event } = read;
  const problem =
    event.schema === ""
      ? "it does not say of which stream it is"
      : event.timeProblem;
  return problem === undefined
    ? { event, hour: hourOf(event.ms!), text: line }
    : {
        error: `event ${event.uuid}: ${problem}`,
        // EventLogging's archive is a lower bound already. Pointers that are wrong must not make a loss look like silence.
        isEvent: reader.pointers !== undefined,
      };
}
