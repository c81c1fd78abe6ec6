import { parsePartitionKey } from "../../lib/keys";

/**
 * Where the logs ended before a saga replayed anything, `<topic>/<partition>` to offset (a decimal string). Every message that the saga
 * has replayed lies at or after these offsets.
 */
export type Starts = Record<string, string>;

/** The same in storage, where there are so many that a payload could not hold them. */
export type StartsInStorage = {
  ref: string;
  /** Only those of these topics; default: all. */
  topics?: string[];
};

/** As the activity `replayStarts` gives them. Sagas that began under 0.2.0 and before carry all in their histories. */
export type GivenStarts = Starts | StartsInStorage;

/** Whether starts lie in storage. The key of a start has a slash, so that none is called `ref`. */
export const areStored = (starts: GivenStarts): starts is StartsInStorage =>
  "ref" in starts;

/**
 * Why a partition does not tell what a saga has replayed into it; undefined where it does. An attempt that went by it would take what is not
 * there for not replayed, and produce it once more.
 * @param start where the log ended before the replay, @param log its first offset and the one after its last; all decimal strings
 */
export function whyUntold(
  start: string,
  { low, high }: { low: string; high: string },
): string | undefined {
  if (BigInt(high) < BigInt(start))
    return `its log ended at ${start} before the replay and ends at ${high} now: it was made anew or cut off`;
  if (BigInt(low) > BigInt(start))
    return `its log ended at ${start} before the replay and begins at ${low} now: messages that came since were deleted`;
  return undefined;
}

/** The partitions that each topic had when its log's ends were noted. */
export function partitionsOf(starts: Starts): Map<string, number[]> {
  const partitions = new Map<string, number[]>();
  for (const key of Object.keys(starts)) {
    const { topic, partition } = parsePartitionKey(key);
    partitions.set(topic, [...(partitions.get(topic) ?? []), partition]);
  }
  return partitions;
}

/** Those of the starts that are of these topics. */
export function startsOf(starts: Starts, topics: string[]): Starts;
export function startsOf(starts: GivenStarts, topics: string[]): GivenStarts;
export function startsOf(starts: GivenStarts, topics: string[]): GivenStarts {
  if (areStored(starts)) return { ref: starts.ref, topics };
  const names = new Set(topics);
  return Object.fromEntries(
    Object.entries(starts).filter(([key]) =>
      names.has(parsePartitionKey(key).topic),
    ),
  );
}
