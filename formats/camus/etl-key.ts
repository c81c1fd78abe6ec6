import { FormatError, named } from "../format-error";
import { ByteReader } from "../hadoop/bytes";
import { readSequenceFile } from "../hadoop/sequence-file";
import { partitionKey } from "../../lib/keys";

/** Camus' position in a partition. Offsets are decimal strings, as they exceed 2^53. */
export type EtlKey = {
  topic: string;
  partition: number;
  /** Empty in offset files: Camus' copy constructor forgets it. */
  leaderId: string;
  beginOffset: string;
  /** Where the next run starts: the last record's offset plus one. */
  offset: string;
  /** Epoch ms of the last record; where Camus was moved to the earliest offset, of the run that moved it. */
  time: number;
};

/** A record that Camus could not decode, and the message or stack trace that it stored with it. */
export type CamusError = EtlKey & { error: string };

const CLASS = "com.linkedin.camus.etl.kafka.common.EtlKey";

/**
 * Decodes an EtlKey as Camus' class writes it (com.linkedin.camus.etl.kafka.common.EtlKey.write). A map follows the fields that are
 * read here; it is not needed, and older files end before it.
 */
function decodeEtlKey(bytes: Buffer): EtlKey {
  const reader = new ByteReader(bytes);
  const leaderId = reader.utf();
  const partition = reader.int32();
  const beginOffset = reader.int64().toString();
  const offset = reader.int64().toString();
  reader.int64(); // checksum
  const topic = reader.utf();
  const time = Number(reader.int64());
  return { topic, partition, leaderId, beginOffset, offset, time };
}

function recordsOf(bytes: Buffer, valueClass: string) {
  const file = readSequenceFile(bytes);
  if (file.keyClass !== CLASS || file.valueClass !== valueClass) {
    throw new FormatError(
      `a SequenceFile of ${named(file.keyClass)} -> ${named(file.valueClass)}, wanted ${CLASS} -> ${valueClass}`,
    );
  }
  return file.records;
}

/** Reads `offsets-previous` or `offsets-m-NNNNN`. @throws FormatError where the file is none of them, or cut off */
export function readCamusOffsets(bytes: Buffer): EtlKey[] {
  return [...recordsOf(bytes, "org.apache.hadoop.io.NullWritable")].map(
    ({ key }) => decodeEtlKey(key),
  );
}

/** Reads `errors-m-NNNNN`. @throws FormatError where the file is none, or cut off */
export function readCamusErrors(bytes: Buffer): CamusError[] {
  return [
    ...recordsOf(
      bytes,
      "com.linkedin.camus.etl.kafka.common.ExceptionWritable",
    ),
  ].map(({ key, value }) => ({
    ...decodeEtlKey(key),
    error: new ByteReader(value).text(),
  }));
}

/** The key with the furthest offset of each partition, by `<topic>/<partition>`: of all of a run's offset files, where the next starts. */
export function furthest(keys: Iterable<EtlKey>): Map<string, EtlKey> {
  const furthestKeys = new Map<string, EtlKey>();
  for (const key of keys) {
    const id = partitionKey(key.topic, key.partition);
    const known = furthestKeys.get(id);
    if (!known || BigInt(key.offset) > BigInt(known.offset))
      furthestKeys.set(id, key);
  }
  return furthestKeys;
}
