import { hash, randomUUID } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Hour, HOUR_MS, hourStart } from "../lib/hour";
import { countDistinct, WORDS } from "../lib/distinct";

/**
 * Hours are spread over so many buckets, and each is counted on its own: a week of hours, so that a log of one day fills few of them.
 */
const BUCKETS = 168;
const RECORD_BYTES = WORDS * Uint32Array.BYTES_PER_ELEMENT;
/** Records that a bucket collects in memory before they are written: 64 KiB. */
const CHUNK_RECORDS = 4096;
/** Slots of the table in which events are compared: 64 MiB. */
const MAX_SLOTS = 1 << 22;

/** Distinct events of a schema in an hour. */
export type GroupCount = { schema: string; hour: Hour; count: number };

/** What of one file falls into a bucket. */
type Bucket = {
  /** Schemas and hours that occur; a record names one by its place here. */
  groups: { schema: string; hour: Hour }[];
  /** By schema and hour. */
  places: Map<string, number>;
  /** The chunks in the file of records: where each begins, in bytes, and how many records it has. */
  written: { at: number; records: number }[];
  /** The chunk that is being filled, and how many records it has; gone once the index is sealed. */
  chunk?: Uint32Array<ArrayBuffer>;
  filled: number;
};

/**
 * The events of one archive file, sixteen bytes each, in a temporary file without a name: the system frees it when the process ends, however
 * that is. Of a uuid 96 bits of its SHA-256 are kept: among a billion events of one hour, that two of them agree is a chance of one in
 * a hundred billion.
 */
export class ArchiveIndex {
  private readonly buckets = new Map<number, Bucket>();
  private end = 0;
  private oldest: Hour | undefined;

  private constructor(private readonly handle: FileHandle) {}

  /** An empty one. @throws Error where the temporary folder takes no file */
  static async create(): Promise<ArchiveIndex> {
    const path = join(tmpdir(), `sisyphus-archive-${randomUUID()}`);
    const handle = await open(path, "wx+", 0o600);
    await unlink(path);
    return new ArchiveIndex(handle);
  }

  /** The hour of its oldest event; undefined where it has none. */
  get begins(): Hour | undefined {
    return this.oldest;
  }

  /** Takes up an event. @throws Error where the temporary folder is full, or the index is sealed */
  async add(schema: string, hour: Hour, uuid: string): Promise<void> {
    if (this.oldest === undefined || hour < this.oldest) this.oldest = hour;
    const bucket = this.bucketFor(hour);
    const key = `${hour} ${schema}`;
    let place = bucket.places.get(key);
    if (place === undefined) {
      place = bucket.groups.push({ schema, hour }) - 1;
      bucket.places.set(key, place);
    }
    const { chunk } = bucket;
    if (!chunk) throw new Error("this index of the archive is sealed");
    const digest = hash("sha256", uuid, "buffer");
    const at = bucket.filled++ * WORDS;
    chunk[at] = place;
    for (let word = 1; word < WORDS; word++)
      chunk[at + word] = digest.readUInt32LE(4 * word);
    if (bucket.filled === CHUNK_RECORDS) await this.write(bucket);
  }

  private bucketFor(hour: Hour): Bucket {
    const number = (hourStart(hour) / HOUR_MS) % BUCKETS;
    let bucket = this.buckets.get(number);
    if (!bucket) {
      const chunk = new Uint32Array(CHUNK_RECORDS * WORDS);
      bucket = { groups: [], places: new Map(), written: [], chunk, filled: 0 };
      this.buckets.set(number, bucket);
    }
    return bucket;
  }

  private async write(bucket: Bucket): Promise<void> {
    if (!bucket.chunk || bucket.filled === 0) return;
    const records = bucket.filled;
    const bytes = new Uint8Array(
      bucket.chunk.buffer,
      0,
      records * RECORD_BYTES,
    );
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.handle.write(
        bytes,
        done,
        bytes.length - done,
        this.end + done,
      );
      done += bytesWritten;
    }
    bucket.written.push({ at: this.end, records });
    this.end += bytes.length;
    bucket.filled = 0;
  }

  /** Writes what is in memory; to be called once all events were added, and before any is read. */
  async seal(): Promise<void> {
    for (const bucket of this.buckets.values()) {
      await this.write(bucket);
      delete bucket.chunk;
      bucket.places.clear();
    }
  }

  /** The numbers of the buckets that hold anything. */
  bucketNumbers(): Iterable<number> {
    return this.buckets.keys();
  }

  /** The schemas and hours in a bucket, in the order of the numbers that its records give them. */
  groupsIn(bucket: number): { schema: string; hour: Hour }[] {
    return this.buckets.get(bucket)?.groups ?? [];
  }

  recordsIn(bucket: number): number {
    const written = this.buckets.get(bucket)?.written ?? [];
    return written.reduce((sum, { records }) => sum + records, 0);
  }

  /** A bucket's records, a chunk at a time: what was given may be written over. */
  async *chunksOf(number: number): AsyncGenerator<Uint32Array> {
    const chunk = new Uint32Array(CHUNK_RECORDS * WORDS);
    for (const { at, records } of this.buckets.get(number)?.written ?? []) {
      const bytes = new Uint8Array(chunk.buffer, 0, records * RECORD_BYTES);
      await this.readAt(at, bytes);
      yield chunk.subarray(0, records * WORDS);
    }
  }

  private async readAt(position: number, into: Uint8Array): Promise<void> {
    for (let done = 0; done < into.length;) {
      const { bytesRead } = await this.handle.read(
        into,
        done,
        into.length - done,
        position + done,
      );
      if (bytesRead === 0)
        throw new Error("the index of the archive ends too early");
      done += bytesRead;
    }
  }

  /** Frees its file. */
  async close(): Promise<void> {
    await this.handle.close();
  }
}

/**
 * Counts the distinct events of a bucket of several files.
 * @param beat called now and then; what it throws ends the counting
 */
export async function countBucket(
  indexes: ArchiveIndex[],
  bucket: number,
  beat: () => void,
  maxSlots = MAX_SLOTS,
): Promise<GroupCount[]> {
  const groups: { schema: string; hour: Hour }[] = [];
  const numbers = new Map<string, number>();
  /** For each file, what number a group of it has among all of them. */
  const translated = indexes.map((index) =>
    index.groupsIn(bucket).map((group) => {
      const key = `${group.hour} ${group.schema}`;
      const known = numbers.get(key);
      if (known !== undefined) return known;
      const number = groups.push(group) - 1;
      numbers.set(key, number);
      return number;
    }),
  );
  async function* chunks() {
    for (const [i, index] of indexes.entries())
      for await (const chunk of index.chunksOf(bucket)) {
        beat();
        for (let at = 0; at < chunk.length; at += WORDS)
          chunk[at] = translated[i]![chunk[at]!]!;
        yield chunk;
      }
  }
  const records = indexes.reduce((sum, i) => sum + i.recordsIn(bucket), 0);
  const counts = await countDistinct(chunks, groups.length, records, maxSlots);
  return groups.map((group, i) => ({ ...group, count: counts[i]! }));
}
