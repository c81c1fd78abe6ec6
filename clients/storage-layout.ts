import type { AuditReport, TopicAudit } from "../domain/audit/audit-report";
import type { Canary, CanaryState } from "../domain/audit/canary";
import type { TopicHeadroom } from "../domain/audit/headroom";
import type { LogPast } from "../domain/audit/incarnation";
import type { Markers } from "../domain/audit/ledger";
import type {
  Collected,
  CollectedUnit,
  Missing,
  MissingPart,
} from "../domain/backfill/missing";
import type { LeaseBook } from "../domain/backfill/leases";
import type {
  LogStatements,
  PartitionVerdict,
} from "../domain/backfill/partition-verdict";
import type { Plan } from "../domain/backfill/plan";
import type { BackfillReport, RefineRate } from "../domain/backfill/report";
import type { Verification } from "../domain/backfill/verification";
import type { RefineStatus } from "../formats/refine/refine-log-line";
import { shortDigest } from "../lib/digest";
import type { Hour } from "../lib/hour";

/**
 * Where something is kept in storage, and as what: a folder (a workflow's id, or one that all share) and a file in it.
 * `T` is what a JSON file holds; a text file's place is a `Place<string>` made by {@link text}.
 */
export type Place<T> = {
  folder: string;
  name: string;
  /** Never set: it carries the type only. */
  holds?: T;
};

const json = <T>(folder: string, name: string): Place<T> => ({ folder, name });
const text = (folder: string, name: string): Place<string> => ({
  folder,
  name,
});

/** The newest of its kind, for metrics, for the command line and for estimates. */
export const latest = {
  /** References to the newest audit's report and page. */
  audit: json<{ ref: string; html: string }>("latest", "audit.json"),
  /** Topics that audits know of something unread or lost of. An audit of chosen topics changes what it tells of these only. */
  knownTopics: json<string[]>("latest", "known-topics.json"),
  /** The newest instant, ISO-8601, as of which an audit has looked whether they are whole. */
  knownAsOf: json<{ asOf: string }>("latest", "known-as-of.json"),
  /** When each topic was last audited, ISO-8601 by the clock: the newest audit may be one of chosen topics. */
  auditedTopics: json<Record<string, string>>("latest", "audited-topics.json"),
  headroom: json<TopicHeadroom[]>("latest", "headroom.json"),
  canary: json<Pick<CanaryState, "hour" | "seconds">>("latest", "canary.json"),
  /** How many alerts each receiver has refused for good. */
  alerts: json<{ undeliverable: Record<string, number> }>(
    "latest",
    "alerts.json",
  ),
  /** How fast the newest backfill's Refine was. */
  rates: json<RefineRate>("latest", "rates.json"),
};

/** What an audit keeps, by its workflow id. */
export const auditPlaces = (workflowId: string) => ({
  report: json<AuditReport>(workflowId, "audit.json"),
  page: text(workflowId, "audit.html"),
  /** What one batch of topics gave. */
  batch: (shard: string) =>
    json<TopicAudit[]>(workflowId, `batches/${shard}.json`),
});

/** What audits remember of a batch of topics between one another: compressed JSON. */
export const memoryPlace = (shard: string) =>
  text("evidence", `${shard}.json.gz`);

/** Topics that a batch's memory holds, each with when it was audited, epoch ms: by these a topic is found that has come into another batch. */
export const memoryTopicsPlaces = {
  folder: "evidence-topics",
  ofBatch: (shard: string) =>
    json<Record<string, number>>("evidence-topics", `${shard}.json`),
  named: (name: string) =>
    json<Record<string, number>>("evidence-topics", name),
  /** The batch of the name of one of {@link memoryTopicsPlaces.ofBatch}'s files. */
  batchOf: (name: string): string => name.replace(/\.json$/, ""),
};

/** What became of topics' logs, one file for each topic of which there is something to tell. */
export const logPastPlaces = {
  folder: "log-pasts",
  ofTopic: (topic: string) => json<LogPast>("log-pasts", `${topic}.json`),
  named: (name: string) => json<LogPast>("log-pasts", name),
  /** The topic of the name of one of {@link logPastPlaces.ofTopic}'s files. */
  topicOf: (name: string): string => name.replace(/\.json$/, ""),
};

/** Canaries, one file for each hour. */
export const canaryPlaces = {
  folder: "canaries",
  ofHour: (hour: Hour) => json<Canary[]>("canaries", `${hour}.json`),
  /** The hour of a file's name; undefined where it is not one of {@link canaryPlaces.ofHour}. */
  hourOf: (name: string): Hour | undefined => /^(.+)\.json$/.exec(name)?.[1],
  /** For each topic, the offset at which each partition ended before the hour's canaries were produced. */
  starts: (hour: Hour) =>
    json<Record<string, { partition: number; from: string }[]>>(
      "canaries/starts",
      `${hour}.json`,
    ),
};

/** Offsets without a record that replays left behind, by topic; one file for each saga or shard of one. */
export const markerPlaces = {
  folder: "markers",
  ofSaga: (sagaId: string) =>
    json<Record<string, Markers[]>>(
      "markers",
      `${sagaId.replaceAll("/", "_")}.json`,
    ),
  named: (name: string) => json<Record<string, Markers[]>>("markers", name),
};

/** A topic whose retention a saga holds, or held. */
export type RetentionHold = {
  /** The saga's name. */
  saga: string;
  /** The topic's own `retention.ms` before; null where it had none. */
  own: string | null;
  /** What the saga set. */
  held: string;
  /** What the topic had right before that. */
  was: string | null;
  /** Whether the topic has its own again. */
  isReleased: boolean;
};

/** Whose retention is held, one file for each topic: a saga that is terminated puts nothing back, and whoever comes next must know. */
export const retentionHoldPlace = (topic: string) =>
  json<RetentionHold>("retention-holds", `${topic}.json`);

/** The leases that are held, by whom: see the workflow `leases`. */
export const leaseBookPlace = json<LeaseBook>("leases", "book.json");

/** A flag that a saga takes away, and the path to which it is moved; its time (epoch ms) and its owner once that is done. */
export type RemovedFlag = {
  path: string;
  aside: string;
  mtime?: number;
  owner?: string;
};

/** A flag of somebody else that was taken away, and the path at which it lies now. */
export type FlagSetSince = { topic: string; path: string; aside: string };

/** Aggregated log files (length in bytes) that were read to their end, and what all of them say. */
export type ScannedLogs = LogStatements & {
  files: { path: string; length: number }[];
};

/** What Spark is given to count, as references to files of lines. */
export type SparkCounting = { hours: string[]; replayed: string[] };

/** How many of the planned topic-hours were read, what was found in them, and how many of each topic's replayed events. */
export type VerifiedHours = {
  hours: number;
  verification: Verification;
  found: Record<string, number>;
};

/** What a saga (or one of its shards, whose id begins with the saga's) keeps. */
export const sagaPlaces = (sagaId: string) => ({
  /** One file for each digest, so that an approved plan is never written over by another. */
  plan: (digest: string) =>
    json<Plan>(sagaId, `plan-${digest.slice(0, 12)}.json`),
  /** Where sagas of 0.1.0 keep their plan. */
  planOf010: json<Plan>(sagaId, "plan.json"),
  planDocument: text(sagaId, "plan.md"),
  /** Each topic's own retention.ms before it was held; null where it had none. */
  retention: json<Record<string, string | null>>(sagaId, "retention.json"),
  /** Is there once the held retention was put back: no attempt may hold it again. */
  retentionReleased: json<object>(sagaId, "retention-released.json"),
  /** Is there once the importer's offsets were put back: no attempt may move them again. */
  importerReleased: json<object>(sagaId, "importer-released.json"),
  /** The folder in which what is written into the importer's history is made ready. */
  importerStaging: text(sagaId, "importer-staging"),
  /** Topics that an operator has taken out, and that were put back: no attempt may change them again. */
  leftAlone: json<string[]>(sagaId, "left-alone.json"),
  /** Where a planned flag is moved to; each flag has a place of its own. */
  flag: (path: string) => text(sagaId, `flags/${shortDigest(path, 20)}`),
  removedFlags: json<RemovedFlag[]>(sagaId, "flags.json"),
  /** Its own time on HDFS tells when the saga began to import, or to clear flags where it imports nothing. */
  flagsWatchedFrom: json<object>(sagaId, "flags-watched-from.json"),
  /** Flags that others have set since, and that were taken away, too. */
  flagsSetSince: json<FlagSetSince[]>(sagaId, "flags-set-since.json"),
  /** Its own time on HDFS tells when an activity, by its id, was about to submit Refine: younger flags may be that Refine's. */
  refineSubmitting: (activity: string) =>
    json<object>(sagaId, `refine-submitting/${activity}.json`),
  /** The folder of these. */
  refineSubmittings: `${sagaId}/refine-submitting`,
  /** Where such a flag is moved to, by its time (epoch ms). */
  flagSetAt: (path: string, mtime: number) =>
    text(sagaId, `flags/${shortDigest(path, 20)}-${mtime}`),
  /** A run of the importer that was begun: what its history held before. Empty once what became of it is told. */
  importerRun: json<{ before: string[] } | object>(sagaId, "importer-run.json"),
  /** That a driver of a YARN tag was begun on a host; without the host once it has ended, or is believed to. */
  drivers: (tag: string) => {
    const folder = `${sagaId}/drivers/${shortDigest(tag, 20)}`;
    const named = (name: string) => json<{ host?: string }>(folder, name);
    const on = (host: string) => named(`${shortDigest(host, 20)}.json`);
    return { folder, named, on };
  },
  /** Which units of the search are done, and what they gave. */
  searchUnit: (unit: string) =>
    json<CollectedUnit>(sagaId, `search/${unit}.done.json`),
  /** Some lines of a unit. Their digest is in the name: an attempt that wakes up late writes beside those of another, not over them. */
  searchLines: (
    unit: string,
    bucket: number | undefined,
    part: number,
    digest: string,
  ) =>
    text(
      sagaId,
      `search/${unit}${bucketOf(bucket)}-${partNumber(part)}-${inName(digest)}.tsv`,
    ),
  /** All that a source gave, named by its digest as well; one file for each bucket where there are several. */
  collected: (source: string, bucket: number | undefined, digest: string) =>
    json<Collected>(
      sagaId,
      `search/${source}${bucketOf(bucket)}-${inName(digest)}.json`,
    ),
  /** The files that a join on Spark is to read. */
  sparkList: (input: string) => text(sagaId, `search/${input}.list`),
  /** The folder that a join on Spark writes. */
  sparkOutput: text(sagaId, "search/spark"),
  /** Where the logs ended before the replay, by `<topic>/<partition>`, where these are many. */
  replayStarts: json<Record<string, string>>(sagaId, "replay-starts.json"),
  /** Kafka's ids of the topics before the replay, by name: one that is made anew has another. */
  replayTopicIds: json<Record<string, string>>(sagaId, "replay-topic-ids.json"),
  missing: json<Missing>(sagaId, "missing.json"),
  missingEvents: (topic: string, part: number, digest: string) =>
    text(
      sagaId,
      `missing/${topic}-${partNumber(part)}-${inName(digest)}.ndjson`,
    ),
  missingParts: (topic: string, digest: string) =>
    json<MissingPart[]>(sagaId, `missing/${topic}-${inName(digest)}.json`),
  /** What the driver's log said of partitions while Refine ran: `<table> <hour>` and how it ended. */
  refineLive: json<[string, RefineStatus["kind"]][]>(
    sagaId,
    "refine-live.json",
  ),
  /** What the aggregated logs of an application say that have been read so far: an attempt that takes over reads the others. */
  scannedLogs: (applicationId: string) =>
    json<ScannedLogs>(sagaId, `scanned-logs-${applicationId}.json`),
  /** What a verification has found so far. @param activity names the activity, and is another one when its step is tried again */
  verifiedSoFar: (activity: string) =>
    json<VerifiedHours>(sagaId, `verified-so-far-${activity}.json`),
  /** What a verification on Spark reads and writes. @param activity as above */
  countingOnSpark: (activity: string) => {
    const folder = `verify/${activity}`;
    const lines = (what: string) => (part: number, digest: string) =>
      text(
        sagaId,
        `${folder}/${what}-${partNumber(part)}-${inName(digest)}.lines`,
      );
    return {
      inputs: json<SparkCounting>(sagaId, `${folder}/inputs.json`),
      hours: lines("hours"),
      replayed: lines("replayed"),
      list: (what: string) => text(sagaId, `${folder}/${what}.list`),
      /** The folder that Spark writes. */
      output: text(sagaId, `${folder}/counted`),
    };
  },
  partitions: json<PartitionVerdict[]>(sagaId, "partitions.json"),
  report: json<BackfillReport>(sagaId, "report.json"),
  reportMarkdown: text(sagaId, "report.md"),
  reportPage: text(sagaId, "report.html"),
});

const partNumber = (part: number) => String(part).padStart(5, "0");
const bucketOf = (bucket: number | undefined) =>
  bucket === undefined ? "" : `-b${bucket}`;
/** As much of a digest as tells names apart. */
const inName = (digest: string) => digest.slice(0, 12);

// Only the names of these are used; the folder does not matter.
const NAMES = { audit: auditPlaces(""), saga: sagaPlaces("") };

/** What people read, by a file's name, with its media type. Events stay where HDFS' own permissions guard them. */
export const SERVED: ReadonlyMap<string, string> = new Map([
  [NAMES.audit.page.name, "text/html; charset=utf-8"],
  [NAMES.audit.report.name, "application/json"],
  [NAMES.saga.planDocument.name, "text/markdown; charset=utf-8"],
  [NAMES.saga.reportPage.name, "text/html; charset=utf-8"],
  [NAMES.saga.reportMarkdown.name, "text/markdown; charset=utf-8"],
  [NAMES.saga.report.name, "application/json"],
]);
