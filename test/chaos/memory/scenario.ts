import { parseConfig } from "../../../domain/settings/config";
import { sagaPlaces } from "../../../clients/storage-layout";
import type { Storage } from "../../../clients/storage";
import type { Missing } from "../../../domain/backfill/missing";
import type { Plan, PlanSummary } from "../../../domain/backfill/plan";
import {
  capsuleUuid,
  type EventCapsule,
} from "../../../formats/eventlogging/event-capsule";
import { canonicalJson } from "../../../lib/canonical-json";
import { sha256 } from "../../../lib/digest";
import { type Hour, partitionPath } from "../../../lib/hour";

export const RANGE = { since: "2018-06-26T18", until: "2018-06-26T20" };
export const HOURS: Hour[] = ["2018-06-26T18", "2018-06-26T19"];
/** Schemas whose events were deleted from Kafka before the importer had read them. */
export const LOSSY = ["Lost", "Thin"];
/** `Outdated` was refined by the wrong job; nothing of `Bystander` is in the plan, so nobody may touch it. */
export const SCHEMAS = [...LOSSY, "Outdated", "Bystander"];
export const topicOf = (schema: string) => `eventlogging_${schema}`;
/** The directory of an hour's Hive partition. */
export const dirOf = (schema: string, hour: Hour) =>
  `/wmf/data/event/${schema}/${partitionPath(hour)}`;
export const SHA = "a".repeat(64);

export const CONFIG = parseConfig({
  kafka: { brokers: ["memory:9092"] },
  hdfs: { webhdfs: "http://memory", user: "hdfs" },
  yarn: { resourceManager: "http://memory" },
  hive: { metastore: "memory:9083" },
  archive: { host: "test", files: ["/none"] },
  importer: { command: ["camus"], historyPath: "/history", log: "/none" },
  refine: {
    submit: ["spark-submit"],
    jar: "/refine.jar",
    allowedSha256: [SHA],
    class: "Refine",
    arguments: [],
    transforms: ["deduplicate", "geocode"],
  },
  allowedPrefixes: ["/wmf"],
  replay: { eventsPerSecond: 1e6, bytesPerSecond: 1e9, batchEvents: 2 },
});

function event(schema: string, hour: Hour, n: number): EventCapsule {
  const dt = `${hour}:00:${String(n).padStart(2, "0")}Z`;
  return {
    dt,
    event: { n },
    recvFrom: "cp1",
    revision: 1,
    schema,
    seqId: n,
    uuid: capsuleUuid(`${schema}cp1`, n, dt),
    wiki: "enwiki",
  };
}

/** Every event that was lost: four of each hour of each lossy schema. */
export const LOST: readonly EventCapsule[] = LOSSY.flatMap((schema) =>
  HOURS.flatMap((hour) => [0, 1, 2, 3].map((n) => event(schema, hour, n))),
);

/** The plan of every run. */
export const PLAN: Plan = {
  range: RANGE,
  asOf: "2018-07-05T05:20:00Z",
  topics: [...LOSSY, "Outdated"].map((schema) => {
    const lossy = LOSSY.includes(schema);
    return {
      topic: topicOf(schema),
      schema,
      table: schema.toLowerCase(),
      tableDir: schema,
      hours: HOURS,
      lostOffsets: lossy ? 8 : 0,
      reset: lossy,
      missing: lossy ? 8 : 0,
    };
  }),
  findings: [],
  flags: HOURS.map((hour) => ({
    topic: topicOf("Outdated"),
    hour,
    path: `${dirOf("Outdated", hour)}/_REFINED`,
    owner: "hdfs",
    mtime: 0,
    why: "an outdated job set it",
  })),
  refine: {
    jar: "/refine.jar",
    sha256: SHA,
    class: "Refine",
    arguments: ["--transform-functions", "deduplicate,geocode"],
  },
  importerRun: "2018-06-26-21-05-00",
};

/** What a workflow is told of the plan, which lies in storage under `ref`. */
export const planSummary = (ref: string): PlanSummary => ({
  digest: sha256(canonicalJson(PLAN)),
  ref,
  range: PLAN.range,
  topics: PLAN.topics,
  refine: PLAN.refine,
  importerRun: PLAN.importerRun!,
  topicHours: 6,
  missing: 16,
  lostOffsets: 16,
  flags: 2,
  outdatedPartitions: 2,
});

/** Stores the lost events of each topic where the real search would, and returns what it would return. */
export async function storeMissing(
  storage: Storage,
  workflowId: string,
): Promise<Missing> {
  const topics = [];
  for (const schema of LOSSY) {
    const events = LOST.filter((lost) => lost.schema === schema);
    const text = events.map((lost) => `${JSON.stringify(lost)}\n`).join("");
    const ref = await storage.writeText(
      sagaPlaces(workflowId).missingEvents(schema, 0),
      text,
    );
    topics.push({
      topic: topicOf(schema),
      ref,
      digest: sha256(text),
      events: events.length,
      fromArchive: events.length,
      fromMysql: 0,
      messages: events.length,
      unrecoverable: 0,
    });
  }
  return { topics, files: [], unreadable: 0, unreadableNamed: [] };
}
