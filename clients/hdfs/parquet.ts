import { parquetReadObjects } from "hyparquet";
import { FormatError } from "../../formats/format-error";
import { expandSnappy } from "../../formats/hadoop/snappy";
import {
  checkHead,
  type Footer,
  footerLength,
  readFooter,
} from "../../formats/parquet/footer";
import { FileChanged, type FileStatus, type Hdfs } from "./hdfs";

/** Most footers are no longer than this, and come with the first read. */
const TAIL_BYTES = 32_768;
/** Footers by path, length and time: files do not change, so that each footer is read once. */
const footers = new Map<string, Footer>();
const MAX_FOOTERS_KEPT = 5_000;
/** The names of files' fields by their texts: most files of a table have the same ones, which are kept once. */
const names = new Map<string, Pick<Footer, "columns" | "fields">>();

/** The reader's own does not end on some damaged pages. */
const SNAPPY = (page: Uint8Array, length: number) =>
  expandSnappy(
    Buffer.from(page.buffer, page.byteOffset, page.byteLength),
    length,
  );

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
  const known = footers.get(keyOf(path, file));
  if (known) return known;
  const bytes = await footerBytes(hdfs, path, file.length);
  return remember(path, file, bytes);
}

/**
 * The same, of a file that is being read whole: it has the magic at both ends, and its footer is not asked for once more where it is known by then.
 * @param head its first bytes; all of a short file
 */
export async function wholeFooter(
  hdfs: Hdfs,
  dir: string,
  file: FileStatus,
  head: Buffer,
): Promise<Footer> {
  const path = `${dir}/${file.name}`;
  const found =
    head.length < file.length
      ? await footer(hdfs, dir, file)
      : remember(path, file, head);
  told(path, () => checkHead(head));
  return found;
}

const keyOf = (path: string, { length, mtime }: FileStatus) =>
  `${path} ${length} ${mtime}`;

function remember(path: string, file: FileStatus, bytes: Buffer): Footer {
  const found = told(path, () => readFooter(bytes));
  if (footers.size > MAX_FOOTERS_KEPT) {
    footers.clear();
    names.clear();
  }
  const { columns, fields } = found;
  const key = fields.join("\n");
  const shared = names.get(key) ?? { columns, fields };
  names.set(key, shared);
  const kept = { ...found, ...shared };
  footers.set(keyOf(path, file), kept);
  return kept;
}

/** What a parse gives. @throws FormatError that names the file, where its bytes are damaged */
function told<T>(path: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new FormatError(`${path}: ${(error as Error).message}`);
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
  const length = told(path, () => footerLength(tail));
  if (length > size) throw new FormatError(`${path} has an impossible footer`);
  if (length <= tail.length) return tail;
  return hdfs.readExactly(path, size - length, length);
}

/**
 * The named columns (or all) of every row of a Parquet file.
 * @throws FormatError that names the file, where it is damaged; not what the reader of its pages says, which may quote a row
 * @throws FileChanged where the file does not exist
 */
export async function rows(
  hdfs: Hdfs,
  path: string,
  columns?: string[],
): Promise<Record<string, unknown>[]> {
  const data = await hdfs.read(path);
  if (!data) throw new FileChanged(`${path} does not exist`);
  told(path, () => readFooter(data));
  try {
    return await parquetReadObjects({
      file: arrayBufferOf(data),
      compressors: { SNAPPY },
      ...(columns ? { columns } : {}),
    });
  } catch {
    throw new FormatError(
      `${path}: its pages are damaged, or of a kind that is not known here`,
    );
  }
}
