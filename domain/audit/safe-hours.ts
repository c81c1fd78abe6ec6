import { HOUR_MS } from "../../lib/hour";

/** An offset whose deletion is to be foreseen. */
export type Target = { partition: number; offset: bigint };

/** Each partition's first offset whose timestamp is at or after an instant (epoch ms), as Kafka's ListOffsets answers; its log end where there is none. */
export type OffsetsAt = (ms: number) => Promise<Map<number, bigint>>;

/**
 * For how many whole hours from now retention deletes none of the targets, at most `upTo`. 0 means: it may delete one within the hour.
 *
 * Kafka deletes segments from the oldest on and stops at one whose largest timestamp is younger than retention. So an offset is safe until
 * the largest timestamp at or before it has expired. ListOffsets tells that without reading a message: the first offset at or after a time
 * lies at or before a target exactly if such a timestamp exists. (retention.bytes is not considered.)
 */
export async function safeHours(
  targets: Target[],
  offsetsAt: OffsetsAt,
  retentionMs: number,
  now: number,
  upTo: number,
): Promise<number> {
  return longestHolding(upTo, async (hours) => {
    const first = await offsetsAt(now - retentionMs + hours * HOUR_MS);
    return targets.every(({ partition, offset }) => {
      const found = first.get(partition);
      return found !== undefined && found <= offset;
    });
  });
}

/**
 * The largest whole number from 0 to a limit for which a condition holds that, once it fails, fails for every larger number; found by
 * halving, the limit first as it usually holds. 0 where it holds for none.
 */
async function longestHolding(
  limit: number,
  holds: (hours: number) => Promise<boolean>,
): Promise<number> {
  if (await holds(limit)) return limit;
  let [low, high] = [0, limit];
  if (!(await holds(low))) return 0;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (await holds(middle)) low = middle;
    else high = middle;
  }
  return low;
}
