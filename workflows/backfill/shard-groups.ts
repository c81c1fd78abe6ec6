import { executeChild } from "@temporalio/workflow";
import { cutByLength } from "./cut";
import { fanOut } from "./fan-out";
import type { Shard } from "./shard";
import { mergeResults, noResults, type ShardResults } from "./shard-results";

/** Characters of shards that one fan-out is given: its input and its result stay far below the limit of a payload. */
const MAX_INPUT = 100_000;

/**
 * Runs any number of shards, `window` of them at the same time: in one fan-out where they fit into its input, else in several, one after
 * another. The first has the given workflow id, each other a number behind it.
 */
export async function runShards(
  workflowId: string,
  shards: Shard[],
  window: number,
): Promise<ShardResults> {
  let results = noResults();
  for (const [i, group] of cutByLength(shards, MAX_INPUT).entries()) {
    const ofGroup = await executeChild(fanOut, {
      workflowId: i === 0 ? workflowId : `${workflowId}-${i + 1}`,
      args: [{ shards: group, window }],
      staticSummary: `${group[0]!.step}: ${group.length} shards`,
    });
    results = mergeResults(results, ofGroup);
  }
  return results;
}
