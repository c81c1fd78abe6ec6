import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
} from "@temporalio/workflow";
import { whatStays } from "../../domain/backfill/progress";
import { showProgress } from "./progress";
import type { Steering } from "./steering";
import type { StepRunner } from "./step-runner";

/** Ends a saga that has done what it was started for, once every update that it has accepted is answered. */
export async function endWell({ progress }: StepRunner): Promise<void> {
  progress.phase = "ended";
  showProgress(progress);
  await condition(allHandlersFinished);
}

/**
 * Ends a saga that was aborted, was cancelled or has failed: undoes what it did, and shows what was undone and what stays.
 * @returns what the workflow is to fail with: for an abort, its reason and all that was undone, else the error itself
 */
export async function undoEverything(
  { progress, compensations }: StepRunner,
  error: unknown,
  {
    abortReason,
    undoesVerified,
  }: Pick<Steering, "abortReason" | "undoesVerified">,
): Promise<unknown> {
  progress.phase = "aborting";
  const kept = undoesVerified ? [] : compensations.settled;
  progress.undone = await compensations.undoAll(undoesVerified);
  progress.remains = [
    ...whatStays(progress),
    ...kept.map(
      (name) =>
        `no "${name}": what was changed is imported, refined and verified`,
    ),
  ];
  progress.phase = "ended";
  // A cancelled workflow may show its end, too.
  CancellationScope.nonCancellable(async () => showProgress(progress)).catch(
    () => undefined,
  );
  if (abortReason === undefined) return error;
  const undone = progress.undone.join("; ") || "nothing was to undo";
  const stays = progress.remains.map((line) => `; ${line}`).join("");
  return ApplicationFailure.nonRetryable(
    `aborted: ${abortReason}. Undone: ${undone}${stays}`,
    "Aborted",
  );
}
