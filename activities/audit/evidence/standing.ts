import {
  isBeyondEnd,
  type TopicEvidence,
} from "../../../domain/audit/evidence";
import type { SeenLog } from "../../../domain/audit/incarnation";
import type { Position } from "../../../importers/importer";
import type { TopicMemory } from "./evidence-cache";

/** Whether the importer has moved since a topic was found to be gone: then it was there again, and is gone once more. */
export function hasMoved(
  { log, stood }: TopicMemory,
  stands: ReadonlyMap<number, Position>,
): boolean {
  const before = log ? log.stored : stood;
  return (
    before !== undefined &&
    [...stands].some(([partition, { offset }]) => before[partition] !== offset)
  );
}

/**
 * As long as the importer stands where it stood in the log that was replaced, what comes into the new one below that is passed over, and in
 * the end the new log grows beyond it, where nothing looks strange any more. So the hours that may have lost messages go on until it
 * is seen to have moved.
 * @param foundAt what time it is, epoch ms
 */
export function followStanding(
  { partitions, watermark }: TopicEvidence,
  { before, isGone }: { before?: SeenLog; isGone?: true },
  stands: ReadonlyMap<number, Position>,
  memory: TopicMemory,
  foundAt: number,
): void {
  const { stood, replaced, log } = memory;
  if (isGone) {
    if (log) delete memory.stood;
    // Where no position could be read, none has moved.
    if (stands.size === 0) return;
    const standing = Object.fromEntries(
      [...stands].map(([partition, { offset }]) => [partition, offset]),
    );
    // Where nobody has seen the log, the importer's positions are all that is known of it.
    if (log) log.stored = standing;
    else memory.stood = standing;
    return;
  }
  const positions = partitions.flatMap(({ partition, stored }) =>
    stored === undefined ? [] : [[String(partition), stored] as const],
  );
  if (stood && replaced?.until !== undefined)
    replaced.until = Math.max(replaced.until, foundAt);
  const beyondEnd = new Set(
    partitions.filter(isBeyondEnd).map((p) => String(p.partition)),
  );
  const still = positions.filter(
    ([key, stored]) =>
      // From the very first offset on, nothing of the new log is passed over.
      stored !== "0" &&
      (stored === (stood?.[key] ?? before?.stored?.[key]) ||
        beyondEnd.has(key)),
  );
  if (still.length > 0) memory.stood = Object.fromEntries(still);
  else delete memory.stood;
  if (!log) return;
  log.stored = Object.fromEntries(positions);
  if (watermark !== undefined && log.sureAt === undefined)
    log.imported = watermark;
}
