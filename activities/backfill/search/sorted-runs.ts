import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { byteLinesOf } from "../../../lib/lines";
import { firstWhere } from "../../../lib/first-where";

/** Bytes that a short string costs V8 beside its characters. */
const OVERHEAD_BYTES = 80;
/** Runs that are merged at a time: each has a file descriptor and a buffer. */
const MERGED_AT_ONCE = 64;

/**
 * Sorts any number of lines in bounded memory, by UTF-16 code units (which for ASCII is the order of bytes). What does not fit is written
 * to disk as sorted runs, which are merged at the end.
 */
export class SortedRuns {
  private lines: string[] = [];
  private bytes = 0;
  /** Files of runs that are still to be merged. */
  private runs: string[] = [];
  private written = 0;
  private dir: string | undefined;

  constructor(
    /** The memory that lines may take before they are spilled. */
    private readonly maxBytes: number,
    /** Where runs are spilled; default: the system's temporary folder. */
    private readonly parent = tmpdir(),
  ) {}

  /** How many files were written so far: none as long as everything fits into memory. */
  get spilled(): number {
    return this.written;
  }

  async add(line: string): Promise<void> {
    this.lines.push(line);
    this.bytes += line.length + OVERHEAD_BYTES;
    if (this.bytes > this.maxBytes) await this.spill();
  }

  private async spill(): Promise<void> {
    const lines = this.lines.sort();
    this.lines = [];
    this.bytes = 0;
    this.runs.push(await this.write(lines));
  }

  private async write(
    lines: Iterable<string> | AsyncIterable<string>,
  ): Promise<string> {
    this.dir ??= await mkdtemp(join(this.parent, "sisyphus-sort-"));
    const file = join(this.dir, String(this.written++));
    const out = createWriteStream(file, { highWaterMark: 1 << 18 });
    for await (const line of lines)
      if (!out.write(`${line}\n`)) await once(out, "drain");
    out.end();
    await once(out, "close");
    return file;
  }

  /** All lines in order, equal ones as often as they were added. To be called once. */
  async *sorted(): AsyncGenerator<string> {
    const inMemory = this.lines.sort();
    this.lines = [];
    while (this.runs.length > MERGED_AT_ONCE) {
      const some = this.runs.splice(0, MERGED_AT_ONCE);
      this.runs.push(await this.write(merge(some.map(linesIn))));
      await Promise.all(some.map((file) => rm(file)));
    }
    yield* merge([...this.runs.map(linesIn), inMemory[Symbol.iterator]()]);
  }

  /** Removes its files; to be called whatever happened. */
  async close(): Promise<void> {
    this.lines = [];
    if (this.dir) await rm(this.dir, { recursive: true, force: true });
  }
}

/** The lines that were written to a run: an event's text may hold anything but a line break. */
async function* linesIn(file: string): AsyncGenerator<string> {
  const bytes = createReadStream(file, { highWaterMark: 1 << 16 });
  for await (const line of byteLinesOf(bytes)) yield line.toString("utf8");
}

type Source = AsyncIterator<string> | Iterator<string>;

/** Merges sorted sources into one. */
async function* merge(sources: Source[]): AsyncGenerator<string> {
  /** The next line of every source that has one, sorted with the smallest last. */
  const heads: { line: string; source: Source }[] = [];
  const takeNext = async (source: Source) => {
    const next = await source.next();
    if (next.done) return;
    const line = next.value;
    heads.splice(
      firstWhere(heads, (head) => head.line <= line),
      0,
      { line, source },
    );
  };
  for (const source of sources) await takeNext(source);
  for (let head = heads.pop(); head; head = heads.pop()) {
    yield head.line;
    await takeNext(head.source);
  }
}
