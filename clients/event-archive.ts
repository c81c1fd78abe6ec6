import { type Hour, inRange, type HourRange } from "../lib/hour";
import {
  type EventCapsule,
  parseCapsuleLine,
} from "../formats/eventlogging/event-capsule";
import { CAPSULES } from "../formats/eventlogging/capsules";
import type { EventReader } from "../formats/events/event-reader";
import {
  ArchiveFile,
  archiveFiles,
  archiveLines,
  archiveVersions,
  datedEvent,
  UnreadableFile,
  type Versions,
} from "./archive-files";
import { ArchiveIndex, countBucket, type GroupCount } from "./archive-index";

export type ArchiveCounts = {
  /** Distinct events by schema and hour. */
  bySchema: Map<string, Map<Hour, number>>;
  /** Files that could not be read to their end, a sentence each: no count is a fact then, as any of them may hold more. */
  unreadable: string[];
  /** The hour of the oldest event. Of older hours the archive says nothing: their files were rotated away. Absent where it is empty. */
  begins?: Hour;
};

/** Lines between two calls of `beat`. */
const LINES_PER_BEAT = 5000;
/** How often files are looked at again that are rotated all the while. */
const ROTATIONS = 3;
/** Time between two calls of `beat` while another call counts: well below the shortest heartbeat timeout. */
const WAITING_BEAT_MS = 2000;

/** The archive of all events on this host: all-events.log, which is being written, and its rotated files (plain or .gz). */
export class EventArchive {
  /** The events of files, by name, with the version (inode, size and time) that was read. */
  private readonly indexed = new Map<
    string,
    { version: string; index: ArchiveIndex; unknown?: string }
  >();
  /** What was counted in buckets, and of which files. */
  private readonly counted = new Map<
    number,
    { of: ArchiveIndex[]; counts: GroupCount[] }
  >();
  /** Done once no call of `counts` is under way. */
  private counting: Promise<void> = Promise.resolve();

  /**
   * @param patterns paths of this host; `*` in a file's name matches anything
   * @param reader of what it holds
   */
  constructor(
    private readonly patterns: string[],
    readonly reader: EventReader = CAPSULES,
  ) {}

  /** The archive's files, in name order. */
  files(): Promise<string[]> {
    return archiveFiles(this.patterns);
  }

  /**
   * Opens all files, as they are at one moment: none is left out because it was rotated meanwhile, and became another one's name.
   * @returns the files, each to be closed, and why others cannot be opened
   * @throws Error where they are rotated all the while
   */
  async open(): Promise<{ files: ArchiveFile[]; closed: UnreadableFile[] }> {
    for (let attempt = 1; attempt <= ROTATIONS; attempt++) {
      const files: ArchiveFile[] = [];
      const closed: UnreadableFile[] = [];
      for (const path of await this.files())
        try {
          files.push(await ArchiveFile.open(path));
        } catch (error) {
          closed.push(error as UnreadableFile);
        }
      const now = await archiveVersions(this.patterns);
      const opened = new Set(files.map(({ inode }) => inode));
      const isWhole = [...now].every(
        ([path, { inode }]) =>
          opened.has(inode) || closed.some(({ file }) => file === path),
      );
      const isThere = closed.every(({ file }) => now.has(file));
      if (isWhole && isThere) return { files, closed };
      await Promise.all(files.map((file) => file.close()));
    }
    throw new Error("the archive's files were rotated while they were opened");
  }

  /** The events of a file, whatever their time, as far as it can be read. @param beat is called now and then */
  async *events(file: string, beat: () => void): AsyncGenerator<EventCapsule> {
    let lines = 0;
    try {
      for await (const line of archiveLines(file)) {
        if (++lines % LINES_PER_BEAT === 0) beat();
        const parsed = parseCapsuleLine(line ?? "");
        if ("event" in parsed) yield parsed.event;
      }
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
    }
  }

  /**
   * Counts distinct events per schema and hour, however many there are, in bounded memory. A file that has not changed since it was
   * counted is not read again. One call counts at a time, as each leaves the next one little to do.
   * @param beat is called now and then, and while another call counts; what it throws ends this call
   */
  async counts(
    range: HourRange,
    beat: () => void = () => undefined,
  ): Promise<ArchiveCounts> {
    const before = this.counting;
    let isDone!: () => void;
    const mine = new Promise<void>((done) => (isDone = done));
    this.counting = before.then(() => mine);
    try {
      await beatingUntil(before, beat);
      const unreadable = await this.indexFiles(beat);
      const { bySchema, begins } = await this.countBuckets(range, beat);
      return {
        bySchema,
        unreadable,
        ...(begins === undefined ? {} : { begins }),
      };
    } finally {
      isDone();
    }
  }

  /**
   * Brings the indexes up to date. Where files were rotated meanwhile, one may have been passed over under its new name: they are looked
   * at again, which reads only what is new.
   * @returns files that could not be read to their end, a sentence each
   */
  private async indexFiles(beat: () => void): Promise<string[]> {
    for (let attempt = 1; ; attempt++) {
      const before = await archiveVersions(this.patterns);
      const unreadable = await this.indexVersions(before, beat);
      const isRotated = [...(await archiveVersions(this.patterns))].some(
        ([file, { inode }]) => before.get(file)?.inode !== inode,
      );
      if (!isRotated) return unreadable;
      if (attempt === ROTATIONS)
        return [
          ...unreadable,
          "the archive's files were rotated while they were read",
        ];
    }
  }

  private async indexVersions(
    files: Versions,
    beat: () => void,
  ): Promise<string[]> {
    const unreadable: string[] = [];
    for (const file of this.indexed.keys())
      if (!files.has(file)) await this.forget(file);
    for (const [file, { version }] of files) {
      if (this.indexed.get(file)?.version === version) continue;
      await this.forget(file);
      try {
        this.indexed.set(file, {
          version,
          ...(await this.indexOf(file, beat)),
        });
      } catch (error) {
        if (!(error instanceof UnreadableFile)) throw error;
        unreadable.push(error.message);
      }
    }
    for (const { unknown } of this.indexed.values())
      if (unknown !== undefined) unreadable.push(unknown);
    return unreadable;
  }

  /** Frees what it keeps of the files; to be called when nothing counts any more. */
  async close(): Promise<void> {
    for (const file of [...this.indexed.keys()]) await this.forget(file);
  }

  private async forget(file: string): Promise<void> {
    await this.indexed.get(file)?.index.close();
    this.indexed.delete(file);
  }

  /** @returns its events; `unknown` tells of those that cannot be counted, in a sentence */
  private async indexOf(
    file: string,
    beat: () => void,
  ): Promise<{ index: ArchiveIndex; unknown?: string }> {
    const index = await ArchiveIndex.create();
    let unknown = 0;
    let first: string | undefined;
    try {
      let lines = 0;
      for await (const line of archiveLines(file)) {
        if (++lines % LINES_PER_BEAT === 0) beat();
        const read = datedEvent(line, this.reader);
        if (!("error" in read))
          await index.add(read.event.schema, read.hour, read.event.uuid);
        else if (read.isEvent) {
          unknown++;
          first ??= `line ${lines}: ${read.error}`;
        }
      }
      await index.seal();
      return first === undefined
        ? { index }
        : {
            index,
            unknown: `${file} has ${unknown} events of which it is not known which they are, or when they were: ${first}`,
          };
    } catch (error) {
      await index.close();
      throw error;
    }
  }

  /** Counts what the indexes hold. A bucket of which no file has changed since it was counted is not counted again. */
  private async countBuckets(
    range: HourRange,
    beat: () => void,
  ): Promise<Pick<ArchiveCounts, "bySchema" | "begins">> {
    const indexes = [...this.indexed.values()].map(({ index }) => index);
    const bySchema: ArchiveCounts["bySchema"] = new Map();
    const buckets = new Set(
      indexes.flatMap((index) => [...index.bucketNumbers()]),
    );
    for (const bucket of buckets) {
      const holding = indexes.filter((index) => index.recordsIn(bucket) > 0);
      const known = this.counted.get(bucket);
      const isKnown =
        known?.of.length === holding.length &&
        known.of.every((index) => holding.includes(index));
      const counts = isKnown
        ? known.counts
        : await countBucket(holding, bucket, beat);
      this.counted.set(bucket, { of: holding, counts });
      for (const { schema, hour, count } of counts) {
        if (!inRange(hour, range)) continue;
        const hours = bySchema.get(schema) ?? new Map<Hour, number>();
        bySchema.set(schema, hours.set(hour, count));
      }
    }
    for (const bucket of this.counted.keys())
      if (!buckets.has(bucket)) this.counted.delete(bucket);
    const begins = indexes.flatMap((index) => index.begins ?? []).sort()[0];
    return { bySchema, ...(begins === undefined ? {} : { begins }) };
  }
}

/** Waits for something, and calls `beat` all the while. @throws what `beat` throws */
async function beatingUntil(
  something: Promise<void>,
  beat: () => void,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const failing = new Promise<never>((_, fail) => {
    timer = setInterval(() => {
      try {
        beat();
      } catch (error) {
        fail(error as Error);
      }
    }, WAITING_BEAT_MS);
  });
  try {
    await Promise.race([something, failing]);
  } finally {
    clearInterval(timer);
  }
}
