import fc from "fast-check";
import { antiJoin } from "../../../../../activities/backfill/search/anti-join";
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
                a.rank - b.rank || a.ms - b.ms || (a.json < b.json ? -1 : 1),
            );
            const archived = group.filter((c) => c.rank === 0).length;
            return missingLine({ ...first!, copies: Math.max(1, archived) });
          })
          .sort();
        const found = await all(
          antiJoin(
            from([...heldLines]),
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

test("an event that the archive has twice was two messages; one that only MySQL has was one at least", async () => {
  const line = (digit: string, rank: 0 | 1, ms: number) =>
    candidateLine({
      topic: "eventlogging_A",
      uuid: digit.repeat(32),
      rank,
      ms,
      json: "{}",
    });
  const found = await all(
    antiJoin(
      from([]),
      from([
        line("1", 1, 4),
        line("1", 0, 4),
        line("1", 0, 4),
        line("2", 1, 3),
      ]),
      1 << 20,
    ),
  );
  // In the order of time.
  expect(
    found.map(({ uuid, rank, copies }) => [uuid[0], rank, copies]),
  ).toEqual([
    ["2", 1, 1],
    ["1", 0, 2],
  ]);
});
