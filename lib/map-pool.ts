/** Maps with at most `width` calls in flight; results in the order of the items. Once a call has failed, no other is begun. */
export async function mapPool<T, R>(
  items: readonly T[],
  width: number,
  call: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const lanes = Array.from(
    { length: Math.min(width, items.length) },
    async () => {
      while (next < items.length) {
        const i = next++;
        try {
          results[i] = await call(items[i]!);
        } catch (error) {
          next = items.length;
          throw error;
        }
      }
    },
  );
  await Promise.all(lanes);
  return results;
}
