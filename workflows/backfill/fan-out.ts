import {
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  executeChild,
  setCurrentDetails,
  workflowInfo,
} from "@temporalio/workflow";
import { backfillShard, type Shard } from "./shard";
import { mergeResults, noResults, type ShardResults } from "./shard-results";

type FanOut = {
  /** The shards that are still to be run. */
  shards: Shard[];
  /** How many run at the same time. */
  window: number;
  /** What earlier executions of this chain have done: how many shards, and their results. */
  done?: { shards: number; gathered: ShardResults };
};

/** A worker of before answers nothing to a step that it does not know. @throws ApplicationFailure that says so */
function answered(
  { id, step }: Shard,
  result: ShardResults | null | undefined,
): ShardResults {
  if (result) return result;
  throw ApplicationFailure.nonRetryable(
    `${id}: a worker of before does not know the step "${step}": restart it on this version, then try the step again`,
    "OtherVersion",
  );
}

/**
 * Runs shards as child workflows, `window` of them at the same time, and continues as new before its history grows long. Where a shard
 * fails, no other is begun, those that run are waited for, and the fan-out fails with the shard's error. When the step is tried again, each
 * shard finds what it has already done.
 */
export async function fanOut(input: FanOut): Promise<ShardResults> {
  const { shards, window } = input;
  const doneBefore = input.done?.shards ?? 0;
  let next = 0;
  let running = 0;
  let ended = 0;
  let failure: unknown;
  const show = () =>
    setCurrentDetails(
      `**${doneBefore + ended} of ${doneBefore + shards.length}** shards are done, ${running} run: ${shards[0]?.step ?? ""}`,
    );
  // Merged in the order of the shards, not of their ends, so that the result is the same whichever shard was faster.
  const results: (ShardResults | undefined)[] = [];
  const shouldStop = () =>
    failure !== undefined || workflowInfo().continueAsNewSuggested;
  while (next < shards.length && !shouldStop()) {
    const at = next++;
    const shard = shards[at]!;
    running++;
    show();
    executeChild(backfillShard, {
      workflowId: shard.id,
      args: [shard],
      staticSummary: `${shard.step}: ${shard.topics.length} topics from ${shard.topics[0]?.topic ?? ""}`,
    })
      .then((result) => (results[at] = answered(shard, result)))
      .catch((error: unknown) => (failure ??= error))
      .finally(() => {
        running--;
        ended++;
        show();
      });
    await condition(() => running < window || failure !== undefined).catch(
      (error: unknown) => (failure ??= error),
    );
  }
  // A cancellation of the fan-out cancels its children, too: they are waited for, so that none runs on unseen.
  await CancellationScope.nonCancellable(() => condition(() => running === 0));
  if (failure !== undefined) throw failure as Error;
  const gathered = results.reduce<ShardResults>(
    (merged, result) => mergeResults(merged, result!),
    input.done?.gathered ?? noResults(),
  );
  if (next < shards.length)
    await continueAsNew<typeof fanOut>({
      shards: shards.slice(next),
      window,
      done: { shards: doneBefore + next, gathered },
    });
  return gathered;
}
