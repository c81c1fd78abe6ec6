import { FormatError } from "../format-error";
import { ByteReader, encodeModifiedUtf8 } from "../hadoop/bytes";

/** The names Refine gives its flags; the outdated wrapper misspells its failure flag, which gives it away. */
export const DONE_FLAG = "_REFINED";
export const FAILURE_FLAG = "_REFINE_FAILED";
export const OUTDATED_FAILURE_FLAG = "_REFINED_FAILED";

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * A flag's content: Java writeUTF of the raw directory's mtime, ISO-8601 with milliseconds, in any zone.
 * @returns epoch ms
 * @throws FormatError on anything else, an empty flag (a crash while it was written) included
 */
export function decodeDoneFlag(bytes: Buffer): number {
  if (bytes.length === 0)
    throw new FormatError("the flag is empty: its writer was cut off");
  const reader = new ByteReader(bytes);
  const text = reader.utf();
  if (reader.left > 0)
    throw new FormatError(`${reader.left} bytes follow the flag's time`);
  if (!ISO.test(text) || Number.isNaN(Date.parse(text)))
    throw new FormatError(`"${text}" is not an ISO-8601 time`);
  return Date.parse(text);
}

export function encodeDoneFlag(ms: number): Buffer {
  const text = encodeModifiedUtf8(new Date(ms).toISOString());
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return Buffer.concat([length, text]);
}
