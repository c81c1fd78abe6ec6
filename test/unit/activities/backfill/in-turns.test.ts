import { inTurns } from "../../../../activities/backfill/in-turns";

type Topic = { name: string; batches: number };

const topics = (...batches: number[]): Topic[] =>
  batches.map((n, i) => ({ name: "abcdefgh"[i]!, batches: n }));

/** Works through topics of which each may go on `gapMs` after its last batch; what happened, in order. */
async function play(items: Topic[], gapMs: (topic: string) => number) {
  const due = new Map<string, number>();
  const worked: string[] = [];
  let unfinished = 0;
  let most = 0;
  let now = 0;
  async function* batchesOf({ name, batches }: Topic) {
    most = Math.max(most, ++unfinished);
    for (let i = 0; i < batches; i++) yield await Promise.resolve(name + i);
    unfinished--;
  }
  const dueAt = ({ name }: Topic) => due.get(name) ?? 0;
  await inTurns(items, batchesOf, dueAt, async (item, batch) => {
    now = Math.max(now, dueAt(item));
    due.set(item.name, now + gapMs(item.name));
    worked.push(batch);
  });
  return { worked, most };
}

test("topics that may send equally often take turns", async () => {
  const { worked } = await play(topics(2, 2), () => 10);
  expect(worked).toEqual(["a0", "b0", "a1", "b1"]);
});

test("a topic that has to wait longer holds no other up", async () => {
  const { worked } = await play(topics(2, 4), (name) =>
    name === "a" ? 100 : 10,
  );
  expect(worked).toEqual(["a0", "b0", "b1", "b2", "b3", "a1"]);
});

test("every batch is worked on once, and no more than four topics are begun and unfinished", async () => {
  const items = topics(3, 1, 0, 2, 5, 1, 4);
  const { worked, most } = await play(items, () => 10);
  expect([...worked].sort()).toEqual(
    items.flatMap(({ name, batches }) =>
      Array.from({ length: batches }, (_, i) => name + i),
    ),
  );
  expect(most).toBe(4);
});

test("where a batch fails, nothing more is worked on", async () => {
  const worked: string[] = [];
  await expect(
    inTurns(
      topics(2, 2),
      ({ name }) => [`${name}0`, `${name}1`][Symbol.iterator](),
      () => 0,
      async (_, batch) => {
        worked.push(batch);
        if (worked.length === 2) throw new Error("the broker is down");
      },
    ),
  ).rejects.toThrow("the broker is down");
  expect(worked).toHaveLength(2);
});

test("nothing to do is done at once", async () => {
  expect(await play([], () => 0)).toEqual({ worked: [], most: 0 });
});
