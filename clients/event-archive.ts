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

export type ArchiveScan = {
  lines: number;
  unreadable: { file: string; line: number; error: string }[];
};

export type ArchiveCounts = {
  bySchema: Map<string, Map<Hour, number>>;
  /** The oldest hour that any archived event is of; what is older was rotated away, not silent. Absent for an empty archive. */
  begins?: Hour;
};

const MAX_NAMED = 100;

/** The archive of all events: all-events.log and its rotated files (plain or .gz) on this host. */
export class EventArchive {
  private readonly counted = new Map<
    string,
    Map<string, Map<Hour, Set<string>>>
  >();

  constructor(private readonly patterns: string[]) {}

  /** The archive's files, in name order; a plain file whose .gz exists is the same log half-way through its compression. */
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

  /** Streams every event of the range (by its own time) of a file to `each`; lines that cannot be read are named, never fatal. */
  async scanFile(
    file: string,
    range: HourRange,
    each: (event: EventCapsule, hour: Hour) => Promise<void> | void,
    beat: () => void = () => undefined,
  ): Promise<ArchiveScan> {
    const scan: ArchiveScan = { lines: 0, unreadable: [] };
    for await (const line of this.lines(file)) {
      scan.lines++;
      if (scan.lines % 5000 === 0) beat();
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

  /** Distinct events per schema and hour. A file that has not changed since it was counted is not read again. */
  async counts(range: HourRange): Promise<ArchiveCounts> {
    const merged = new Map<string, Map<Hour, Set<string>>>();
    let begins: Hour | undefined;
    for (const file of await this.files()) {
      const { size, mtimeMs } = await stat(file);
      const key = `${file} ${size} ${mtimeMs}`;
      let counts = this.counted.get(key);
      if (!counts) {
        counts = new Map();
        for await (const line of this.lines(file)) {
          const parsed = parseCapsuleLine(line);
          if ("error" in parsed) continue;
          const ms = capsuleTime(parsed.event);
          if (ms === undefined) continue;
          add(counts, parsed.event.schema, hourOf(ms), [parsed.event.uuid]);
        }
        this.counted.set(key, counts);
      }
      for (const [schema, hours] of counts) {
        for (const [hour, uuids] of hours) {
          if (begins === undefined || hour < begins) begins = hour;
          if (inRange(hour, range)) add(merged, schema, hour, uuids);
        }
      }
    }
    const bySchema = new Map(
      [...merged].map(([schema, hours]) => [
        schema,
        new Map([...hours].map(([h, u]) => [h, u.size])),
      ]),
    );
    return { bySchema, ...(begins === undefined ? {} : { begins }) };
  }
}

function add(
  to: Map<string, Map<Hour, Set<string>>>,
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
