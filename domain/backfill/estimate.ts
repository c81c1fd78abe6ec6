import type { Estimate, Plan } from "./plan";
import type { RefineRate } from "./report";

/** Hive partitions a second, until a first backfill has measured a Refine. */
const ASSUMED_PARTITIONS_PER_SECOND = 1;

/**
 * How long a plan's replay and Refine may take.
 *
 * @param eventsPerSecond the configured rate of a replay
 * @param newest how fast the newest backfill's Refine was; undefined before the first one
 */
export function estimateOf(
  plan: Pick<Plan, "topics" | "findings" | "refine">,
  eventsPerSecond: number,
  newest: RefineRate | undefined,
): Estimate {
  const missing = plan.topics.reduce((sum, t) => sum + t.missing, 0);
  const partitions = plan.refine ? plan.findings.length : 0;
  const perSecond =
    newest && newest.seconds > 0
      ? newest.partitions / newest.seconds
      : ASSUMED_PARTITIONS_PER_SECOND;
  return {
    replaySeconds: missing / eventsPerSecond,
    partitions,
    refineSeconds: partitions / perSecond,
    basis: [
      `replay.eventsPerSecond ${eventsPerSecond}`,
      ...(plan.refine ? [refineBasis(newest)] : []),
    ],
  };
}

const refineBasis = (newest: RefineRate | undefined): string =>
  newest
    ? `${newest.partitions} partitions in ${newest.seconds} s by the Refine of ${newest.by}`
    : `${ASSUMED_PARTITIONS_PER_SECOND} partitions a second, assumed: no backfill has measured it yet`;
