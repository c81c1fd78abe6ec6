import { parquetMetadata, parquetReadObjects } from "hyparquet";
import type { FileStatus, Hdfs } from "./hdfs";

/** What a Parquet file says of itself at its end. */
export type Footer = {
  rows: number;
  /** The names of the top-level columns, in lower case as Hive has them. */
  columns: string[];
};

/** Most footers are no longer than this, and come with the first read. */
const TAIL_BYTES = 32_768;
const MAGIC = "PAR1";
/** The footer's length (int32, little-endian) and the magic are a file's last bytes. */
const TRAILER_BYTES = 8;

/** Footers by path, length and time: files do not change, so that each footer is read once. */
const footers = new Map<string, Footer>();
const MAX_FOOTERS_KEPT = 5_000;

const arrayBufferOf = (bytes: Buffer) =>
  bytes.buffer.slice(
    bytes.byteOffset,
    bytes.byteOffset + bytes.length,
  ) as ArrayBuffer;

/** A Parquet file's row count and columns, by its footer alone. @throws Error where the file is cut off or no Parquet */
export async function footer(
  hdfs: Hdfs,
  dir: string,
  file: FileStatus,
): Promise<Footer> {
  const path = `${dir}/${file.name}`;
  const key = `${path} ${file.length} ${file.mtime}`;
  const known = footers.get(key);
  if (known) return known;
  const { num_rows, schema } = parquetMetadata(
    arrayBufferOf(await footerBytes(hdfs, path, file.length)),
  );
  const found = {
    rows: Number(num_rows),
    columns: schema
      .filter((_, index) => isTopLevel(schema, index))
      .map(({ name }) => name.toLowerCase()),
  };
  if (footers.size > MAX_FOOTERS_KEPT) footers.clear();
  footers.set(key, found);
  return found;
}

/** The end of a file, from the beginning of its footer or earlier. */
async function footerBytes(
  hdfs: Hdfs,
  path: string,
  size: number,
): Promise<Buffer> {
  const tail = await hdfs.read(
    path,
    Math.max(0, size - TAIL_BYTES),
    Math.min(TAIL_BYTES, size),
  );
  if (
    !tail ||
    tail.length < TRAILER_BYTES ||
    tail.subarray(-MAGIC.length).toString("latin1") !== MAGIC
  )
    throw new Error(`${path} is not a whole Parquet file`);
  const length = tail.readUInt32LE(tail.length - TRAILER_BYTES) + TRAILER_BYTES;
  if (length > size) throw new Error(`${path} has an impossible footer`);
  if (length <= tail.length) return tail;
  return (await hdfs.read(path, size - length, length))!;
}

/**
 * Whether an element of a schema is a column and not a field within one. A schema is a tree in depth-first order; its first element is
 * the root, whose children are the columns.
 */
function isTopLevel(
  schema: { num_children?: number }[],
  index: number,
): boolean {
  let column = 1;
  while (column < index) {
    // Passes over this column and everything below it.
    let pending = 1;
    while (pending > 0) {
      pending += (schema[column]!.num_children ?? 0) - 1;
      column++;
    }
  }
  return column === index;
}

/** The named columns (or all) of every row of a Parquet file. @throws Error where the file does not exist */
export async function rows(
  hdfs: Hdfs,
  path: string,
  columns?: string[],
): Promise<Record<string, unknown>[]> {
  const data = await hdfs.read(path);
  if (!data) throw new Error(`${path} does not exist`);
  return parquetReadObjects({
    file: arrayBufferOf(data),
    ...(columns ? { columns } : {}),
  });
}
