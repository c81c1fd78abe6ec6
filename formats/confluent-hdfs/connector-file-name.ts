/** What Confluent's HDFS sink connector says of a data file in its name. Offsets are decimal strings. */
export type ConnectorFileName = {
  topic: string;
  partition: number;
  /** Offset of the first record. */
  start: string;
  /** Offset of the last record, inclusive, as the name has it. */
  last: string;
  extension: string;
};

const NAME =
  /^(?<topic>[a-zA-Z0-9._-]+)\+(?<partition>\d+)\+(?<start>\d+)\+(?<last>\d+)(?<extension>\.\w+)?$/;

/**
 * Parses `<topic>+<partition>+<start offset>+<end offset>.<format>`, offsets zero-padded, the end inclusive
 * (kafka-connect-hdfs, FileUtils.committedFileName and HdfsSinkConnectorConstants.COMMMITTED_FILENAME_PATTERN).
 */
export function parseConnectorFileName(
  name: string,
): ConnectorFileName | undefined {
  const m = NAME.exec(name)?.groups;
  if (!m) return undefined;
  const start = BigInt(m["start"]!);
  const last = BigInt(m["last"]!);
  if (last < start) return undefined;
  return {
    topic: m["topic"]!,
    partition: Number(m["partition"]),
    start: start.toString(),
    last: last.toString(),
    extension: m["extension"] ?? "",
  };
}
