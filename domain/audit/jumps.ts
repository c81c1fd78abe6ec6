import { type Range, without } from "../../lib/ranges";
import { type Advance, byTime, type Gap } from "./ledger";

/**
 * Where an importer run began beyond the end of the one before it. Often the offsets between were deleted before they were imported, and the
 * importer was reset to what Kafka still had; but it may have been sent to the newest ones as well, past others that Kafka holds to this
 * day. Since then neither its position nor Kafka shows that anything was lost.
 * @param isOneLog whether all runs read the same log, as far as is known: then a run may go on where any before it ended, as runs that overlapped
 * do, and what was read since a saga moved the importer back was not jumped over for good. The end of one that read another log proves nothing.
 */
export function jumps(advances: Advance[], isOneLog = true): Gap[] {
  const gaps: Gap[] = [];
  const last = new Map<number, Advance>();
  const ends = new Set<string>();
  for (const advance of byTime(advances)) {
    const { partition, from, to, run, time } = advance;
    const before = advance.before ?? last.get(partition);
    const goesOn = isOneLog && ends.has(`${partition} ${from}`);
    if (before && BigInt(from) > BigInt(before.to) && !goesOn)
      for (const [low, high] of without(
        isOneLog ? readSinceMovedBack(advances, partition) : [],
        BigInt(before.to),
        BigInt(from),
      ))
        gaps.push({
          partition,
          from: low.toString(),
          to: high.toString(),
          records: Number(high - low),
          run,
          time,
          ...(before.time === undefined ? {} : { since: before.time }),
        });
    last.set(partition, advance);
    ends.add(`${partition} ${to}`);
  }
  return gaps;
}

/**
 * The offsets of a partition that runs have read which went on where a saga had put the importer, one after the other. Of others it is not known
 * that they read the same log: one that was made anew in between has the same offsets.
 */
function readSinceMovedBack(advances: Advance[], partition: number): Range[] {
  const read: Range[] = [];
  let end: string | undefined;
  for (const advance of byTime(advances)) {
    if (advance.partition !== partition) continue;
    const { before, from, to } = advance;
    const isFirst = before?.bySaga === true && before.to === from;
    if (!isFirst && from !== end) {
      end = undefined;
      continue;
    }
    end = to;
    if (BigInt(to) > BigInt(from)) read.push([BigInt(from), BigInt(to)]);
  }
  return read;
}

/** Offsets of a partition from one (inclusive) to another (exclusive), decimal strings. */
export type JumpedOver = { from: string; to: string };

/**
 * What a partition's log still holds of what runs have jumped over: no importer comes back for it by itself.
 * @param jumped of one and the same log
 */
export function stillHeld(
  jumped: Gap[],
  { partition, low, high }: { partition: number; low: string; high: string },
): JumpedOver[] {
  const [first, end] = [BigInt(low), BigInt(high)];
  return jumped
    .filter((gap) => gap.partition === partition)
    .map(({ from, to }) => ({
      from: BigInt(from) > first ? BigInt(from) : first,
      to: BigInt(to) < end ? BigInt(to) : end,
    }))
    .filter(({ from, to }) => to > from)
    .map(({ from, to }) => ({ from: from.toString(), to: to.toString() }));
}
