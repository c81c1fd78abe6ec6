import type { Columns, Connection } from "./engine";
import { columnsSql } from "./engine";

/** Bytes of lines that are in DuckDB at a time, uncompressed. It needs some times as much while it takes them apart. */
const BATCH_BYTES = 8 << 20;
/** And lines, where they are short: each takes some memory besides its bytes. */
const BATCH_LINES = 200_000;

const PIECES: Columns = { first: "bigint", bytes: "blob" };

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

/**
 * Gives a text to DuckDB some megabytes at a time, as many as fit into little memory.
 * @param work what is done with each batch, by {@link LINES_OF_BATCH} on the same connection
 */
export async function inBatches(
  connection: Connection,
  lines: AsyncIterable<Lines>,
  work: () => Promise<void>,
): Promise<void> {
  let batch: [bigint, Uint8Array][] = [];
  let bytes = 0;
  let count = 0;
  const give = async () => {
    if (batch.length === 0) return;
    await connection.run(
      `create or replace temp table pieces (${columnsSql(PIECES)})`,
    );
    await connection.append("pieces", PIECES, batch);
    batch = [];
    bytes = 0;
    count = 0;
    await work();
    await connection.run("drop table pieces");
  };
  for await (const piece of lines) {
    batch.push([BigInt(piece.first), piece.bytes]);
    bytes += piece.bytes.length;
    count += piece.count;
    if (bytes >= BATCH_BYTES || count >= BATCH_LINES) await give();
  }
  await give();
}
