import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { dirname, basename, join } from "node:path";
import { createGunzip } from "node:zlib";
import {
  type EventCapsule,
  parseCapsuleLine,
} from "../formats/eventlogging/event-capsule";
import { capsuleTime, timeProblem } from "../formats/eventlogging/event-time";
import { type Hour, hourOf } from "../lib/hour";
import { byteLinesOf } from "../lib/lines";

/** A file that is cut off, damaged or not to be opened. What lies before the damage has been read by then. */
export class UnreadableFile extends Error {
  constructor(
    readonly file: string,
    cause: unknown,
  ) {
    super(`${file} cannot be read to its end: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** Files by name: their inode, and what is another once they have changed. */
export type Versions = Map<string, { inode: number; version: string }>;

/**
 * The archive's files, in name order. Where a plain file and its .gz exist, the plain one is left out: they are the same log, caught
 * in the middle of its compression.
 * @param patterns paths of this host; `*` in a file's name matches anything
 */
export async function archiveFiles(patterns: string[]): Promise<string[]> {
  const found: string[] = [];
  for (const pattern of patterns) {
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
export async function* archiveLines(
  file: string,
): AsyncGenerator<string | undefined> {
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

/** What each file is now. One that was just renamed or removed is left out. */
export async function archiveVersions(patterns: string[]): Promise<Versions> {
  const versions: Versions = new Map();
  for (const file of await archiveFiles(patterns)) {
    const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (!found) continue;
    const { ino: inode, size, mtimeMs } = found;
    versions.set(file, { inode, version: `${inode} ${size} ${mtimeMs}` });
  }
  return versions;
}

/** The event of a line and its hour, or why it is none. */
export function datedEvent(
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
