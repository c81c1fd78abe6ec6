/**
 * Maps with at most `width` calls in flight; results in the order of the items. Once a call has failed, no other is begun, and those in flight are
 * waited for: nothing works on behind the back of whoever is told of the failure.
 * @throws what the first call that failed has thrown
 */
export async function mapPool<T, R>(
  items: readonly T[],
  width: number,
  call: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const failures: unknown[] = [];
  const lanes = Array.from(
    { length: Math.min(width, items.length) },
    async () => {
      while (next < items.length) {
        const i = next++;
        try {
          results[i] = await call(items[i]!);
        } catch (error) {
          next = items.length;
          failures.push(error);
        }
      }
    },
  );
  await Promise.all(lanes);
  if (failures.length > 0) throw failures[0];
  return results;
}
