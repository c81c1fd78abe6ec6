import type { RunningJob } from "../../domain/backfill/plan";
import { isRefine, type Yarn } from "../../clients/yarn/yarn";
import { matchAnywhere } from "../../domain/settings/regex-text";

/**
 * Every Refine that YARN runs at the moment. Whether one is outdated can be told by its name only: which jar it was
 * submitted with is not known to YARN.
 *
 * @param outdatedJobs regex of outdated applications' names, as configured in `refine.outdatedJobs`
 */
export async function runningRefines(
  yarn: Pick<Yarn, "running" | "link">,
  outdatedJobs: string,
): Promise<RunningJob[]> {
  const outdated = matchAnywhere(outdatedJobs);
  return (await yarn.running()).filter(isRefine).map((app) => ({
    id: app.id,
    name: app.name,
    user: app.user,
    startedAt: new Date(app.startedTime).toISOString(),
    link: yarn.link(app.id),
    ...(outdated.test(app.name)
      ? {
          outdated: `its name matches refine.outdatedJobs (${outdatedJobs}): it neither deduplicates nor geocodes`,
        }
      : {}),
  }));
}
