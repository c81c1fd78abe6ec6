import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { dirname, basename, join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";
import { type Hour, hourOf, inRange, type HourRange } from "../lib/hour";
import {
  capsuleTime,
  type EventCapsule,
  parseCapsuleLine,
} from "../formats/eventlogging/event-capsule";

/** What a scan of a file came across besides its events. */
export type ArchiveScan = {
  lines: number;
  /** Lines that are no events, each with the reason; the first hundred. */
  unreadable: { file: string; line: number; error: string }[];
};

export type ArchiveCounts = {
  /** Distinct events by schema and hour. */
  bySchema: Map<string, Map<Hour, number>>;
  /** The hour of the oldest event. Of older hours the archive says nothing: their files were rotated away. Absent where it is empty. */
  begins?: Hour;
};

/** The uuids of events, by schema and hour. */
type Uuids = Map<string, Map<Hour, Set<string>>>;

const MAX_NAMED = 100;
/** Lines between two calls of `beat`. */
const LINES_PER_BEAT = 5000;

/** The archive of all events on this host: all-events.log, which is being written, and its rotated files (plain or .gz). */
export class EventArchive {
  /** What was counted in files, by name, size and time. */
  private readonly counted = new Map<string, Uuids>();

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

  private async *lines(file: string): AsyncGenerator<string> {
    const raw = createReadStream(file);
    const input = file.endsWith(".gz") ? raw.pipe(createGunzip()) : raw;
    raw.on("error", (error) => input.destroy(error));
    yield* createInterface({ input, crlfDelay: Infinity });
  }

  /**
   * Hands every event of a file whose own time lies in the range to `each`, and waits for it. A line that is no event is named in the
   * result; it never ends the scan.
   * @param beat is called now and then
   */
  async scanFile(
    file: string,
    range: HourRange,
    each: (event: EventCapsule, hour: Hour) => Promise<void> | void,
    beat: () => void = () => undefined,
  ): Promise<ArchiveScan> {
    const scan: ArchiveScan = { lines: 0, unreadable: [] };
    for await (const line of this.lines(file)) {
      scan.lines++;
      if (scan.lines % LINES_PER_BEAT === 0) beat();
      if (line === "") continue;
      const parsed = parseCapsuleLine(line);
      if ("error" in parsed) {
        if (scan.unreadable.length < MAX_NAMED)
          scan.unreadable.push({ file, line: scan.lines, error: parsed.error });
        continue;
      }
      const ms = capsuleTime(parsed.event);
      const hour = ms === undefined ? undefined : hourOf(ms);
      if (hour !== undefined && inRange(hour, range))
        await each(parsed.event, hour);
    }
    return scan;
  }

  /** Counts distinct events per schema and hour. A file that has not changed since it was counted is not read again. */
  async counts(range: HourRange): Promise<ArchiveCounts> {
    const merged: Uuids = new Map();
    let begins: Hour | undefined;
    for (const file of await this.files())
      for (const [schema, hours] of await this.uuidsIn(file))
        for (const [hour, uuids] of hours) {
          if (begins === undefined || hour < begins) begins = hour;
          if (inRange(hour, range)) add(merged, schema, hour, uuids);
        }
    const bySchema = new Map(
      [...merged].map(([schema, hours]) => [
        schema,
        new Map([...hours].map(([hour, uuids]) => [hour, uuids.size])),
      ]),
    );
    return { bySchema, ...(begins === undefined ? {} : { begins }) };
  }

  private async uuidsIn(file: string): Promise<Uuids> {
    const { size, mtimeMs } = await stat(file);
    const key = `${file} ${size} ${mtimeMs}`;
    const known = this.counted.get(key);
    if (known) return known;
    const found: Uuids = new Map();
    for await (const line of this.lines(file)) {
      const parsed = parseCapsuleLine(line);
      if ("error" in parsed) continue;
      const ms = capsuleTime(parsed.event);
      if (ms !== undefined)
        add(found, parsed.event.schema, hourOf(ms), [parsed.event.uuid]);
    }
    this.counted.set(key, found);
    return found;
  }
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
