import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SortedRuns } from "../../../../../activities/backfill/search/sorted-runs";

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

test("nothing is left on disk, also where nobody has read the lines", async () => {
  const dir = await mkdtemp(join(tmpdir(), "sorted-runs-test-"));
  try {
    const runs = new SortedRuns(200, dir);
    for (let i = 0; i < 100; i++) await runs.add(String(i));
    expect(await readdir(dir)).toHaveLength(1);
    await runs.close();
    expect(await readdir(dir)).toEqual([]);
  } finally {
    await rm(dir, { recursive: true });
  }
});

test("a spilled line comes back whole, whatever an event's text holds", async () => {
  const lines = Array.from({ length: 200 }, (_, i) => `${i}\r{"a":\r"\u2028"}`);
  const runs = new SortedRuns(2000);
  for (const line of lines) await runs.add(line);
  expect(runs.spilled).toBeGreaterThan(1);
  expect(await all(runs.sorted())).toEqual([...lines].sort());
  await runs.close();
});
