/** Whole numbers from one, to the one after the last. */
export type Range = [low: bigint, high: bigint];

/** The same ranges and one more; those that touch or overlap are one, so that runs which follow one another are one range. */
export function joined(ranges: Range[], [low, high]: Range): Range[] {
  const apart = ranges.filter(([from, to]) => to < low || from > high);
  const near = ranges.filter(([from, to]) => to >= low && from <= high);
  const from = near.reduce((least, [a]) => (a < least ? a : least), low);
  const to = near.reduce((most, [, b]) => (b > most ? b : most), high);
  return [...apart, [from, to]];
}

/** The parts of a range that lie in none of these. */
export function without(taken: Range[], low: bigint, high: bigint): Range[] {
  let left: Range[] = [[low, high]];
  for (const [from, to] of taken)
    left = left.flatMap(([a, b]): Range[] =>
      to <= a || from >= b
        ? [[a, b]]
        : [
            ...(a < from ? [[a, from] as Range] : []),
            ...(to < b ? [[to, b] as Range] : []),
          ],
    );
  return left;
}
