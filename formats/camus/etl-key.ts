import { FormatError, named } from "../format-error";
import { ByteReader } from "../hadoop/bytes";
import { readSequenceFile } from "../hadoop/sequence-file";
import { writeSequenceFile } from "../hadoop/sequence-file-writer";
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

/** A position as it lies in a file: who copies it keeps its bytes. */
export type StoredOffset = EtlKey & { bytes: Buffer };

const CLASS = "com.linkedin.camus.etl.kafka.common.EtlKey";
const NOTHING = "org.apache.hadoop.io.NullWritable";

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
export const readCamusOffsets = (bytes: Buffer): EtlKey[] =>
  readStoredOffsets(bytes).map(({ bytes: _, ...key }) => key);

/** The same, each with the bytes that stand for it. @throws FormatError where the file is none of them, or cut off */
export function readStoredOffsets(bytes: Buffer): StoredOffset[] {
  return [...recordsOf(bytes, NOTHING)].map(({ key }) => ({
    ...decodeEtlKey(key),
    bytes: key,
  }));
}

/** Writes an `offsets-previous` of positions that were read elsewhere, each with its own bytes. */
export const writeCamusOffsets = (offsets: StoredOffset[]): Buffer =>
  writeSequenceFile({
    keyClass: CLASS,
    valueClass: NOTHING,
    records: offsets.map(({ bytes }) => ({
      key: bytes,
      value: Buffer.alloc(0),
    })),
  });

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
export function furthest<K extends EtlKey>(keys: Iterable<K>): Map<string, K> {
  const furthestKeys = new Map<string, K>();
  for (const key of keys) {
    const id = partitionKey(key.topic, key.partition);
    const known = furthestKeys.get(id);
    if (!known || BigInt(key.offset) > BigInt(known.offset))
      furthestKeys.set(id, key);
  }
  return furthestKeys;
}
