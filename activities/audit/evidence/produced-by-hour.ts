import {
  type Count,
  measured,
  unknowable,
} from "../../../domain/audit/evidence";
import type { Offsets } from "../../../clients/kafka/kafka";
import {
  type Hour,
  hoursIn,
  type HourRange,
  hourStart,
} from "../../../lib/hour";

/**
 * The edges of hours that audits remember between runs: an instant (epoch ms) to each partition's first offset at or after it,
 * `{ms: {partition: offset}}`. They stay true after Kafka has deleted what they counted.
 */
export type Edges = Record<string, Record<string, string>>;

/** Messages of one hour by their timestamps, each partition's first offset in it and after it, and whether Kafka still has all of them. */
export type ProducedHour = {
  count: Count;
  start: Map<number, bigint>;
  end: Map<number, bigint>;
  isKept: boolean;
};

/**
 * By partition, the first offset at or after an instant. `sure` is false where Kafka may have deleted messages of before that instant:
 * then the offset is only where the log begins by now.
 */
type Edge = Map<number, { offset: bigint; sure: boolean }>;

/** Each partition's first offset whose timestamp is at or after an instant (epoch ms); its log end where there is none. */
type OffsetsAt = (ms: number) => Promise<Map<number, bigint>>;

const rememberedEdge = (offsets: Record<string, string>): Edge =>
  new Map(
    Object.entries(offsets).map(([partition, offset]) => [
      Number(partition),
      { offset: BigInt(offset), sure: true },
    ]),
  );

const edgeToRemember = (edge: Edge): Record<string, string> =>
  Object.fromEntries(
    [...edge].map(([partition, { offset }]) => [partition, offset.toString()]),
  );

const edgeOf = (found: Map<number, bigint>, logs: Offsets[]): Edge =>
  new Map(
    logs.map(({ partition, low, high }) => {
      const told = found.get(partition);
      const offset = told ?? BigInt(high);
      // A broker that does not know the partition yet tells nothing of it. At the log's beginning nobody can tell whether older messages were
      // deleted, unless that beginning is the very first offset.
      const sure = told !== undefined && (low === "0" || offset > BigInt(low));
      return [partition, { offset, sure }];
    }),
  );

/** Whether an edge stays what it is: all of it is sure, and no partition's is the log's end, before which messages may still come. */
const isFinal = (edge: Edge, logs: Offsets[]) =>
  logs.every(({ partition, high }) => {
    const { offset, sure } = edge.get(partition)!;
    return sure && offset < BigInt(high);
  });

const isSure = (edge: Edge) => [...edge.values()].every(({ sure }) => sure);

/** How many offsets lie between two edges, over all partitions. */
function offsetsBetween(earlier: Edge, later: Edge): number {
  let sum = 0;
  for (const [partition, { offset }] of later) {
    const difference = offset - (earlier.get(partition)?.offset ?? 0n);
    if (difference > 0n) sum += Number(difference);
  }
  return sum;
}

/**
 * Counts a topic's messages per hour by the offsets at the hours' edges, reading none. The edges are searched by halves, and a span
 * whose two ends have equal offsets is not halved: most topics are silent most of the time.
 * An estimate: timestamps may be out of order. An hour from which Kafka may have deleted messages is unknowable.
 * @param offsetsAt asks Kafka for one instant
 * @param logs the topic's partitions as they are now
 * @param remembered edges that earlier audits found; those that are new and final are added to it
 */
export async function producedByHour(
  offsetsAt: OffsetsAt,
  range: HourRange,
  logs: Offsets[],
  remembered: Edges,
): Promise<Map<Hour, ProducedHour>> {
  const hours = hoursIn(range);
  const times = [...hours, range.until].map(hourStart);
  const edges: (Edge | undefined)[] = times.map((ms) => {
    const offsets = remembered[ms];
    return offsets && rememberedEdge(offsets);
  });
  const edgeAt = async (index: number): Promise<Edge> => {
    const known = edges[index];
    if (known) return known;
    const ms = times[index]!;
    const edge = edgeOf(await offsetsAt(ms), logs);
    if (isFinal(edge, logs)) remembered[ms] = edgeToRemember(edge);
    return (edges[index] = edge);
  };
  /** Finds the edges between two that are known. */
  const searchBetween = async (first: number, last: number): Promise<void> => {
    const edge = edges[first]!;
    const isSilent = offsetsBetween(edge, edges[last]!) === 0;
    if (isSilent) {
      // An edge in a silent span is the same as the one that it begins with, and no surer: what is remembered of an edge between them, which
      // lies before all that Kafka still has, says nothing of those after it.
      for (let i = first + 1; i < last; i++) edges[i] ??= edge;
      return;
    }
    if (last - first === 1) return;
    const middle = (first + last) >> 1;
    await edgeAt(middle);
    // Side by side, so that Kafka is asked for the edges of one width together: see OffsetLookups.
    await Promise.all([
      searchBetween(first, middle),
      searchBetween(middle, last),
    ]);
  };
  await Promise.all([edgeAt(0), edgeAt(times.length - 1)]);
  await searchBetween(0, times.length - 1);
  return new Map(
    hours.map((hour, i) => [
      hour,
      {
        ...producedBetween(edges[i]!, edges[i + 1]!),
        isKept: isKept(edges[i]!, logs),
      },
    ]),
  );
}

const offsetsOf = (edge: Edge): Map<number, bigint> =>
  new Map([...edge].map(([partition, { offset }]) => [partition, offset]));

/** Whether nothing that came after an edge is deleted. What is remembered of an edge tells how much came then, and not that it is still there. */
const isKept = (edge: Edge, logs: Offsets[]): boolean =>
  isSure(edge) &&
  logs.every(
    ({ partition, low }) => (edge.get(partition)?.offset ?? 0n) >= BigInt(low),
  );

/** What was produced in the hour between two edges. */
function producedBetween(start: Edge, end: Edge): Omit<ProducedHour, "isKept"> {
  const count = offsetsBetween(start, end);
  // Where the log begins within the hour, what is left of the hour counts; where nothing is left, nobody can tell what was there.
  const isKnown = isSure(end) && (isSure(start) || count > 0);
  return {
    count: isKnown
      ? { ...measured(count), ...(isSure(start) ? {} : { atLeast: true }) }
      : unknowable("Kafka has deleted messages of this time, or may have"),
    start: offsetsOf(start),
    end: offsetsOf(end),
  };
}
