import type { Hdfs } from "../../../clients/hdfs/hdfs";
import type { Storage } from "../../../clients/storage";
import type { Place } from "../../../clients/storage-layout";

const READ_BYTES = 4 << 20;
const PART_BYTES = 8 << 20;

/** The lines of a text file on HDFS, read piece by piece. @throws where it does not exist */
export async function* linesOfFile(
  hdfs: Hdfs,
  path: string,
): AsyncGenerator<string> {
  const file = await hdfs.open(path);
  let rest = Buffer.alloc(0);
  for (let at = 0; at < file.size;) {
    const piece = await file.read(at, Math.min(READ_BYTES, file.size - at));
    if (piece.length === 0)
      throw new Error(`${path} ends at ${at}, expected ${file.size} bytes`);
    at += piece.length;
    const bytes = Buffer.concat([rest, piece]);
    const end = bytes.lastIndexOf(10);
    if (end >= 0) yield* bytes.subarray(0, end).toString("utf8").split("\n");
    rest = bytes.subarray(end + 1);
  }
  if (rest.length > 0) yield rest.toString("utf8");
}

/** Writes lines into files of some megabytes, `<name>-00000` and so on; a second writer writes the same files again. */
export class LineFiles {
  readonly refs: string[] = [];
  lines = 0;
  private pending: string[] = [];
  private bytes = 0;

  constructor(
    private readonly storage: Storage,
    /** Where its files lie, numbered from 0. */
    private readonly placeOf: (part: number) => Place<string>,
    private readonly partBytes = PART_BYTES,
  ) {}

  async add(line: string): Promise<void> {
    this.pending.push(line);
    this.bytes += line.length + 1;
    this.lines++;
    if (this.bytes >= this.partBytes) await this.flush();
  }

  /** Writes what is left; to be called at the end. */
  async flush(): Promise<void> {
    if (this.pending.length === 0) return;
    const text = `${this.pending.join("\n")}\n`;
    this.pending = [];
    this.bytes = 0;
    this.refs.push(
      await this.storage.writeText(this.placeOf(this.refs.length), text),
    );
  }
}
