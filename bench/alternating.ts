/** What is timed against others, by its name; each call does the work once and tells how long it took, seconds. */
export type Contestants = Record<string, () => Promise<number>>;

/** Of an even number, the middle between the two in the middle. */
function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (index: number) => sorted[Math.floor(index)]!;
  const middle = (sorted.length - 1) / 2;
  return (at(middle) + at(middle + 0.5)) / 2;
}

/** Lets contestants take turns, so that what else the machine does meets all of them. @returns each one's median, seconds */
export async function alternating(
  contestants: Contestants,
  rounds: number,
): Promise<Record<string, number>> {
  const seconds: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round++)
    for (const [name, run] of Object.entries(contestants))
      (seconds[name] ??= []).push(await run());
  return Object.fromEntries(
    Object.entries(seconds).map(([name, all]) => [name, median(all)]),
  );
}

/** Does some work. @returns how long it took, seconds */
export async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}
