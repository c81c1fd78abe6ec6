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
import { total } from "../../../lib/total";

export const RANGE = { since: "2018-06-26T18", until: "2018-06-26T20" };
export const HOURS: Hour[] = ["2018-06-26T18", "2018-06-26T19"];
/** Schemas whose events were deleted from Kafka before the importer had read them. */
export const LOSSY = ["Lost", "Thin"];
/** `Outdated` was refined by the wrong job. */
export const BROKEN = [...LOSSY, "Outdated"];
/** Nothing of `Bystander` is in a plan, so nobody may touch it. */
export const SCHEMAS = [...BROKEN, "Bystander"];
export const topicOf = (schema: string) => `eventlogging_${schema}`;
/** The directory of an hour's Hive partition. */
export const dirOf = (schema: string, hour: Hour) =>
  `/wmf/data/event/${schema}/${partitionPath(hour)}`;
export const SHA = "a".repeat(64);

export const CONFIG = parseConfig({
  kafka: { brokers: ["memory:9092"] },
  hdfs: { webhdfs: "http://memory", user: "hdfs" },
  yarn: { resourceManager: "http://memory", driverSeconds: 1 },
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

/** What of a schema is broken. */
export type Broken = {
  schema: string;
  /** Whether the importer's position in some partition is none that it can go on from. */
  reset: boolean;
  /** How many of its lost events have no row. */
  missing: number;
  /** Hours whose flag an outdated job has set. */
  outdated: Hour[];
};

/** The plan that repairs what is broken. */
export function planOf(broken: Broken[], importerRun: string): Plan {
  return {
    range: RANGE,
    asOf: "2018-07-05T05:20:00Z",
    topics: broken.map(({ schema, reset, missing, outdated }) => ({
      topic: topicOf(schema),
      schema,
      table: schema.toLowerCase(),
      tableDir: schema,
      hours: LOSSY.includes(schema) ? HOURS : outdated,
      lostOffsets: missing,
      reset,
      missing,
    })),
    findings: [],
    flags: broken.flatMap(({ schema, outdated }) =>
      outdated.map((hour) => ({
        topic: topicOf(schema),
        hour,
        path: `${dirOf(schema, hour)}/_REFINED`,
        owner: "hdfs",
        mtime: 0,
        why: "an outdated job set it",
      })),
    ),
    refine: {
      jar: "/refine.jar",
      sha256: SHA,
      class: "Refine",
      arguments: ["--transform-functions", "deduplicate,geocode"],
    },
    importerRun,
  };
}

/** What is broken before anybody has repaired anything. */
export const PLAN: Plan = planOf(
  [
    ...LOSSY.map((schema) => ({
      schema,
      reset: true,
      missing: 8,
      outdated: [],
    })),
    { schema: "Outdated", reset: false, missing: 0, outdated: HOURS },
  ],
  "2018-06-26-21-05-00",
);

/** What a workflow is told of a plan, which lies in storage under `ref`. */
export const planSummary = (plan: Plan, ref: string): PlanSummary => ({
  digest: sha256(canonicalJson(plan)),
  ref,
  range: plan.range,
  topics: plan.topics,
  refine: plan.refine,
  importerRun: plan.importerRun!,
  topicHours: plan.topics.flatMap(({ hours }) => hours).length,
  missing: total(plan.topics, "missing"),
  lostOffsets: total(plan.topics, "lostOffsets"),
  flags: plan.flags.length,
  outdatedPartitions: plan.flags.length,
});

/** Stores the lost events of each topic where the real search would, and returns what it would return. */
export async function storeMissing(
  storage: Storage,
  workflowId: string,
  schemas: readonly string[] = LOSSY,
  isHeld: (event: EventCapsule) => boolean = () => false,
): Promise<Missing> {
  const topics = [];
  for (const schema of schemas) {
    const events = LOST.filter(
      (lost) => lost.schema === schema && !isHeld(lost),
    );
    const text = events.map((lost) => `${JSON.stringify(lost)}\n`).join("");
    const place = sagaPlaces(workflowId).missingEvents(schema, 0, sha256(text));
    const ref = text === "" ? "" : await storage.writeText(place, text);
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
