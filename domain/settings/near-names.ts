/** Names that are suggested for one that is not known. */
const MAX_NEAR = 3;

/**
 * Known names that somebody may have meant by another one: those that differ in a few characters or in case, and those that end in it, as a
 * schema ends its topic's name. The nearest come first.
 */
export function nearNames(given: string, known: Iterable<string>): string[] {
  const meant = given.toLowerCase();
  const most = Math.max(2, Math.floor(given.length / 5));
  return [...known]
    .map((name) => {
      const other = name.toLowerCase();
      const isEnd = other.endsWith(meant);
      return { name, far: isEnd ? 0 : distance(meant, other, most) };
    })
    .filter(({ far }) => far <= most)
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, MAX_NEAR)
    .map(({ name }) => name);
}

/** How many characters have to be put in, taken out or changed; more than `most` where it is more. */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let above = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++)
      row.push(
        Math.min(
          above[j]! + 1,
          row[j - 1]! + 1,
          above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      );
    above = row;
  }
  return above[b.length]!;
}
