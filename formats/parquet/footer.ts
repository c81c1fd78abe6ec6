import { FormatError } from "../format-error";
import { CompactReader, isBinary, isInt, isList } from "./compact-thrift";

/*
 * Parquet's file metadata (Apache Parquet, parquet.thrift and "File format"): the last bytes of a file are the metadata, its length (int32,
 * little-endian) and a magic. Of the metadata only the schema (field 2) and the number of rows (field 3) are read.
 */

const MAGIC = "PAR1";
/** With which a file ends whose footer is encrypted (Apache Parquet, "Parquet Modular Encryption"). */
const ENCRYPTED_MAGIC = "PARE";
/** The metadata's length and the magic. */
const TRAILER_BYTES = 8;

const METADATA = { schema: 2, rows: 3 };
const ELEMENT = { name: 4, children: 5 };

/** What a Parquet file says of itself at its end. */
export type Footer = {
  rows: number;
  /** The names of the top-level columns, in lower case as Hive has them. */
  columns: string[];
};

type Element = { name: string; children: number };

/** @param head a file's first bytes @throws FormatError where they are not those of Parquet */
export function checkHead(head: Buffer): void {
  if (head.subarray(0, MAGIC.length).toString("latin1") !== MAGIC)
    throw new FormatError("it does not begin as a Parquet file does");
}

/** How many of a file's last bytes its footer takes. @param tail its last bytes @throws FormatError where they are not those of Parquet that can be read */
export function footerLength(tail: Buffer): number {
  const magic = tail.subarray(-MAGIC.length).toString("latin1");
  if (magic === ENCRYPTED_MAGIC)
    throw new FormatError("it is encrypted Parquet, which cannot be read");
  if (tail.length < TRAILER_BYTES || magic !== MAGIC)
    throw new FormatError("it is not a whole Parquet file");
  return tail.readUInt32LE(tail.length - TRAILER_BYTES) + TRAILER_BYTES;
}

/** The footer of a file. @param tail its last bytes, the whole footer at least @throws FormatError where they are damaged */
export function readFooter(tail: Buffer): Footer {
  const length = footerLength(tail);
  if (length > tail.length)
    throw new FormatError("its footer is longer than itself");
  const reader = new CompactReader(
    tail.subarray(tail.length - length, tail.length - TRAILER_BYTES),
  );
  let rows: bigint | undefined;
  const schema: Element[] = [];
  reader.struct((id, type) => {
    if (id === METADATA.rows && isInt(type)) rows = reader.int();
    else if (id === METADATA.schema && isList(type))
      reader.structs(() => void schema.push(elementOf(reader)));
    else return false;
    return true;
  });
  if (rows === undefined || rows < 0n || rows > Number.MAX_SAFE_INTEGER)
    throw new FormatError("its footer has no number of rows");
  return { rows: Number(rows), columns: topLevel(schema) };
}

function elementOf(reader: CompactReader): Element {
  const element: Element = { name: "", children: 0 };
  reader.struct((id, type) => {
    if (id === ELEMENT.name && isBinary(type))
      element.name = reader.binary().toString("utf8");
    else if (id === ELEMENT.children && isInt(type))
      element.children = Number(reader.int());
    else return false;
    return true;
  }, 1);
  return element;
}

/** The columns of a schema: a tree in depth-first order whose first element is the root, of which the columns are the children. */
function topLevel([root, ...elements]: Element[]): string[] {
  if (!root) throw new FormatError("its footer has no schema");
  const columns: string[] = [];
  /** Elements that are still to come of the column at hand. */
  let pending = 0;
  for (const { name, children } of elements) {
    if (children < 0 || children > elements.length)
      throw new FormatError(`its schema has a field of ${children} fields`);
    if (pending === 0) columns.push(name.toLowerCase());
    pending = Math.max(pending - 1, 0) + children;
  }
  if (pending > 0 || columns.length !== root.children)
    throw new FormatError("its schema is not whole");
  return columns;
}
