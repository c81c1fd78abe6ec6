/** The sum of a field over a list. */
export function total<K extends string>(
  items: readonly Record<K, number>[],
  field: K,
): number {
  return items.reduce((sum, item) => sum + item[field], 0);
}
