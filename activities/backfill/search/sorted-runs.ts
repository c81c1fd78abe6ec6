import { once } from "node:events";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What a short string costs V8 beside its characters. */
const OVERHEAD = 80;
/** Runs that are merged at a time: each has an open file and a buffer. */
const FAN_IN = 64;

/** Sorts any number of lines (by UTF-16 code units, ASCII in our use) in bounded memory: sorted runs are spilled to disk and merged. */
export class SortedRuns {
  private lines: string[] = [];
  private bytes = 0;
  private runs: string[] = [];
  private made = 0;
  private dir: string | undefined;

  constructor(
    private readonly maxBytes: number,
    /** Where runs are spilled; default: the system's temporary folder. */
    private readonly parent = tmpdir(),
  ) {}

  /** Files that were written so far: none as long as everything fits. */
  get spilled(): number {
    return this.made;
  }

  async add(line: string): Promise<void> {
    this.lines.push(line);
    this.bytes += line.length + OVERHEAD;
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
    const file = join(this.dir, String(this.made++));
    const out = createWriteStream(file, { highWaterMark: 1 << 18 });
    for await (const line of lines)
      if (!out.write(`${line}\n`)) await once(out, "drain");
    out.end();
    await once(out, "close");
    return file;
  }

  /** All lines in order, equal ones as often as they were added. Call it once. */
  async *sorted(): AsyncGenerator<string> {
    const rest = this.lines.sort();
    this.lines = [];
    while (this.runs.length > FAN_IN) {
      const some = this.runs.splice(0, FAN_IN);
      this.runs.push(await this.write(merge(some.map(linesOf))));
      await Promise.all(some.map((file) => rm(file)));
    }
    yield* merge([...this.runs.map(linesOf), rest[Symbol.iterator]()]);
  }

  async close(): Promise<void> {
    this.lines = [];
    if (this.dir) await rm(this.dir, { recursive: true, force: true });
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  yield* createInterface({
    input: createReadStream(file, { highWaterMark: 1 << 16 }),
    crlfDelay: Infinity,
  });
}

type Source = AsyncIterator<string> | Iterator<string>;

async function* merge(sources: Source[]): AsyncGenerator<string> {
  const heads: { line: string; source: Source }[] = [];
  const put = async (source: Source) => {
    const next = await source.next();
    if (next.done) return;
    // Kept sorted, the smallest last.
    let [from, to] = [0, heads.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (heads[middle]!.line > next.value) from = middle + 1;
      else to = middle;
    }
    heads.splice(from, 0, { line: next.value, source });
  };
  for (const source of sources) await put(source);
  for (let head = heads.pop(); head; head = heads.pop()) {
    yield head.line;
    await put(head.source);
  }
}
