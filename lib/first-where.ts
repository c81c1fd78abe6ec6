/**
 * The place of the first item for which something holds, found by halving.
 * @param items in an order in which it holds for none before one and for all after
 * @returns their number where it holds for none
 */
export function firstWhere<T>(items: T[], holds: (item: T) => boolean): number {
  let [from, to] = [0, items.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (holds(items[middle]!)) to = middle;
    else from = middle + 1;
  }
  return from;
}
