import { parquetMetadata, parquetReadObjects } from "hyparquet";
import type { FileStatus, Hdfs } from "./hdfs";

/** What a footer tells without reading data. */
export type Footer = { rows: number; columns: string[] };

const TAIL = 32_768;
const cache = new Map<string, Footer>();
const MAX_CACHED = 5_000;

const bytes = (b: Buffer) =>
  b.buffer.slice(b.byteOffset, b.byteOffset + b.length) as ArrayBuffer;

/** A Parquet file's row count and top-level columns. Files do not change, so a footer is read once. @throws on a file that is cut off */
export async function footer(
  hdfs: Hdfs,
  dir: string,
  file: FileStatus,
): Promise<Footer> {
  const path = `${dir}/${file.name}`;
  const key = `${path} ${file.length} ${file.mtime}`;
  const known = cache.get(key);
  if (known) return known;
  let tail = await hdfs.read(
    path,
    Math.max(0, file.length - TAIL),
    Math.min(TAIL, file.length),
  );
  if (
    !tail ||
    tail.length < 8 ||
    tail.subarray(-4).toString("latin1") !== "PAR1"
  )
    throw new Error(`${path} is not a whole Parquet file`);
  const length = tail.readUInt32LE(tail.length - 8) + 8;
  if (length > file.length) throw new Error(`${path} has an impossible footer`);
  if (length > tail.length)
    tail = (await hdfs.read(path, file.length - length, length))!;
  const meta = parquetMetadata(bytes(tail));
  const result = {
    rows: Number(meta.num_rows),
    columns: meta.schema
      .filter((_, i) => isTopLevel(meta.schema, i))
      .map((s) => s.name.toLowerCase()),
  };
  if (cache.size > MAX_CACHED) cache.clear();
  cache.set(key, result);
  return result;
}

/** The schema is a tree in depth-first order; its root's children are the columns. */
function isTopLevel(
  schema: { num_children?: number }[],
  index: number,
): boolean {
  let i = 1;
  while (i < index) {
    let open = 1;
    while (open > 0) {
      open += (schema[i]!.num_children ?? 0) - 1;
      i++;
    }
  }
  return i === index;
}

/** The named columns (or all) of every row of a Parquet file. */
export async function rows(
  hdfs: Hdfs,
  path: string,
  columns?: string[],
): Promise<Record<string, unknown>[]> {
  const data = await hdfs.read(path);
  if (!data) throw new Error(`${path} does not exist`);
  return parquetReadObjects({
    file: bytes(data),
    ...(columns ? { columns } : {}),
  });
}
