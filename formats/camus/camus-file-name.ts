import { type Hour, hourOf, hourStart } from "../../lib/hour";

/** What the name of a raw file of Camus says. Offsets are decimal strings, as they exceed 2^53. */
export type CamusFileName = {
  /** The topic as the name has it: Camus replaces its dots by underscores, other writers keep them. */
  topic: string;
  leaderId: string;
  partition: number;
  /** Records in the file. */
  count: number;
  /** The offset after the file's last record. */
  offset: string;
  hour: Hour;
  extension: string;
};

/** Those of Camus' writers (AvroRecordWriterProvider; text has none of its own) and of Hadoop's codecs (CompressionCodec.getDefaultExtension). */
const EXTENSIONS = new Set([
  "",
  ".avro",
  ".bz2",
  ".deflate",
  ".gz",
  ".lz4",
  ".lzo",
  ".lzo_deflate",
  ".snappy",
  ".zst",
]);

const NAME =
  /^(?<topic>.+)\.(?<leader>[\d_]+)\.(?<partition>\d+)\.(?<count>\d+)\.(?<offset>\d+)\.(?<hour>\d+)(?<extension>(?:\.[a-zA-Z]\w*)*)$/;

/**
 * Parses `<topic>.<leader>.<partition>.<count>.<offset>.<hour, epoch ms><extension>` (Camus' EtlMultiOutputCommitter). The topic is
 * what is left on the left, as it may hold dots itself.
 * @param more extensions that are allowed besides Camus' own
 * @returns undefined for any other name, such as `_IMPORTED`
 */
export function parseCamusFileName(
  name: string,
  more: readonly string[] = [],
): CamusFileName | undefined {
  const parts = NAME.exec(name)?.groups;
  if (!parts) return undefined;
  const extension = parts["extension"]!;
  if (!EXTENSIONS.has(extension) && !more.includes(extension)) return undefined;
  const partition = Number(parts["partition"]);
  const count = Number(parts["count"]);
  if (!Number.isSafeInteger(partition) || !Number.isSafeInteger(count))
    return undefined;
  const ms = Number(parts["hour"]);
  if (!Number.isSafeInteger(ms) || ms > 8.64e15 || ms !== hourStart(hourOf(ms)))
    return undefined;
  return {
    topic: parts["topic"]!,
    leaderId: parts["leader"]!,
    partition,
    count,
    offset: BigInt(parts["offset"]!).toString(),
    hour: hourOf(ms),
    extension,
  };
}
