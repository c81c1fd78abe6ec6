import type { Connection } from "../../../clients/duckdb/engine";
import {
  inBatches,
  type Lines,
  LINES_OF_BATCH,
} from "../../../clients/duckdb/lines-table";

/** Characters of uuids that wait for DuckDB, of all files that are read side by side. */
const WAITING_BYTES = 8 << 20;

/** Uuids that go into a table of DuckDB's with two columns: a number, of what they are from, and the uuid. */
export class UuidWriter {
  private waiting: Lines[] = [];
  private bytes = 0;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly connection: Connection,
    private readonly table: string,
  ) {}

  /** Takes the uuids of one file, some at a time. @returns how many they were */
  async addAll(
    number: number,
    uuids: AsyncIterable<string[]>,
  ): Promise<number> {
    let count = 0;
    for await (const some of uuids) {
      count += some.length;
      await this.add(number, some);
    }
    return count;
  }

  async add(first: number, uuids: string[]): Promise<void> {
    if (uuids.length === 0) return;
    const bytes = Buffer.from(uuids.join("\n"), "latin1");
    this.waiting.push({ first, count: uuids.length, bytes });
    this.bytes += bytes.length;
    if (this.bytes >= WAITING_BYTES) await this.flush();
  }

  /** Writes what waits; to be called before the table is read. */
  async flush(): Promise<void> {
    const pieces = this.waiting;
    this.waiting = [];
    this.bytes = 0;
    // One batch after the other: a connection has one table of pieces.
    const written = this.writing.then(() =>
      inBatches(this.connection, inOrder(pieces), () =>
        this.connection.run(
          `insert into ${this.table} select first, l from (${LINES_OF_BATCH})`,
        ),
      ),
    );
    this.writing = written.catch(() => undefined);
    await written;
  }
}

async function* inOrder(pieces: Lines[]): AsyncGenerator<Lines> {
  yield* pieces;
}
