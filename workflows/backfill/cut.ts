/** Cuts a list into parts of `size` items; the last may be shorter. */
export function cutByCount<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

/**
 * Cuts a list into parts whose items are together at most `maxLength` characters long as JSON. An item that is longer is a part of its own.
 */
export function cutByLength<T>(items: readonly T[], maxLength: number): T[][] {
  const parts: T[][] = [];
  let partLength = Infinity;
  for (const item of items) {
    const { length } = JSON.stringify(item);
    if (partLength + length > maxLength) {
      parts.push([]);
      partLength = 0;
    }
    parts.at(-1)!.push(item);
    partLength += length;
  }
  return parts;
}
