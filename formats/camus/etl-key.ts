import { ByteReader, FormatError } from "../hadoop/bytes";
import { readSequenceFile } from "../hadoop/sequence-file";
import { partitionKey } from "../../lib/keys";

/** Where Camus stands in a topic-partition; offsets are decimal strings, as they exceed 2^53. */
export type EtlKey = {
  topic: string;
  partition: number;
  /** Empty in offset files: Camus' copy constructor forgets it. */
  leaderId: string;
  beginOffset: string;
  /** Where the next run starts: the last record's offset plus one. */
  offset: string;
  /** Epoch ms of the last record; after a reset, of the run. */
  time: number;
};

export type CamusError = EtlKey & { error: string };

const CLASS = "com.linkedin.camus.etl.kafka.common.EtlKey";

/** The Writable layout of Camus' EtlKey. Old files end before the map, which holds nothing we need. */
export function decodeEtlKey(bytes: Buffer): EtlKey {
  const r = new ByteReader(bytes);
  const leaderId = r.utf();
  const partition = r.int32();
  const beginOffset = r.int64().toString();
  const offset = r.int64().toString();
  r.int64(); // checksum
  const topic = r.utf();
  const time = Number(r.int64());
  return { topic, partition, leaderId, beginOffset, offset, time };
}

function keysOf(bytes: Buffer, valueClass: string) {
  const file = readSequenceFile(bytes);
  if (file.keyClass !== CLASS || file.valueClass !== valueClass) {
    throw new FormatError(
      `a SequenceFile of ${file.keyClass} -> ${file.valueClass}, wanted ${CLASS} -> ${valueClass}`,
    );
  }
  return file.records;
}

/** Reads `offsets-previous` or `offsets-m-NNNNN`. @throws FormatError */
export function readCamusOffsets(bytes: Buffer): EtlKey[] {
  return [...keysOf(bytes, "org.apache.hadoop.io.NullWritable")].map(
    ({ key }) => decodeEtlKey(key),
  );
}

/** Reads `errors-m-NNNNN`: each error record's key and its text (a message or a stack trace). @throws FormatError */
export function readCamusErrors(bytes: Buffer): CamusError[] {
  return [
    ...keysOf(bytes, "com.linkedin.camus.etl.kafka.common.ExceptionWritable"),
  ].map(({ key, value }) => ({
    ...decodeEtlKey(key),
    error: new ByteReader(value).text(),
  }));
}

/** The furthest key of each topic-partition: where the next run starts, over every file whose name starts with `offsets`. */
export function furthest(keys: Iterable<EtlKey>): Map<string, EtlKey> {
  const best = new Map<string, EtlKey>();
  for (const key of keys) {
    const id = partitionKey(key.topic, key.partition);
    const known = best.get(id);
    if (!known || BigInt(key.offset) > BigInt(known.offset)) best.set(id, key);
  }
  return best;
}
