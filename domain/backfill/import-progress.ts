import { type JumpedOver, jumps, stillHeld } from "../audit/jumps";
import type { Advance } from "../audit/ledger";
import { parsePartitionKey, partitionKey } from "../../lib/keys";

/** Where an importer stands, `<topic>/<partition>` to the offset (a decimal string) at which it goes on. */
export type Positions = ReadonlyMap<string, { offset: string }>;

/** Kafka's log of a partition: its first offset, and the one after its last. Offsets are decimal strings. */
type LogBounds = { partition: number; low: string; high: string };

/** The logs of topics, by topic. */
export type Logs = ReadonlyMap<string, readonly LogBounds[]>;

/** Where an importer stood in each partition that was asked for; undefined where it had never been there. */
export type Standing = ReadonlyMap<string, string | undefined>;

const partitionsOf = (logs: Logs) =>
  [...logs].flatMap(([topic, ofTopic]) =>
    ofTopic.map(({ partition, low, high }) => ({
      key: partitionKey(topic, partition),
      low: BigInt(low),
      high: BigInt(high),
    })),
  );

/** Where the importer stands in each partition of the logs. */
export const standingIn = (logs: Logs, positions: Positions): Standing =>
  new Map(
    partitionsOf(logs).map(({ key }) => [key, positions.get(key)?.offset]),
  );

/**
 * Partitions whose position lies outside of Kafka's log: before its first offset, as retention has deleted what was to be read next, or
 * beyond its end, as the topic was made anew. One without a position counts where its log holds anything.
 */
export const outsideOfLog = (logs: Logs, positions: Positions): string[] =>
  partitionsOf(logs)
    .filter(({ key, low, high }) => {
      const stored = positions.get(key)?.offset;
      if (stored === undefined) return high !== low;
      return BigInt(stored) < low || BigInt(stored) > high;
    })
    .map(({ key }) => key);

/**
 * What the logs still hold of offsets that runs have jumped over, by `<topic>/<partition>`: from the first such offset to the one after the last.
 * @param runs with the advances of each topic
 */
export function jumpedOverIn(
  logs: Logs,
  runs: readonly { advances: ReadonlyMap<string, Advance[]> }[],
  positions: Positions,
): Map<string, JumpedOver> {
  const found = new Map<string, JumpedOver>();
  // Where the importer stands outside of the log it begins at its first offset anyway, and has not jumped in this one.
  const outside = new Set(outsideOfLog(logs, positions));
  for (const [topic, ofTopic] of logs) {
    const jumped = jumps(
      runs.flatMap(({ advances }) => advances.get(topic) ?? []),
    );
    for (const log of ofTopic) {
      const held = stillHeld(jumped, log).sort((a, b) =>
        BigInt(a.from) < BigInt(b.from) ? -1 : 1,
      );
      const [first, last] = [held[0], held.at(-1)];
      const key = partitionKey(topic, log.partition);
      if (first && last && !outside.has(key))
        found.set(key, { from: first.from, to: last.to });
    }
  }
  return found;
}

/** Partitions that the importer has still to read up to the end of what it had jumped over. */
export const notPassed = (
  jumped: ReadonlyMap<string, JumpedOver>,
  positions: Positions,
): string[] =>
  [...jumped]
    .filter(([key, { to }]) => {
      const stored = positions.get(key)?.offset;
      return stored === undefined || BigInt(stored) < BigInt(to);
    })
    .map(([key]) => key);

/**
 * Partitions in which the importer has not passed the last replayed event.
 * @param ends `<topic>/<partition>` to the offset after the last replayed event
 * @param topics those that count: a topic that is skipped since its replay is left to the importer's own runs
 */
export const withReplayedEventsAhead = (
  ends: Readonly<Record<string, string>>,
  topics: readonly string[],
  positions: Positions,
): string[] =>
  Object.entries(ends)
    .filter(([key, end]) => {
      if (!topics.includes(parsePartitionKey(key).topic)) return false;
      const stored = positions.get(key)?.offset;
      return stored === undefined || BigInt(stored) < BigInt(end);
    })
    .map(([key]) => key);

/**
 * Partitions whose log's end the importer has not reached, as long as it still gets further there. A log may end with offsets that hold
 * no record (markers of transactions), and an importer never gets past these: where two looks find it at the same position, it has
 * read what there is.
 * @param before where it stood at the look before; absent at the first look, when every partition may get further
 */
export const stillAdvancing = (
  logs: Logs,
  positions: Positions,
  before: Standing | undefined,
): string[] =>
  partitionsOf(logs)
    .filter(({ key, low, high }) => {
      const stored = positions.get(key)?.offset;
      const hasReachedEnd =
        low === high || (stored !== undefined && BigInt(stored) >= high);
      const standsStill = before?.has(key) && before.get(key) === stored;
      return !hasReachedEnd && !standsStill;
    })
    .map(({ key }) => key);

/** Whether an importer has moved in any partition of the topics between two states, forwards or back. */
export function hasMoved(
  topics: readonly string[],
  before: Positions,
  now: Positions,
): boolean {
  const ours = new Set(topics);
  return [...new Set([...before.keys(), ...now.keys()])].some(
    (key) =>
      ours.has(parsePartitionKey(key).topic) &&
      before.get(key)?.offset !== now.get(key)?.offset,
  );
}
