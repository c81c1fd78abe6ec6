import fc from "fast-check";
import { antiJoin } from "../../../../../activities/backfill/search/anti-join";
import { SortedRuns } from "../../../../../activities/backfill/search/sorted-runs";
import {
  type Candidate,
  candidateLine,
  heldLine,
  missingLine,
} from "../../../../../formats/candidate";

async function* from(lines: string[]): AsyncGenerator<string> {
  await Promise.resolve();
  yield* lines;
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

test("lines come back sorted whether they fit into memory or are spilled, many times over", async () => {
  const lines = Array.from({ length: 5000 }, (_, i) =>
    String((i * 7919) % 5003).padStart(6, "0"),
  );
  for (const bytes of [1 << 24, 20_000, 2000]) {
    const runs = new SortedRuns(bytes);
    for (const line of lines) await runs.add(line);
    expect(await all(runs.sorted())).toEqual([...lines].sort());
    if (bytes === 1 << 24) expect(runs.spilled).toBe(0);
    else expect(runs.spilled).toBeGreaterThan(1);
    await runs.close();
  }
});

const candidate: fc.Arbitrary<Candidate> = fc.record({
  topic: fc.constantFrom("eventlogging_A", "eventlogging_B"),
  uuid: fc.constantFrom(..."0123456789".split("").map((d) => d.repeat(32))),
  rank: fc.constantFrom(0 as const, 1 as const),
  ms: fc.integer({ min: 0, max: 5 }),
  json: fc.constantFrom('{"a":1}', '{"b":2}'),
});

test("the join gives what a set in memory gives, whatever its memory", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(candidate, { maxLength: 40 }),
      fc.array(candidate, { maxLength: 10 }),
      fc.constantFrom(300, 1 << 20),
      async (candidates, held, memory) => {
        const have = new Set(held.map((h) => heldLine(h.topic, h.uuid)));
        const groups = new Map<string, Candidate[]>();
        for (const c of candidates) {
          const key = heldLine(c.topic, c.uuid);
          if (!have.has(key)) groups.set(key, [...(groups.get(key) ?? []), c]);
        }
        const wanted = [...groups.values()]
          .map((group) => {
            const [first] = group.sort(
              (a, b) =>
                a.rank - b.rank || a.ms - b.ms || (a.json < b.json ? -1 : 1),
            );
            const archived = group.filter((c) => c.rank === 0).length;
            return missingLine({ ...first!, copies: Math.max(1, archived) });
          })
          .sort();
        const found = await all(
          antiJoin(
            from([...have]),
            from(candidates.map(candidateLine)),
            memory,
          ),
        );
        expect(found.map(missingLine)).toEqual(wanted);
      },
    ),
    { numRuns: 60 },
  );
});
