import {
  CancellationScope,
  condition,
  continueAsNew,
  executeChild,
  setCurrentDetails,
  workflowInfo,
} from "@temporalio/workflow";
import type { Replayed } from "../../activities/backfill/replay";
import type { Verification } from "../../activities/backfill/verify/verify";
import type { HourRange } from "../../lib/hour";
import type { PlannedTopic } from "../../domain/backfill/plan";
import { archiveHost, bulk } from "../support/activities";
import { type Search, search } from "./search";
import type { MissingTopic } from "../../domain/backfill/missing";

/** What is done to some of a large saga's topics, in a workflow of its own. */
export type Shard = {
  /** The child workflow's id. It names what it stores and produces, so a topic must stay in its shard, also when others are skipped. */
  id: string;
} & (
  | ({ step: "find missing" } & Search)
  | {
      step: "replay";
      topics: MissingTopic[];
      starts: Record<string, string>;
      share: number;
    }
  | {
      step: "verify";
      archiveQueue: string;
      planRef: string;
      topics: PlannedTopic[];
      missing: MissingTopic[];
      range: HourRange;
      asOf: string;
      share: number;
    }
);

/** What the shards of a step say together; small, as it crosses every border of the fan-out. */
export type Gathered = {
  missing: MissingTopic[];
  files: string[];
  unreadable: number;
  replayed?: Replayed;
  verified?: Verification;
};

export type FanOut = {
  shards: Shard[];
  window: number;
  done?: { shards: number; gathered: Gathered };
};

const MAX_NAMED = 50;

export const nothingGathered = (): Gathered => ({
  missing: [],
  files: [],
  unreadable: 0,
});

const sums = <T extends Record<string, number>>(a: T, b: T): T =>
  Object.fromEntries(
    Object.keys(b).map((key) => [key, (a[key] ?? 0) + b[key]!]),
  ) as T;

function verifiedTogether(a: Verification, b: Verification): Verification {
  const { deep, problems, findings, ...numbers } = b;
  const { deep: deepA, problems: problemsA, findings: findingsA, ...was } = a;
  return {
    ...sums(was, numbers),
    deep: sums(deepA, deep),
    problems: [...problemsA, ...problems].slice(0, MAX_NAMED),
    findings: [...findingsA, ...findings],
  };
}

/** Sums up what shards say. */
export function gather(a: Gathered, b: Gathered): Gathered {
  const replayed =
    a.replayed && b.replayed
      ? {
          landed: a.replayed.landed + b.replayed.landed,
          twice: a.replayed.twice + b.replayed.twice,
          ends: { ...a.replayed.ends, ...b.replayed.ends },
          ...(a.replayed.topics && b.replayed.topics
            ? { topics: { ...a.replayed.topics, ...b.replayed.topics } }
            : {}),
        }
      : (a.replayed ?? b.replayed);
  const verified =
    a.verified && b.verified
      ? verifiedTogether(a.verified, b.verified)
      : (a.verified ?? b.verified);
  return {
    missing: [...a.missing, ...b.missing],
    files: [...new Set([...a.files, ...b.files])].slice(0, MAX_NAMED),
    unreadable: Math.max(a.unreadable, b.unreadable),
    ...(replayed ? { replayed } : {}),
    ...(verified ? { verified } : {}),
  };
}

/** One step for some topics. */
export async function backfillShard(shard: Shard): Promise<Gathered> {
  switch (shard.step) {
    case "find missing": {
      const found = await search(shard);
      return {
        missing: found.topics,
        files: found.files.slice(0, MAX_NAMED),
        unreadable: found.unreadable,
      };
    }
    case "replay": {
      const { step: _, id: __, ...input } = shard;
      return { ...nothingGathered(), replayed: await bulk.replay(input) };
    }
    case "verify": {
      const { step: _, id: __, archiveQueue, ...input } = shard;
      return {
        ...nothingGathered(),
        verified: await archiveHost(archiveQueue).long.verify(input),
      };
    }
  }
}

/**
 * Runs shards as child workflows, some at a time, and continues as new before its history grows long; what is done stays done.
 * A shard that fails fails the step once the others under way have ended; tried again, shards find their own records.
 */
export async function fanOut(input: FanOut): Promise<Gathered> {
  const first = input.done?.shards ?? 0;
  const total = first + input.shards.length;
  let gathered = input.done?.gathered ?? nothingGathered();
  let next = 0;
  let running = 0;
  let ended = 0;
  let failure: unknown;
  const show = () =>
    setCurrentDetails(
      `**${first + ended} of ${total}** shards are done, ${running} run: ${input.shards[0]?.step ?? ""}`,
    );
  // Results are gathered in order, so that a saga tells the same however its shards raced.
  const results: (Gathered | undefined)[] = [];
  const enough = () =>
    failure !== undefined || workflowInfo().continueAsNewSuggested;
  while (next < input.shards.length && !enough()) {
    const at = next++;
    const shard = input.shards[at]!;
    running++;
    show();
    executeChild(backfillShard, {
      workflowId: shard.id,
      args: [shard],
      staticSummary: `${shard.step}: ${shard.topics.length} topics from ${shard.topics[0]?.topic ?? ""}`,
    })
      .then((result) => (results[at] = result))
      .catch((error: unknown) => (failure ??= error))
      .finally(() => {
        running--;
        ended++;
        show();
      });
    await condition(
      () => running < input.window || failure !== undefined,
    ).catch((error: unknown) => (failure ??= error));
  }
  // The children are cancelled with us; none is left behind.
  await CancellationScope.nonCancellable(() => condition(() => running === 0));
  if (failure !== undefined) throw failure as Error;
  for (const result of results) gathered = gather(gathered, result!);
  if (next < input.shards.length)
    await continueAsNew<typeof fanOut>({
      shards: input.shards.slice(next),
      window: input.window,
      done: { shards: first + next, gathered },
    });
  return gathered;
}

/** Bytes of shards that one fan-out is given: its input and its results stay far below the limit of a payload. */
const MAX_INPUT = 100_000;

/** Runs any number of shards, a fan-out after the other where they do not fit into one's input. */
export async function runShards(
  workflowId: string,
  shards: Shard[],
  window: number,
): Promise<Gathered> {
  const groups: Shard[][] = [];
  let bytes = Infinity;
  for (const shard of shards) {
    const size = JSON.stringify(shard).length;
    if (bytes + size > MAX_INPUT) {
      groups.push([]);
      bytes = 0;
    }
    groups.at(-1)!.push(shard);
    bytes += size;
  }
  let gathered = nothingGathered();
  for (const [i, group] of groups.entries())
    gathered = gather(
      gathered,
      await executeChild(fanOut, {
        workflowId: i === 0 ? workflowId : `${workflowId}-${i + 1}`,
        args: [{ shards: group, window }],
        staticSummary: `${group[0]!.step}: ${group.length} shards`,
      }),
    );
  return gathered;
}

/** Cuts a list into shards of a size. */
export function inShards<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
