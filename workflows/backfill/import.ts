import type { ImporterRuns } from "../../activities/backfill/importer-running";
import type { Replayed } from "../../activities/backfill/replay";
import { bulk, control } from "../support/activities";
import { whileHeld } from "./hold-others";
import { releaseRetention } from "./retention";
import { namesOf, type Saga, withSomethingMissing } from "./saga";
import type { RetentionBefore } from "./step-results";

/** Moves the importer to the earliest offset of each topic whose offsets were deleted before it had read them, and back to what it has jumped over. */
export async function resetImport(saga: Saga): Promise<ImporterRuns> {
  const topics = namesOf(saga.topics.filter(({ reset }) => reset));
  if (topics.length === 0) return { runs: 0 };
  saga.compensations.owe("restore offsets", (only) =>
    restoreOffsets(saga, topics, only),
  );
  const jumped = namesOf(
    saga.topics.filter(({ jumpedOver }) => jumpedOver !== undefined),
  );
  return saga.alone("importer", "reset import", () =>
    whileHeld(saga, "importer", () =>
      bulk.resetImport({
        topics,
        ...(jumped.length > 0
          ? { jumped: { topics: jumped, since: saga.plan.range.since } }
          : {}),
      }),
    ),
  );
}

/** Puts back where the importer stood in the topics that were reset. */
async function restoreOffsets(
  saga: Saga,
  reset: string[],
  only: string[] | undefined,
): Promise<string | undefined> {
  const { leftAlone } = saga;
  const topics = reset.filter((topic) =>
    only ? only.includes(topic) : !leftAlone.has(topic),
  );
  if (topics.length === 0) return undefined;
  const moved = await saga.alone("importer", "reset import", () =>
    whileHeld(saga, "importer", () =>
      control.mutate.restoreOffsets({
        after: saga.plan.importerRun,
        topics,
        ...(only ? { goesOn: true } : {}),
      }),
    ),
  );
  return `positions of ${moved.length} topics`;
}

/** Runs the importer until it has passed the replayed events, and gives the topics their retention back. */
export async function importReplayed(
  saga: Saga,
  { ends }: Replayed,
  before: RetentionBefore,
): Promise<ImporterRuns> {
  const imported = await saga.alone("importer", "import", () =>
    whileHeld(saga, "importer", () =>
      bulk.importReplayed({
        topics: namesOf(
          saga.notSkipped(withSomethingMissing(saga.plan.topics)),
        ),
        ends,
      }),
    ),
  );
  await releaseRetention(saga, before);
  return imported;
}
