import { workflowInfo } from "@temporalio/workflow";
import type { Replayed } from "../../activities/backfill/replay";
import type { Verification } from "../../domain/backfill/verification";
import type { PlannedTopic } from "../../domain/backfill/plan";
import { startsOf } from "../../domain/backfill/replay-starts";
import { archiveHost, bulk, control } from "../support/activities";
import { changedBy } from "../support/patches";
import { configOfSaga, sagaName } from "../support/saga-name";
import { cutByCount } from "./cut";
import {
  namesOf,
  type Saga,
  type Settings,
  withoutLosses,
  withSomethingMissing,
} from "./saga";
import { collectForShards, type Search, search } from "./search";
import type { Shard } from "./shard";
import { runShards } from "./shard-groups";
import type { ShardResults } from "./shard-results";
import type { StepResults } from "./step-results";

// The steps that move data or read all of it. Where topics are few, each is one activity; where they are many, it is cut into shards.

/** Finds the events that neither Kafka nor the raw hours have. */
export async function findMissing(
  saga: Saga,
): Promise<StepResults["find missing"]> {
  const { plan, settings, notSkipped } = saga;
  const lossy = withSomethingMissing(plan.topics);
  if (!changedBy("collected-search"))
    return archiveHost(settings.archiveQueue).long.findMissing({
      topics: notSkipped(lossy),
      range: plan.range,
    });
  const topics = lossy.map(({ topic, schema, lostOffsets }) => ({
    topic,
    schema,
    lostOffsets,
  }));
  const range = plan.range;
  const where = placesOf(settings);
  const planRef = plan.leftOut === undefined ? {} : { planRef: plan.ref };
  if (!(exceedsShard(topics, settings) && changedBy("fan-out")))
    return search({
      topics: notSkipped(topics),
      range,
      ...where,
      ...planRef,
    });
  const parts = cutIntoShards(topics, settings).map(notSkipped);
  const collected = await collectForShards(parts, { range, ...where });
  const { missing, files, unreadable, mysqlRows, sources } =
    await runStepInShards(
      saga,
      parts.map((part, i) => ({
        ...(plan.leftOut === undefined
          ? { step: "find missing" as const }
          : { step: "find chosen" as const, planRef: plan.ref }),
        topics: part,
        range,
        ...where,
        ...collected[i]!,
        share: 1 / windowOf(settings),
      })),
    );
  return {
    topics: missing,
    files,
    unreadable,
    unreadableNamed: [],
    ...(mysqlRows ? { mysqlRows } : {}),
    ...(sources ? { sources } : {}),
  };
}

/** Where a search runs: on the hosts that have an archive, of which the first one does the rest as well; else there is none to collect from. */
const placesOf = ({
  archiveQueue,
  otherArchiveQueues = [],
  withoutArchive,
}: Settings): Pick<Search, "queues" | "main"> =>
  withoutArchive
    ? { queues: [], main: archiveQueue }
    : { queues: [archiveQueue, ...otherArchiveQueues] };

/** Produces the missing events into their topics. */
export async function replayMissing(
  saga: Saga,
  { topics }: Pick<StepResults["find missing"], "topics">,
): Promise<Replayed> {
  const { settings, notSkipped } = saga;
  const found = topics.filter(({ events }) => events > 0);
  // Asked once, however often the step is tried: events behind these offsets may be this saga's own, and are looked for there.
  const starts = (saga.replayStarts ??= await control.read.replayStarts({
    topics: namesOf(found),
  }));
  if (!(exceedsShard(found, settings) && changedBy("fan-out")))
    return bulk.replay({ topics: notSkipped(found), starts });
  const { replayed } = await runStepInShards(
    saga,
    cutIntoShards(found, settings).map((part) => ({
      step: "replay",
      topics: notSkipped(part),
      starts: startsOf(starts, namesOf(part)),
      share: 1 / windowOf(settings),
    })),
  );
  return replayed ?? { landed: 0, twice: 0, ends: {} };
}

/** Compares the rows of every planned partition with their events. */
export async function verify(
  saga: Saga,
  { topics: missing }: Pick<StepResults["find missing"], "topics">,
): Promise<Verification> {
  const { plan, settings, asOf, topics } = saga;
  const { archiveQueue } = settings;
  const inputFor = (part: PlannedTopic[]) => {
    const names = new Set(namesOf(part));
    return {
      topics: withoutLosses(part),
      planRef: plan.ref,
      missing: missing.filter(({ topic }) => names.has(topic)),
      range: plan.range,
      asOf,
    };
  };
  if (!(exceedsShard(topics, settings) && changedBy("fan-out")))
    return apart(
      saga,
      await archiveHost(archiveQueue).long.verify(inputFor(topics)),
    );
  const parts = cutIntoShards(topics, settings);
  const { verified } = await runStepInShards(
    saga,
    parts.map((part) => ({
      step: "verify",
      archiveQueue,
      ...inputFor(part),
      share: 1 / parts.length,
    })),
  );
  return apart(saga, verified!);
}

/** What is found of hours that the plan leaves out is set apart: the proof does not ask for them. */
const apart = async (
  { plan }: Saga,
  verified: Verification,
): Promise<Verification> =>
  plan.leftOut === undefined
    ? verified
    : {
        ...verified,
        ...(await control.read.findingsByChoice({
          planRef: plan.ref,
          findings: verified.findings,
        })),
      };

/** Whether everything that was looked for is there as it should be. */
export const isProven = ({ problems, findings }: Verification): boolean =>
  problems.length + findings.length === 0;

const exceedsShard = (topics: unknown[], { shardTopics }: Settings): boolean =>
  shardTopics !== undefined && topics.length > shardTopics;

const cutIntoShards = <T>(topics: T[], { shardTopics }: Settings): T[][] =>
  cutByCount(topics, shardTopics!);

/** How many shards run at the same time. */
const windowOf = ({ shardWindow }: Settings): number => shardWindow ?? 1;

/** A shard that has no id yet. It is taken from each member of the union: `Omit` of a union keeps only the fields that all members have. */
type ShardWithoutId<T = Shard> = T extends unknown
  ? Omit<T, "id" | "saga" | "config">
  : never;

/**
 * Runs the shards of a step. They are numbered before those without topics are left out: where all topics of one were skipped, the others
 * keep their ids, because stored files and produced messages carry these ids.
 */
function runStepInShards(
  { settings }: Saga,
  shards: ShardWithoutId[],
): Promise<ShardResults> {
  const step = shards[0]!.step.replaceAll(" ", "-");
  const id = `${workflowInfo().workflowId}/${step}`;
  const saga = sagaName();
  const config = configOfSaga();
  const numberOf = (i: number) => String(i + 1).padStart(4, "0");
  return runShards(
    id,
    shards
      .map((shard, i) => ({
        ...shard,
        id: `${id}/${numberOf(i)}`,
        ...(saga === undefined
          ? {}
          : { saga: `${saga}/${step}/${numberOf(i)}` }),
        ...(config === undefined ? {} : { config }),
      }))
      .filter(({ topics }) => topics.length > 0),
    windowOf(settings),
  );
}
