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
  /** The same, and all fields within fields, each with the names that lead to it, such as `meta.id`. */
  fields: string[];
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
  const fields = fieldsOf(schema);
  return {
    rows: Number(rows),
    columns: fields.flatMap(({ path, depth }) => (depth === 0 ? [path] : [])),
    fields: fields.map(({ path }) => path),
  };
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

/** So deep lie the fields that are told of; a schema in which more lie within one another is damaged, or nobody's table. */
const MAX_DEPTH = 100;

/** The fields of a schema: a tree in depth-first order whose first element is the root, of which the columns are the children. */
function fieldsOf([root, ...elements]: Element[]): {
  path: string;
  depth: number;
}[] {
  if (!root) throw new FormatError("its footer has no schema");
  const found: { path: string; depth: number }[] = [];
  /** The groups that the element at hand lies in, and how many fields of each are still to come. */
  const within: { path: string; left: number }[] = [];
  let columns = 0;
  for (const { name, children } of elements) {
    if (children < 0 || children > elements.length)
      throw new FormatError(`its schema has a field of ${children} fields`);
    const parent = within.at(-1);
    if (parent) parent.left--;
    else columns++;
    const path = (parent ? `${parent.path}.` : "") + name.toLowerCase();
    found.push({ path, depth: within.length });
    if (children > 0) within.push({ path, left: children });
    if (within.length > MAX_DEPTH)
      throw new FormatError("its schema has fields within fields, too deep");
    while (within.at(-1)?.left === 0) within.pop();
  }
  if (within.length > 0 || columns !== root.children)
    throw new FormatError("its schema is not whole");
  return found;
}
