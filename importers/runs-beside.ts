/** Where an importer goes on in a partition: offsets are decimal strings. */
type Standing<T> = ReadonlyMap<string, T>;

/**
 * Where each partition stands after runs that all began at the same positions. What one of them has moved counts, also where it went back, as one
 * does that was told to begin anew; where several have, the furthest.
 * @param ends by run, oldest first
 * @param now where the newest of them has left all partitions
 */
export function putTogether<T extends { offset: string }>(
  began: Standing<T>,
  ends: Standing<T>[],
  now: Standing<T>,
): Map<string, T> {
  const together = new Map(now);
  for (const key of new Set(ends.flatMap((end) => [...end.keys()]))) {
    const moved = ends
      .flatMap((end) => end.get(key) ?? [])
      .filter(({ offset }) => offset !== began.get(key)?.offset);
    if (moved.length > 0) together.set(key, moved.reduce(further));
  }
  return together;
}

const further = <T extends { offset: string }>(a: T, b: T): T =>
  BigInt(b.offset) > BigInt(a.offset) ? b : a;
