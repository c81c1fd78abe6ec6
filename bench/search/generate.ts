import { once } from "node:events";
import { createWriteStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { random } from "../../lib/random";

/** Schemas, of which the first is the most frequent. */
export const SCHEMAS = Array.from({ length: 40 }, (_, i) => `Schema${i}`);

/** The files of an archive and of what is held of it, and how many of its events nobody holds. */
export type Archive = {
  plain: string;
  gz: string;
  held: string;
  /** The same in several files, as a search collects it. */
  heldParts: string[];
  heldLines: number;
  missing: number;
};

/** Lines of a file of what is held: some 8 MB. */
const PART_LINES = 150_000;

/** Writes an archive of two days of events, every other of them gzipped, and the list of what is held. */
export async function generate(
  folder: string,
  events: number,
  percentMissing: number,
): Promise<Archive> {
  const dice = random(3);
  const whole = (below: number) => Math.floor(dice() * below);
  const two = (n: number) => String(n).padStart(2, "0");
  const hex = () =>
    Array.from({ length: 4 }, () =>
      whole(2 ** 32)
        .toString(16)
        .padStart(8, "0"),
    ).join("");
  const archive = {
    plain: join(folder, "all-events.log"),
    gz: join(folder, "all-events.log-20180704.gz"),
    held: join(folder, "held.tsv"),
    heldParts: [] as string[],
    heldLines: 0,
    missing: 0,
  };
  let part: string[] = [];
  const writePart = () => {
    const path = join(folder, `held-${archive.heldParts.length}.tsv`);
    writeFileSync(path, part.join(""));
    archive.heldParts.push(path);
    part = [];
  };
  const gzip = createGzip();
  const outs = [
    buffered(createWriteStream(archive.plain)),
    buffered(gzip),
    buffered(createWriteStream(archive.held)),
  ] as const;
  const gzFile = gzip.pipe(createWriteStream(archive.gz));
  for (let i = 0; i < events; i++) {
    // The square makes the first schemas the most frequent.
    const schema = SCHEMAS[Math.floor(dice() ** 2 * SCHEMAS.length)]!;
    const uuid = hex();
    const dt = `2018-07-${two(4 + whole(2))}T${two(whole(24))}:${two(whole(60))}:${two(whole(60))}Z`;
    const line = `{"dt": "${dt}", "event": {"action": "success", "isAnon": true, "loadTime": ${whole(10_000)}.7, "pageId": ${whole(1e7)}, "title": "\\u6771\\u4eac", "token": "${schema}-avzmfe"}, "ip": "200.1.2.18", "recvFrom": "cp1066.eqiad.wmnet", "revision": 18033442, "schema": "${schema}", "seqId": ${i}, "userAgent": {"browser_family": "Chrome Mobile", "browser_major": "42", "is_bot": false, "is_mediawiki": false, "os_family": "Windows"}, "uuid": "${uuid}", "webHost": "en.wikipedia.org", "wiki": "enwiki"}\n`;
    await outs[i % 2]!.write(line);
    if (dice() * 100 < percentMissing) archive.missing++;
    else {
      archive.heldLines++;
      const held = `eventlogging_${schema}\t${uuid}\n`;
      await outs[2].write(held);
      if (part.push(held) === PART_LINES) writePart();
    }
  }
  writePart();
  for (const out of outs) await out.end();
  await finished(gzFile);
  return archive;
}

/** Writes lines some thousands at a time. */
function buffered(out: Writable) {
  let lines: string[] = [];
  const flush = async () => {
    const isTaken = out.write(lines.join(""));
    lines = [];
    if (!isTaken) await once(out, "drain");
  };
  return {
    write: async (line: string) => {
      if (lines.push(line) === 5000) await flush();
    },
    end: async () => {
      await flush();
      out.end();
      await finished(out);
    },
  };
}
