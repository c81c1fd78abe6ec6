import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { MockActivityEnvironment } from "@temporalio/testing";
import fc from "fast-check";
import { joinOnWorker } from "../../../../../activities/backfill/search/join-on-worker";
import type { Collected } from "../../../../../domain/backfill/missing";
import {
  type Candidate,
  candidateLine,
  heldLine,
  type MissingEvent,
  missingLine,
} from "../../../../../formats/candidate";
import { MemoryFiles } from "../../../../support/memory-hdfs";

const A = "eventlogging_A";
const B = "eventlogging_B";

/** What is missing where these lines were collected, each source in some files. */
async function joined(
  held: string[],
  sources: string[][],
  written: Partial<Collected> = {},
  idType: "uuid" | "varchar" = "uuid",
): Promise<MissingEvent[]> {
  const files = new MemoryFiles();
  let count = 0;
  const collected = (lines: string[], inFiles = 2): Collected => {
    const refs: string[] = [];
    for (let i = 0; i < inFiles; i++) {
      const some = lines.filter((_, n) => n % inFiles === i);
      const ref = `/file-${count++}`;
      if (some.length > 0) refs.push(ref);
      files.texts.set(ref, some.map((line) => `${line}\n`).join(""));
    }
    return { refs, lines: lines.length, files: [], unreadable: [] };
  };
  return new MockActivityEnvironment().run(async () => {
    const found: MissingEvent[] = [];
    const join = {
      topics: [{ topic: B }, { topic: A }],
      held: { ...collected(held), ...written },
      sources: sources.map((lines) => collected(lines)),
      memoryMb: 128,
      idType,
    };
    for await (const event of joinOnWorker(files.hdfs, join)) found.push(event);
    return found;
  }) as Promise<MissingEvent[]>;
}

const candidate: fc.Arbitrary<Candidate> = fc.record({
  topic: fc.constantFrom(A, B),
  uuid: fc.constantFrom(..."0189abf".split("").map((d) => d.repeat(32))),
  rank: fc.constantFrom(0 as const, 1 as const),
  ms: fc.integer({ min: 0, max: 5 }),
  json: fc.constantFrom(
    '{"a":"\u00e4"}',
    '{"a":"\ufffd"}',
    '{"a":"\u{1f600}"}',
  ),
});
const inBytes = (a: string, b: string) =>
  Buffer.compare(Buffer.from(a), Buffer.from(b));

test("the join gives what a set in memory gives", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(candidate, { maxLength: 40 }),
      fc.array(candidate, { maxLength: 10 }),
      async (candidates, held) => {
        const heldLines = new Set(held.map((h) => heldLine(h.topic, h.uuid)));
        const groups = new Map<string, Candidate[]>();
        for (const c of candidates) {
          const key = heldLine(c.topic, c.uuid);
          if (!heldLines.has(key))
            groups.set(key, [...(groups.get(key) ?? []), c]);
        }
        const wanted = [...groups.values()]
          .map((group) => {
            const [first] = group.sort(
              (a, b) =>
                a.rank - b.rank || a.ms - b.ms || inBytes(a.json, b.json),
            );
            const archived = group.filter((c) => c.rank === 0).length;
            return missingLine({ ...first!, copies: Math.max(1, archived) });
          })
          .sort();
        const found = await joined(
          [...heldLines, ...heldLines],
          [
            candidates.filter((c) => c.ms % 2).map(candidateLine),
            candidates.filter((c) => c.ms % 2 === 0).map(candidateLine),
          ],
        );
        expect(found.map(missingLine)).toEqual(wanted);
      },
    ),
    { numRuns: 40 },
  );
});

const line = (digit: string, rank: 0 | 1, ms: number, json = "{}") =>
  candidateLine({ topic: A, uuid: digit.repeat(32), rank, ms, json });

test("an event that the archive has twice was two messages; one that only MySQL has was one at least", async () => {
  const found = await joined(
    [],
    [
      [line("1", 0, 4), line("1", 0, 4)],
      [line("1", 1, 4), line("2", 1, 3)],
    ],
  );
  // In the order of time.
  expect(
    found.map(({ uuid, rank, copies }) => [uuid[0], rank, copies]),
  ).toEqual([
    ["2", 1, 1],
    ["1", 0, 2],
  ]);
});

test("texts come out as they went in, whatever stands in them and however long they are", async () => {
  const texts = [
    String.raw`{"userId": 9007199254740993, "tab": "	", "u": "\u2028\ud800"}`,
    '{"sep": "\u2028\u0085\ufeff", "return": 1}\r',
    `{"long": "${"x".repeat(20 << 20)}"}`,
    "",
  ];
  const found = await joined(
    [],
    [texts.map((text, i) => line("123a"[i]!, 0, i, text))],
  );
  for (const [i, { json }] of found.entries())
    expect(json === texts[i]).toBe(true);
  expect(found).toHaveLength(4);
});

test("what storage gives is counted against what was written into it", async () => {
  await expect(
    joined([heldLine(A, "1".repeat(32))], [], { lines: 2 }),
  ).rejects.toThrow(
    "DuckDB has 1 rows in its table held_lines, and 2 lines were written",
  );
});

test("a line that is none ends the join, and no word of it is in the error", async () => {
  const bad = line("1", 0, 4, '{"ip":"198.51.100.7"}').replace(
    "\t0\t",
    "\tx\t",
  );
  const ended = joined([], [[bad]]);
  await expect(ended).rejects.toThrow("DuckDB: Conversion Error");
  await expect(ended).rejects.not.toThrow("198.51");
});

test("nothing is left of a join in the temporary folder", async () => {
  // A folder of this test alone: others have engines, too.
  const folder = mkdtempSync(join(os.tmpdir(), "join-test-"));
  const places = jest.spyOn(os, "tmpdir").mockReturnValue(folder);
  try {
    await joined([], [[line("1", 0, 4)]]);
    await expect(joined([], [["bad"]])).rejects.toThrow("DuckDB");
    expect(places).toHaveBeenCalled();
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    places.mockRestore();
    rmSync(folder, { recursive: true });
  }
});
