import {
  type Count,
  hasLostOffsets,
  measured,
  type TopicEvidence,
  unknowable,
} from "../../../domain/audit/evidence";
import type { Hour } from "../../../lib/hour";
import type { SharedEvidence } from "./shared-evidence";
import { readOrProblem } from "./stage";

/**
 * Counts a topic's events in the archive, by hour. The archive is read only where something may be missing: for a healthy topic the counts
 * of Kafka, raw hours and rows agree without it.
 * @param isSuspect whether raw or refined hours look as if something were missing
 * @param problems gets what of the archive cannot be read: a count that may be too small is none
 */
export async function archivedCounts(
  shared: Pick<SharedEvidence, "untold" | "archived">,
  schema: string,
  topic: TopicEvidence,
  isSuspect: boolean,
  problems: string[],
): Promise<(hour: Hour) => Count> {
  const untold = shared.untold(schema);
  if (untold !== undefined) return () => unknowable(untold);
  if (!isSuspect && !hasLostOffsets(topic) && !topic.replacedLog)
    return () => unknowable("not asked: no offset is missing");
  const counts = await readOrProblem("the archive", shared.archived, problems);
  if (counts === undefined) return () => unknowable(problems.at(-1)!);
  const { bySchema, begins, unreadable } = counts;
  if (unreadable.length > 0) {
    problems.push(...unreadable);
    return () => unknowable(`the archive is not whole: ${unreadable[0]}`);
  }
  return (hour) =>
    begins === undefined || hour < begins
      ? unknowable("the archive does not reach back so far")
      : measured(bySchema.get(schema)?.get(hour) ?? 0);
}
