import { FormatError } from "../format-error";
import { ByteReader, encodeModifiedUtf8 } from "../hadoop/bytes";

/*
 * The flags that Refine leaves in a Hive partition's directory (analytics-refinery-source, Refine and RefineTarget). Either holds the raw directory's modification time as it was when Refine read it: a raw hour that is
 * newer than its flag has changed since.
 */

/** The hour was refined. */
export const DONE_FLAG = "_REFINED";
/** The hour's refinement failed. Refine leaves the hour alone until its raw directory changes. */
export const FAILURE_FLAG = "_REFINE_FAILED";
/** How the outdated wrapper (json-refine) misspells {@link FAILURE_FLAG}. Where it lies, that job was at work. */
export const OUTDATED_FAILURE_FLAG = "_REFINED_FAILED";

/** Every flag that keeps a Refine from an hour. */
export const REFINE_FLAGS: ReadonlySet<string> = new Set([
  DONE_FLAG,
  FAILURE_FLAG,
  OUTDATED_FAILURE_FLAG,
]);

/** ISO-8601, in UTC or in the zone of whichever host wrote it. */
const INSTANT =
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Reads a flag's content: an instant as Java's DataOutputStream.writeUTF writes a string.
 *
 * @returns the raw directory's modification time, epoch ms
 * @throws FormatError where the content is anything else. An empty flag is refused, too: its writer was cut off
 */
export function decodeDoneFlag(bytes: Buffer): number {
  if (bytes.length === 0)
    throw new FormatError("the flag is empty: its writer was cut off");
  const reader = new ByteReader(bytes);
  const text = reader.utf();
  if (reader.left > 0)
    throw new FormatError(`${reader.left} bytes follow the flag's time`);
  if (!INSTANT.test(text) || Number.isNaN(Date.parse(text)))
    throw new FormatError(
      `its ${text.length} characters are not an ISO-8601 time`,
    );
  return Date.parse(text);
}

/** A flag's content. @param ms the raw directory's modification time, epoch ms */
export function encodeDoneFlag(ms: number): Buffer {
  const text = encodeModifiedUtf8(new Date(ms).toISOString());
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return Buffer.concat([length, text]);
}
