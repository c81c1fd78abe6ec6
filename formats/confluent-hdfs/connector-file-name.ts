/** What the name of a raw file of Confluent's HDFS sink connector says. Offsets are decimal strings, as they exceed 2^53. */
export type ConnectorFileName = {
  topic: string;
  partition: number;
  /** Offset of the first record. */
  start: string;
  /** Offset of the last record, which belongs to the file. */
  last: string;
  extension: string;
};

const NAME =
  /^(?<topic>[a-zA-Z0-9._-]+)\+(?<partition>\d+)\+(?<start>\d+)\+(?<last>\d+)(?<extension>\.\w+)?$/;

/**
 * Parses `<topic>+<partition>+<first offset>+<last offset>.<format>`, offsets padded with zeros (kafka-connect-hdfs:
 * FileUtils.committedFileName and HdfsSinkConnectorConstants.COMMMITTED_FILENAME_PATTERN). @returns undefined for any other name
 */
export function parseConnectorFileName(
  name: string,
): ConnectorFileName | undefined {
  const parts = NAME.exec(name)?.groups;
  if (!parts) return undefined;
  const start = BigInt(parts["start"]!);
  const last = BigInt(parts["last"]!);
  const partition = Number(parts["partition"]);
  if (last < start || !Number.isSafeInteger(partition)) return undefined;
  return {
    topic: parts["topic"]!,
    partition,
    start: start.toString(),
    last: last.toString(),
    extension: parts["extension"] ?? "",
  };
}
