/** How many items may be under way at the same time; two files of events are in memory for each: the one at hand, and the next. */
const BEGUN_AT_ONCE = 4;

type Batches<Batch> = Iterator<Batch> | AsyncIterator<Batch>;

/**
 * Works through the batches of many items, one batch after the other. The next batch is always one of the begun item that is due first,
 * so that an item that has to wait (for its topic's rate) holds no other up. A few items are begun at a time, in the order in which they
 * are given; where one has no batch left, the next item is begun.
 * @param batchesOf begins an item; called when its turn comes, and once
 * @param dueAt when an item's next batch may be worked on (epoch ms); asked again before every batch
 * @param work is to wait until that time by itself
 */
export async function inTurns<Item, Batch>(
  items: readonly Item[],
  batchesOf: (item: Item) => Batches<Batch>,
  dueAt: (item: Item) => number,
  work: (item: Item, batch: Batch) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const begun: { item: Item; batches: Batches<Batch> }[] = [];
  for (;;) {
    while (begun.length < BEGUN_AT_ONCE && waiting.length > 0) {
      const item = waiting.shift()!;
      begun.push({ item, batches: batchesOf(item) });
    }
    const [next] = [...begun].sort((a, b) => dueAt(a.item) - dueAt(b.item));
    if (!next) return;
    const batch = await next.batches.next();
    if (batch.done) begun.splice(begun.indexOf(next), 1);
    else await work(next.item, batch.value);
  }
}
