import type { Hdfs } from "../../../clients/hdfs/hdfs";
import type { Storage } from "../../../clients/storage";
import type { Place } from "../../../clients/storage-layout";
import { sha256 } from "../../../lib/digest";
import { wholeLines } from "../../../lib/lines";

/** Bytes of a file that are read at a time. */
const READ_BYTES = 2 << 20;

/** A file on HDFS, piece by piece. @throws Error where it does not exist or is cut off while it is read */
export async function* piecesOfFile(
  hdfs: Hdfs,
  path: string,
): AsyncGenerator<Buffer> {
  const file = await hdfs.open(path);
  for (let offset = 0; offset < file.size;) {
    const length = Math.min(READ_BYTES, file.size - offset);
    const piece = await file.read(offset, length);
    if (piece.length === 0)
      throw new Error(`${path} ends at ${offset}, expected ${file.size} bytes`);
    offset += piece.length;
    yield piece;
  }
}

/** The lines of a text file on HDFS. @throws Error as {@link piecesOfFile} does */
export async function* linesOfFile(
  hdfs: Hdfs,
  path: string,
): AsyncGenerator<string> {
  for await (const lines of wholeLines(piecesOfFile(hdfs, path))) {
    const text = lines.toString("utf8");
    yield* (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
  }
}

/**
 * Writes lines into files of some megabytes, numbered from 0. An attempt that is given the same lines as one before it writes the same
 * files, so that it replaces what the other left behind; one that is given others writes beside them, whenever it wakes up.
 */
export class LineFiles {
  /** The files that are written so far, as references, with the digest and the number of their lines. */
  readonly parts: { ref: string; digest: string; lines: number }[] = [];
  /** How many lines were added. */
  lines = 0;
  private pending: string[] = [];
  private bytes = 0;

  constructor(
    private readonly storage: Storage,
    /** Where a file of this number and content is to lie. */
    private readonly placeOf: (part: number, digest: string) => Place<string>,
    /** The size from which on a file is full and is written, in characters (bytes, of ASCII). */
    private readonly partBytes: number,
  ) {}

  async add(line: string): Promise<void> {
    this.pending.push(line);
    this.bytes += line.length + 1;
    this.lines++;
    if (this.bytes >= this.partBytes) await this.flush();
  }

  /** Writes what has not been written yet; to be called at the end. */
  async flush(): Promise<void> {
    if (this.pending.length === 0) return;
    const lines = this.pending.length;
    const text = `${this.pending.join("\n")}\n`;
    this.pending = [];
    this.bytes = 0;
    const digest = sha256(text);
    const place = this.placeOf(this.parts.length, digest);
    const ref = await this.storage.writeText(place, text);
    this.parts.push({ ref, digest, lines });
  }

  get refs(): string[] {
    return this.parts.map(({ ref }) => ref);
  }
}
