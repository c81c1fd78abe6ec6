import type { Plan, PlannedTopic } from "../../domain/backfill/plan";
import type { Storage } from "../../clients/storage";
import { repairedBy } from "../../domain/backfill/choice";

/**
 * Topics with their planned hours. A large saga's workflow state leaves the hours out (`byReference`); they are read from the stored plan.
 *
 * @param planRef the plan in storage; required where a topic's hours are by reference
 */
export async function withHours(
  storage: Storage,
  topics: PlannedTopic[],
  planRef: string | undefined,
): Promise<PlannedTopic[]> {
  if (!topics.some((t) => t.byReference)) return topics;
  const plan = await storage.readRef<Plan>(planRef!);
  const hours = new Map(plan.topics.map((t) => [t.topic, t.hours]));
  return topics.map((t) => ({ ...t, hours: hours.get(t.topic) ?? [] }));
}

/** Whether a stored plan repairs a topic-hour. */
export const repairedByPlan = async (
  storage: Storage,
  planRef: string,
): Promise<ReturnType<typeof repairedBy>> =>
  repairedBy(await storage.readRef<Plan>(planRef));
