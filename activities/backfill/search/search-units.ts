import { beat } from "../../beat";
import type { Storage } from "../../../clients/storage";
import { sagaPlaces } from "../../../clients/storage-layout";
import type {
  Collected,
  CollectedUnit,
} from "../../../domain/backfill/missing";
import { mergeRows } from "../../../domain/backfill/mysql-rows";
import { sagaId } from "../saga-id";
import { LineFiles } from "./line-files";

/** Bytes of a unit's lines that are held in memory, over all its buckets, and what each bucket may hold at least. */
const HELD_BYTES = 8 << 20;
const MIN_BUCKET_BYTES = 1 << 20;

/** Takes a line into a bucket; without a number into the first. */
export type AddLine = (line: string, bucket?: number) => Promise<void>;

/**
 * Collecting in units. Each unit of a source (a file, a range of keys) is recorded in storage once it is done, and is then never done again
 * for this saga: an attempt that takes over goes on where the one before it ended.
 */
export class SearchUnits {
  constructor(
    private readonly storage: Storage,
    /** Called for each unit; ends the work where it is no longer wanted. */
    private readonly each: (unit: string) => void = beat,
  ) {}

  /**
   * A unit's lines, collected now unless they are recorded already.
   * @param name says of what they are; other input needs another name
   * @param collect gives its lines to `add`, and returns what else is to be said of the unit
   */
  async doneOnce(
    name: string,
    collect: (add: AddLine) => Promise<Omit<CollectedUnit, "buckets"> | void>,
    buckets = 1,
  ): Promise<CollectedUnit> {
    this.each(name);
    const places = sagaPlaces(sagaId());
    const recorded = await this.storage.read(places.searchUnit(name));
    if (recorded !== undefined) return recorded;
    const files = Array.from(
      { length: buckets },
      (_, bucket) =>
        new LineFiles(
          this.storage,
          (part, digest) =>
            places.searchLines(
              name,
              buckets > 1 ? bucket : undefined,
              part,
              digest,
            ),
          Math.max(MIN_BUCKET_BYTES, HELD_BYTES / buckets),
        ),
    );
    const read = await collect((line, bucket = 0) => files[bucket]!.add(line));
    for (const file of files) await file.flush();
    return this.storage.recordOnce(places.searchUnit(name), {
      buckets: files.map(({ refs, lines }) => ({ refs, lines })),
      ...read,
    });
  }

  /**
   * Puts a source's units together, bucket by bucket. The result is kept in storage, as a source can have thousands of files.
   * @param ofArchive what is to be said of an archive, where the source is one
   * @returns a reference of a {@link Collected} for each bucket
   */
  async storeSource(
    source: string,
    units: CollectedUnit[],
    buckets = 1,
    ofArchive: Pick<Collected, "host" | "heldLeftOut"> = {},
  ): Promise<string[]> {
    const files = units.flatMap((unit) => unit.files ?? []);
    const unreadable = units.flatMap((unit) => unit.unreadable ?? []);
    const mysqlRows = mergeRows(
      units.map((unit) => unit.mysqlRows),
      Infinity,
    );
    // No two units hold the same topic's messages.
    const replayed: Record<string, number> = Object.assign(
      {},
      ...units.map((unit) => unit.replayed),
    );
    const ends: Record<string, string> = Object.assign(
      {},
      ...units.map((unit) => unit.ends),
    );
    const topicIds: Record<string, string> = Object.assign(
      {},
      ...units.map((unit) => unit.topicIds),
    );
    const refs: string[] = [];
    for (let bucket = 0; bucket < buckets; bucket++) {
      this.each(`${source} ${bucket}`);
      const ofBucket = units.map((unit) => unit.buckets[bucket]!);
      const collected: Collected = {
        refs: ofBucket.flatMap((b) => b.refs),
        lines: ofBucket.reduce((sum, b) => sum + b.lines, 0),
        files,
        ...ofArchive,
        unreadable,
        ...(Object.keys(replayed).length > 0 ? { replayed } : {}),
        ...(Object.keys(ends).length > 0 ? { ends, topicIds } : {}),
        ...(mysqlRows ? { mysqlRows } : {}),
      };
      const place = (digest: string) =>
        sagaPlaces(sagaId()).collected(
          source,
          buckets > 1 ? bucket : undefined,
          digest,
        );
      refs.push(await this.storage.writeByDigest(place, collected));
    }
    return refs;
  }
}
