import { activityInfo } from "@temporalio/activity";
import { Worker } from "@temporalio/worker";
import type { Hdfs } from "../../clients/hdfs/hdfs";
import { createLeaveAloneActivities } from "../../activities/backfill/leave-alone";
import { leaseActivities } from "./lease-activities";
import { storePlan } from "../../activities/backfill/plan-store";
import { withHours } from "../../activities/backfill/planned-hours";
import { createReportActivities } from "../../activities/backfill/report";
import { Storage } from "../../clients/storage";
import type { Yarn } from "../../clients/yarn/yarn";
import type { Config } from "../../domain/settings/config";
import { addHours, hoursIn, partitionPath } from "../../lib/hour";
import type { Plan, PlannedTopic } from "../../domain/backfill/plan";
import { MemoryHdfs } from "../chaos/memory/systems";
import { settled } from "./settled";
import type { Temporal } from "./temporal-hooks";
import type { MissingTopic } from "../../domain/backfill/missing";

/** The size of a large saga; every topic has lost `eventsPerTopic` events in the same hours. */
export type Size = { topics: number; hours: number; eventsPerTopic: number };

export const SHARDS = { shardTopics: 20, shardWindow: 3 };

function planOf({ topics, hours, eventsPerTopic }: Size): Plan {
  const since = "2018-06-25T00";
  const until = addHours(since, hours);
  const range = { since, until };
  const all = hoursIn(range);
  const names = Array.from(
    { length: topics },
    (_, i) => `Large${String(i).padStart(4, "0")}`,
  );
  return {
    range,
    asOf: "2018-07-09T00:00:00Z",
    topics: names.map((schema) => ({
      topic: `eventlogging_${schema}`,
      schema,
      table: schema.toLowerCase(),
      tableDir: schema,
      hours: all,
      lostOffsets: eventsPerTopic,
      losses: [
        {
          partition: 0,
          from: "0",
          to: String(eventsPerTopic),
          offsets: eventsPerTopic,
        },
      ],
      reset: true,
      missing: eventsPerTopic,
    })),
    findings: names.flatMap((schema) =>
      all.map((hour) => ({
        topic: `eventlogging_${schema}`,
        hour,
        verdict: "lost-from-kafka" as const,
        cause: "premature-deletion" as const,
        missing: Math.ceil(eventsPerTopic / hours),
        why: "offsets deleted unread",
      })),
    ),
    flags: names.map((schema) => ({
      topic: `eventlogging_${schema}`,
      hour: all[0]!,
      path: `/wmf/data/event/${schema}/${partitionPath(all[0]!)}/_REFINED`,
      owner: "hdfs",
      mtime: 0,
      why: "an outdated job set it",
    })),
    refine: {
      jar: "/refine.jar",
      sha256: "a".repeat(64),
      class: "Refine",
      arguments: [],
    },
  };
}

/**
 * Activities for a saga of any size. Plan, storage and report are the real ones; activities that would move data only answer what they would
 * have done. @returns the activities, and for each the largest number of topics that it was given at once
 */
export function simulated(size: Size) {
  const hdfs = new MemoryHdfs() as unknown as Hdfs;
  const storage = new Storage(hdfs, "/wmf/data/sisyphus");
  const yarn = {
    running: async () => [],
    link: (id: string) => `http://rm/${id}`,
  } as unknown as Yarn;
  const config = {
    replay: { eventsPerSecond: 10_000 },
    refine: { outdatedJobs: "json" },
  } as unknown as Config;
  const most: Record<string, number> = {};
  const count = (name: string, topics: unknown[]) =>
    (most[name] = Math.max(most[name] ?? 0, topics.length));
  const activities = {
    ...createReportActivities({ storage }),
    ...createLeaveAloneActivities({ storage }),
    settings: async () => ({
      lookbackHours: 1,
      batchTopics: 1,
      archiveQueue: "archive@test",
      ...SHARDS,
    }),
    makePlan: () => storePlan({ config, storage, yarn }, planOf(size)),
    holdRetention: async () => ({}),
    restoreRetention: async () => 0,
    restoreOffsets: async () => [],
    resetImport: async () => ({ runs: 1 }),
    collectHeld: async () => ({ ref: "/held" }),
    collectArchive: async (input: { buckets?: number }) => {
      count("collectArchive", Array.from({ length: input.buckets ?? 1 }));
      const refs = Array.from(
        { length: input.buckets ?? 1 },
        (_, b) => `/archive-b${b}.json`,
      );
      return { ref: refs[0]!, refs };
    },
    collectMysql: async () => ({ ref: "/mysql" }),
    joinMissing: async (input: {
      topics: { topic: string; lostOffsets: number }[];
    }) => {
      count("joinMissing", input.topics);
      const { workflowId } = activityInfo().workflowExecution!;
      return {
        topics: input.topics.map((t): MissingTopic => ({
          topic: t.topic,
          ref: `/wmf/data/sisyphus/${workflowId}/missing/${t.topic}-0123456789ab.json`,
          digest: "b".repeat(64),
          events: t.lostOffsets,
          fromArchive: t.lostOffsets,
          fromMysql: 0,
          messages: t.lostOffsets,
          unrecoverable: 0,
        })),
        files: ["all-events.log"],
        unreadable: 0,
        unreadableNamed: [],
      };
    },
    replayStarts: async (input: { topics: string[] }) =>
      Object.fromEntries(
        input.topics.map((t) => [`${t}/0`, String(size.eventsPerTopic)]),
      ),
    replay: async (input: {
      topics: MissingTopic[];
      starts: Record<string, string>;
    }) => {
      count("replay", input.topics);
      return {
        landed: input.topics.reduce((sum, t) => sum + t.events, 0),
        twice: 0,
        topics: Object.fromEntries(
          input.topics.map((t) => [t.topic, t.events]),
        ),
        ends: Object.fromEntries(
          Object.keys(input.starts).map((p) => [
            p,
            String(2 * size.eventsPerTopic),
          ]),
        ),
      };
    },
    importReplayed: async () => ({ runs: 1 }),
    clearFlags: async (input: { planRef: string }) =>
      (await storage.readRef<Plan>(input.planRef)).flags.length,
    submitRefine: async () => ({
      applicationId: "application_1_1",
      link: "http://rm/1",
    }),
    awaitRefine: async () => ({ finalStatus: "SUCCEEDED", seconds: 3600 }),
    scanLogs: async () => ({
      files: 1,
      bytes: 1,
      lines: 1,
      finished: size.topics * size.hours,
      failed: [],
      unexplained: [],
      records: 0,
    }),
    verify: async (input: {
      topics: PlannedTopic[];
      missing: MissingTopic[];
      planRef: string;
    }) => {
      count("verify", input.topics);
      const topics = await withHours(storage, input.topics, input.planRef);
      const events = input.missing.reduce((sum, m) => sum + m.events, 0);
      return {
        partitions: topics.reduce((sum, t) => sum + t.hours.length, 0),
        rows: events,
        distinct: events,
        duplicates: 0,
        found: events,
        expected: events,
        withIp: events,
        geocoded: events,
        deep: { partitions: 1, rows: 1, different: 0 },
        problems: [],
        findings: [],
      };
    },
  };
  return { activities, most, storage };
}

/** Runs the workers of a large saga, with the given activities, for as long as `use` runs. */
export async function runLarge<T>(
  { env, workflowBundle }: Temporal,
  activities: ReturnType<typeof simulated>["activities"],
  use: () => Promise<T>,
): Promise<T> {
  const shared = {
    connection: env.nativeConnection,
    activities: {
      ...activities,
      ...leaseActivities(env),
    },
    maxHeartbeatThrottleInterval: 200,
  };
  const [control, bulk, archive] = await Promise.all([
    Worker.create({ ...shared, taskQueue: "control", workflowBundle }),
    Worker.create({ ...shared, taskQueue: "bulk" }),
    Worker.create({ ...shared, taskQueue: "archive@test" }),
  ]);
  const used = async () => {
    const result = await use();
    await settled(env.client);
    return result;
  };
  return control.runUntil(() => bulk.runUntil(() => archive.runUntil(used)));
}
