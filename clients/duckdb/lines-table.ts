import type { Connection } from "./engine";

/** Bytes of lines that are given at a time, uncompressed. */
const BATCH_BYTES = 8 << 20;
/** A batch to which no other piece is added: most would not fit. */
const FULL_BYTES = BATCH_BYTES - (1 << 20);
/** And lines, where they are short: each takes some memory besides its bytes. */
const BATCH_LINES = 200_000;

/**
 * Whole lines of a text, in UTF-8 and with their line breaks, how many they are, and a number that tells where they begin: of a line, or of
 * a byte, as whoever reads them wants it.
 */
export type Lines = { first: number; count: number; bytes: Uint8Array };

/**
 * A query for the lines of a batch (see {@link inBatches}) without their line breaks: `l`, and its number `n`, from 1, in the piece that begins
 * at `first`. Empty lines are left out. DuckDB's own readers of files do
 * not keep bytes: they drop byte-order marks and carriage returns, and lose lines without a word.
 */
export const LINES_OF_BATCH = `
  select first, n, l from (
    select first, unnest(ls) l, generate_subscripts(ls, 1) n
    from (select first, string_split(decode(bytes), chr(10)) ls from pieces)
  ) where l <> ''`;

/** The same with `place`, where a line begins, for pieces whose `first` counts bytes. */
export const LINES_WITH_OFFSETS = `
  select l, first + sum(strlen(l) + 1) over (partition by first order by n) - strlen(l) - 1 as place from (
    select first, unnest(ls) l, generate_subscripts(ls, 1) n
    from (select first, string_split(decode(bytes), chr(10)) ls from pieces)
  )`;

/** Pieces in one buffer, which is used for one batch after the other. */
class Batch {
  readonly pieces: Lines[] = [];
  private readonly room = Buffer.allocUnsafeSlow(BATCH_BYTES);
  private bytes = 0;
  private count = 0;

  add({ first, count, bytes }: Lines): void {
    const from = this.bytes;
    this.bytes += bytes.length;
    this.count += count;
    const fits = this.bytes <= BATCH_BYTES;
    const kept = fits
      ? this.room.subarray(from, this.bytes)
      : Buffer.allocUnsafeSlow(bytes.length);
    kept.set(bytes);
    this.pieces.push({ first, count, bytes: kept });
  }

  get isFull(): boolean {
    return this.bytes >= FULL_BYTES || this.count >= BATCH_LINES;
  }

  clear(): void {
    this.pieces.length = 0;
    this.bytes = 0;
    this.count = 0;
  }
}

/**
 * Gives a text to DuckDB some megabytes at a time, as many as fit into little memory. While it works on a batch the next one is read.
 * @param lines each is good until the next one is asked for
 * @param work what is done with each batch, by {@link LINES_OF_BATCH} on the same connection
 */
export async function inBatches(
  connection: Connection,
  lines: AsyncIterable<Lines>,
  work: () => Promise<void>,
): Promise<void> {
  let batch = new Batch();
  let other = new Batch();
  let working: Promise<void> = Promise.resolve();
  const give = async () => {
    await working;
    [batch, other] = [other, batch];
    batch.clear();
    connection.pieces = other.pieces;
    working = work();
    // Its error is thrown once the next batch is there.
    working.catch(() => undefined);
  };
  try {
    for await (const piece of lines) {
      batch.add(piece);
      if (batch.isFull) await give();
    }
    await give();
  } finally {
    await working.finally(() => (connection.pieces = []));
  }
}
