import type { Hour } from "../../lib/hour";
import type { TopicAudit } from "./audit-report";
import { isUnsettled, type UnsettledVerdict } from "./verdicts";

/**
 * Those of some hours of which an audit tells neither that they are whole nor that they are broken. Nobody is alerted of them; but of an
 * hour that was broken once they say nothing good.
 * @param hours of the audit's range
 */
export function unsettledHours(
  { cells, unknowable }: Pick<TopicAudit, "cells" | "unknowable">,
  hours: Hour[],
): Record<Hour, UnsettledVerdict> {
  // Unknowable hours of a gone topic are no cells, so that any hour without a cell may be one of them.
  const areHidden =
    unknowable !== undefined && !Object.values(cells).includes("unknowable");
  return Object.fromEntries(
    hours.flatMap((hour) => {
      const verdict = cells[hour] ?? (areHidden ? "unknowable" : "empty");
      return isUnsettled(verdict) ? [[hour, verdict] as const] : [];
    }),
  );
}
