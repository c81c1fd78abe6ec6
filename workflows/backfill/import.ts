import type { Replayed } from "../../activities/backfill/replay";
import { bulk, control } from "../support/activities";
import { releaseRetention } from "./retention";
import { namesOf, type Saga, withSomethingMissing } from "./saga";
import type { RetentionBefore } from "./step-results";

/** Moves the importer to the earliest offset of each topic whose offsets were deleted before it had read them. */
export async function resetImport(saga: Saga): Promise<{ runs: number }> {
  const { plan, compensations } = saga;
  const topics = namesOf(saga.topics.filter(({ reset }) => reset));
  if (topics.length === 0) return { runs: 0 };
  compensations.owe("restore offsets", () =>
    saga.alone("importer", "reset import", async () => {
      const runs = await control.mutate.restoreOffsets({
        after: plan.importerRun,
      });
      return `${runs.length} importer runs set aside`;
    }),
  );
  return saga.alone("importer", "reset import", () =>
    bulk.resetImport({ topics }),
  );
}

/** Runs the importer until it has passed the replayed events, and gives the topics their retention back. */
export async function importReplayed(
  saga: Saga,
  { ends }: Replayed,
  before: RetentionBefore,
): Promise<{ runs: number }> {
  const imported = await saga.alone("importer", "import", () =>
    bulk.importReplayed({
      topics: namesOf(saga.notSkipped(withSomethingMissing(saga.plan.topics))),
      ends,
    }),
  );
  await releaseRetention(saga, before);
  return imported;
}
