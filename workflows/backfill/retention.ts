import { control } from "../support/activities";
import { changedBy } from "../support/patches";
import { namesOf, type Saga, withSomethingMissing } from "./saga";
import type { RetentionBefore } from "./step-results";

/** Raises `retention.ms` of the topics that are to be replayed, so that old events do not expire before they are imported. */
export async function holdRetention(saga: Saga): Promise<RetentionBefore> {
  const { plan, asOf, compensations } = saga;
  let before: RetentionBefore | undefined = undefined;
  const oweRestore = () =>
    compensations.owe("restore retention", async (only) => {
      const restored = await restoreRetention(before, only);
      if (only) return restored === 0 ? undefined : `${restored} topics`;
      return `${before ? Object.keys(before).length : restored} topics`;
    });
  // Owed before anything is held: an abort may come when only some topics are.
  const isOwedEarly = changedBy("undo-hold-early");
  if (isOwedEarly) oweRestore();
  before = await control.mutate.holdRetention({
    topics: namesOf(saga.notSkipped(withSomethingMissing(plan.topics))),
    oldest: plan.oldest ?? plan.topics.flatMap(({ hours }) => hours).sort()[0]!,
    asOf,
  });
  if (!isOwedEarly) oweRestore();
  return before;
}

/** Ends the hold: what retention was held for is on HDFS now. */
export async function releaseRetention(
  { compensations }: Saga,
  before: RetentionBefore,
): Promise<void> {
  await restoreRetention(before);
  compensations.forget("restore retention");
}

/**
 * Restores the values given; default: those in storage, which the hold records before it changes anything.
 * @returns how many topics it has changed
 */
async function restoreRetention(
  before?: RetentionBefore,
  only?: string[],
): Promise<number> {
  const restored: number | undefined = await control.mutate.restoreRetention({
    ...(before ? { before } : {}),
    ...(only ? { only } : {}),
  });
  // Activities of 0.1.0 return nothing.
  return restored ?? 0;
}
