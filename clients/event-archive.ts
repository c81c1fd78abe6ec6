import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { dirname, basename, join } from "node:path";
import { createGunzip } from "node:zlib";
import { type Hour, hourOf, inRange, type HourRange } from "../lib/hour";
import {
  type EventCapsule,
  parseCapsuleLine,
} from "../formats/eventlogging/event-capsule";
import { byteLinesOf } from "../lib/lines";
import { capsuleTime, timeProblem } from "../formats/eventlogging/event-time";

/** What a scan of a file came across besides its events. */
export type ArchiveScan = {
  lines: number;
  /** Lines that are no events, each with the reason; the first hundred. */
  unreadable: { file: string; line: number; error: string }[];
};

export type ArchiveCounts = {
  /** Distinct events by schema and hour. */
  bySchema: Map<string, Map<Hour, number>>;
  /** Files that could not be read to their end, a sentence each: no count is a fact then, as any of them may hold more. */
  unreadable: string[];
  /** The hour of the oldest event. Of older hours the archive says nothing: their files were rotated away. Absent where it is empty. */
  begins?: Hour;
};

/** A file that is cut off, damaged or not to be opened. What lies before the damage has been read by then. */
class UnreadableFile extends Error {
  constructor(
    readonly file: string,
    cause: unknown,
  ) {
    super(`${file} cannot be read to its end: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** The uuids of events, by schema and hour. */
type Uuids = Map<string, Map<Hour, Set<string>>>;

const MAX_NAMED = 100;
/** Lines between two calls of `beat`. */
const LINES_PER_BEAT = 5000;

/** The archive of all events on this host: all-events.log, which is being written, and its rotated files (plain or .gz). */
export class EventArchive {
  /** What was counted in files, by name, with the version (size and time) that was. */
  private readonly counted = new Map<
    string,
    { version: string; uuids: Uuids }
  >();

  /** @param patterns paths of this host; `*` in a file's name matches anything */
  constructor(private readonly patterns: string[]) {}

  /**
   * The archive's files, in name order. Where a plain file and its .gz exist, the plain one is left out: they are the same log, caught
   * in the middle of its compression.
   */
  async files(): Promise<string[]> {
    const found: string[] = [];
    for (const pattern of this.patterns) {
      const dir = dirname(pattern);
      const regex = new RegExp(
        `^${basename(pattern)
          .split("*")
          .map((s) => s.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
          .join(".*")}$`,
      );
      const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return [] as string[];
        throw error;
      });
      found.push(
        ...names
          .filter((n) => regex.test(n) && !n.startsWith("."))
          .map((n) => join(dir, n)),
      );
    }
    const all = new Set(found);
    return [...all].filter((f) => !all.has(`${f}.gz`)).sort();
  }

  /**
   * The lines of a file; undefined for one that is not UTF-8, which could not be replayed as it is.
   * @throws UnreadableFile after the lines before the damage
   */
  private async *lines(file: string): AsyncGenerator<string | undefined> {
    const raw = createReadStream(file);
    const input = file.endsWith(".gz") ? raw.pipe(createGunzip()) : raw;
    raw.on("error", (error) => input.destroy(error));
    try {
      // What a reader of these lines throws does not come by here: a generator is only told to end.
      for await (const line of byteLinesOf(input))
        yield isUtf8(line) ? line.toString("utf8") : undefined;
    } catch (error) {
      throw new UnreadableFile(file, error);
    } finally {
      // A reader that has seen enough ends the pipe only, not what it comes from.
      raw.destroy();
    }
  }

  /** The events of a file, whatever their time, as far as it can be read. @param beat is called now and then */
  async *events(file: string, beat: () => void): AsyncGenerator<EventCapsule> {
    let lines = 0;
    try {
      for await (const line of this.lines(file)) {
        if (++lines % LINES_PER_BEAT === 0) beat();
        const parsed = parseCapsuleLine(line ?? "");
        if ("event" in parsed) yield parsed.event;
      }
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
    }
  }

  /**
   * Hands every event of a file whose own time lies in the range to `each`, with its text, and waits for it. A line that is no event, or
   * an event whose time cannot be, is named in the result; it never ends the scan. Where the file is cut off or damaged, that is named too.
   * @param beat is called now and then
   */
  async scanFile(
    file: string,
    range: HourRange,
    each: (
      event: EventCapsule,
      hour: Hour,
      text: string,
    ) => Promise<void> | void,
    beat: () => void = () => undefined,
  ): Promise<ArchiveScan> {
    const scan: ArchiveScan = { lines: 0, unreadable: [] };
    try {
      for await (const line of this.lines(file)) {
        scan.lines++;
        if (scan.lines % LINES_PER_BEAT === 0) beat();
        if (line === "") continue;
        const read = datedEvent(line);
        if ("error" in read) {
          if (scan.unreadable.length < MAX_NAMED)
            scan.unreadable.push({ file, line: scan.lines, error: read.error });
          continue;
        }
        if (inRange(read.hour, range))
          await each(read.event, read.hour, read.text);
      }
    } catch (error) {
      if (!(error instanceof UnreadableFile)) throw error;
      const { message } = error;
      // However many lines are named already: nothing is known of what follows this one.
      scan.unreadable.push({ file, line: scan.lines + 1, error: message });
    }
    return scan;
  }

  /**
   * Counts distinct events per schema and hour. A file that has not changed since it was counted is not read again.
   * @param beat is called now and then
   */
  async counts(
    range: HourRange,
    beat: () => void = () => undefined,
  ): Promise<ArchiveCounts> {
    const merged: Uuids = new Map();
    const unreadable: string[] = [];
    let begins: Hour | undefined;
    for (const file of await this.files()) {
      const found = await this.uuidsIn(file, beat).catch((error: unknown) => {
        if (!(error instanceof UnreadableFile)) throw error;
        unreadable.push(error.message);
        return new Map() as Uuids;
      });
      for (const [schema, hours] of found)
        for (const [hour, uuids] of hours) {
          if (begins === undefined || hour < begins) begins = hour;
          if (inRange(hour, range)) add(merged, schema, hour, uuids);
        }
    }
    const bySchema = new Map(
      [...merged].map(([schema, hours]) => [
        schema,
        new Map([...hours].map(([hour, uuids]) => [hour, uuids.size])),
      ]),
    );
    return {
      bySchema,
      unreadable,
      ...(begins === undefined ? {} : { begins }),
    };
  }

  private async uuidsIn(file: string, beat: () => void): Promise<Uuids> {
    const { size, mtimeMs } = await stat(file);
    const version = `${size} ${mtimeMs}`;
    const known = this.counted.get(file);
    if (known?.version === version) return known.uuids;
    const uuids: Uuids = new Map();
    let lines = 0;
    for await (const line of this.lines(file)) {
      if (++lines % LINES_PER_BEAT === 0) beat();
      const read = datedEvent(line);
      if (!("error" in read))
        add(uuids, read.event.schema, read.hour, [read.event.uuid]);
    }
    // The log that is being written has another version at each look; the one before is of no more use.
    this.counted.set(file, { version, uuids });
    return uuids;
  }
}

/** The event of a line and its hour, or why it is none. */
function datedEvent(
  line: string | undefined,
): { event: EventCapsule; hour: Hour; text: string } | { error: string } {
  if (line === undefined) return { error: "not UTF-8" };
  const parsed = parseCapsuleLine(line);
  if ("error" in parsed) return parsed;
  const { event } = parsed;
  const ms = capsuleTime(event);
  return ms === undefined
    ? { error: `event ${event.uuid}: ${timeProblem(event)}` }
    : { event, hour: hourOf(ms), text: line };
}

function add(
  to: Uuids,
  schema: string,
  hour: Hour,
  uuids: Iterable<string>,
): void {
  let hours = to.get(schema);
  if (!hours) to.set(schema, (hours = new Map()));
  let set = hours.get(hour);
  if (!set) hours.set(hour, (set = new Set()));
  for (const uuid of uuids) set.add(uuid);
}
