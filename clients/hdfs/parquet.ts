import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { FormatError } from "../../formats/format-error";
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
/** With which a file ends whose footer is encrypted (Apache Parquet, "Parquet Modular Encryption"). */
const ENCRYPTED_MAGIC = "PARE";
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
  const bytes = await footerBytes(hdfs, path, file.length);
  const { num_rows, schema } = parsed(path, () =>
    parquetMetadata(arrayBufferOf(bytes)),
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

/** What a parse gives. @throws FormatError that names the file, where its bytes are damaged */
function parsed<T>(path: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new FormatError(`${path} is damaged: ${(error as Error).message}`);
  }
}

/** The end of a file, from the beginning of its footer or earlier. */
async function footerBytes(
  hdfs: Hdfs,
  path: string,
  size: number,
): Promise<Buffer> {
  const tail = await hdfs.readExactly(
    path,
    Math.max(0, size - TAIL_BYTES),
    Math.min(TAIL_BYTES, size),
  );
  mustBeParquet(path, tail);
  const length = tail.readUInt32LE(tail.length - TRAILER_BYTES) + TRAILER_BYTES;
  if (length > size) throw new FormatError(`${path} has an impossible footer`);
  if (length <= tail.length) return tail;
  return hdfs.readExactly(path, size - length, length);
}

/** @throws FormatError where the end of a file is not that of a Parquet file which can be read */
function mustBeParquet(path: string, tail: Buffer): void {
  const magic = tail.subarray(-MAGIC.length).toString("latin1");
  if (magic === ENCRYPTED_MAGIC)
    throw new FormatError(`${path} is encrypted Parquet, which cannot be read`);
  if (tail.length < TRAILER_BYTES || magic !== MAGIC)
    throw new FormatError(`${path} is not a whole Parquet file`);
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
  mustBeParquet(path, data);
  return parquetReadObjects({
    file: arrayBufferOf(data),
    ...(columns ? { columns } : {}),
  });
}
