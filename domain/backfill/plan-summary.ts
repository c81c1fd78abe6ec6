import type { Plan, PlanSummary } from "./plan";

/** Topic-hours that a summary names. Those of a larger plan are read from the stored plan. */
const MAX_HOURS = 2000;

/** The numbers of a plan, as a summary has them. What says where the plan lies is added by whoever stores it. */
export function planNumbers(
  plan: Plan,
): Omit<PlanSummary, "digest" | "ref" | "document" | "link"> {
  const { topics, findings, flags, range, refine, importerRun } = plan;
  const { chosen, leftOut } = plan;
  const oldest = topics.flatMap((t) => t.hours).sort()[0];
  return {
    range,
    topics:
      findings.length > MAX_HOURS
        ? topics.map((t) => ({ ...t, hours: [], byReference: true }))
        : topics,
    ...(oldest === undefined ? {} : { oldest }),
    topicHours: findings.length,
    missing: topics.reduce((sum, t) => sum + t.missing, 0),
    lostOffsets: topics.reduce((sum, t) => sum + t.lostOffsets, 0),
    flags: flags.length,
    outdatedPartitions: findings.filter((f) => f.verdict === "refine-outdated")
      .length,
    ...(refine ? { refine } : {}),
    ...(importerRun === undefined ? {} : { importerRun }),
    ...(chosen || leftOut ? { leftOut: leftOut?.length ?? 0 } : {}),
  };
}
