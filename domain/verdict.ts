import { z } from "zod";
import { type HourEvidence, lostOffsets, type TopicEvidence } from "./evidence";
import { hourOf, hourStart } from "./hour";

export const VERDICTS = [
  "complete",
  "empty",
  "pending",
  "late",
  "import-missing",
  "import-partial",
  "lost-from-kafka",
  "refine-missing",
  "refine-failed",
  "refine-stale",
  "refine-outdated",
  "rows-lost",
  "rows-duplicated",
  "partition-missing",
] as const;
export type Verdict = (typeof VERDICTS)[number];

export const CAUSES = [
  "premature-deletion",
  "retention-too-short",
  "config-drift",
  "offset-out-of-range",
  "importer-not-running",
  "importer-errors",
  "importer-slow",
  "refine-not-running",
  "refine-error",
  "outdated-job",
  "producer-silent",
  "unknown",
] as const;
export type Cause = (typeof CAUSES)[number];

export const policy = z.strictObject({
  graceHours: z
    .number()
    .min(0)
    .default(2)
    .describe("how long after its end an hour may take to be refined"),
  maxImportLagHours: z
    .number()
    .min(0)
    .default(2)
    .describe("how old the importer's newest run may be"),
  /** What the platform's topics are meant to have; what differs is drift. */
  expectedTopicConfig: z
    .record(z.string(), z.string())
    .default({ "message.timestamp.type": "LogAppendTime" }),
});
export type Policy = z.infer<typeof policy>;

export type Judgement = {
  verdict: Verdict;
  /** Absent for what is complete, empty or pending. */
  cause?: Cause;
  /** The numbers that prove it. */
  numbers: {
    produced?: number;
    archived?: number;
    raw?: number;
    rows?: number;
    lostOffsets?: number;
  };
  /** One sentence for a person. */
  why: string;
};

/** Verdicts that need nobody's attention. */
export const isHealthy = (verdict: Verdict) =>
  verdict === "complete" || verdict === "empty" || verdict === "pending";

/** Verdicts whose events are not all in the raw hour. */
export const isImportFault = (verdict: Verdict) =>
  verdict === "import-missing" ||
  verdict === "import-partial" ||
  verdict === "lost-from-kafka" ||
  verdict === "late";

type Rule = (
  e: HourEvidence,
  t: TopicEvidence,
) => { verdict: Verdict; why: string } | undefined;

/** The hour's events, as well as anything outside HDFS knows it; undefined where nothing does. */
function expected(e: HourEvidence): number | undefined {
  const known = [e.produced, e.archived].flatMap((c) =>
    c.known ? [c.count] : [],
  );
  return known.length === 0 ? undefined : Math.max(...known);
}

/** Nothing was imported: it was lost, is still to come, or there was nothing. */
const notImported: Rule = (e, t) => {
  if (e.raw && (e.raw.count > 0 || e.raw.problems.length > 0)) return undefined;
  const n = expected(e);
  const gap = lostOffsets(t);
  if (n === undefined) {
    return gap > 0 &&
      (t.watermark === undefined || e.hour >= hourOf(t.watermark))
      ? {
          verdict: "lost-from-kafka",
          why: `${gap} offsets were deleted unread, and nothing else tells what this hour held`,
        }
      : {
          verdict: "empty",
          why: "every offset up to the log start was imported, and none fell into this hour",
        };
  }
  if (n === 0) return { verdict: "empty", why: "no events were produced" };
  return e.produced.known && e.produced.count > 0
    ? {
        verdict: "import-missing",
        why: `${e.produced.count} messages in Kafka, none imported`,
      }
    : {
        verdict: "lost-from-kafka",
        why: `${n} events in the archive, none imported, and Kafka no longer has them`,
      };
};

/** Fewer events were imported than the archive holds. */
const partlyImported: Rule = (e) => {
  const raw = e.raw?.count ?? 0;
  if (e.raw && e.raw.problems.length > 0)
    return { verdict: "import-partial", why: e.raw.problems.join("; ") };
  return e.archived.known && raw < e.archived.count
    ? {
        verdict: "import-partial",
        why: `${raw} records imported of ${e.archived.count} events in the archive`,
      }
    : undefined;
};

/** The raw hour has no refined partition, or no flag says that it is whole. */
const notRefined: Rule = (e) => {
  if (
    e.refined?.failureFlag !== undefined &&
    e.refined.doneFlag === undefined
  ) {
    return {
      verdict: "refine-failed",
      why: "a failure flag lies in the partition",
    };
  }
  if (e.refined?.outdatedFlag)
    return {
      verdict: "refine-outdated",
      why: "the outdated wrapper's failure flag lies in the partition",
    };
  return e.refined?.doneFlag === undefined
    ? {
        verdict: "refine-missing",
        why: `${e.raw?.count ?? 0} raw records, no done flag`,
      }
    : undefined;
};

/** The raw hour changed after it was refined. */
const staleRefine: Rule = (e) => {
  const flag = e.refined?.doneFlag;
  if (typeof flag === "string")
    return {
      verdict: "refine-stale",
      why: `the done flag cannot be read: ${flag}`,
    };
  return flag !== undefined && e.raw && flag !== e.raw.mtime
    ? {
        verdict: "refine-stale",
        why: `refined from the state of ${new Date(flag).toISOString()}, the raw hour is of ${new Date(e.raw.mtime).toISOString()}`,
      }
    : undefined;
};

/** The partition's rows carry no geocoding: a job without transform functions wrote them. */
const outdatedRefine: Rule = (e) =>
  e.refined?.geocoded === false &&
  e.refined.rows.known &&
  e.refined.rows.count > 0
    ? {
        verdict: "refine-outdated",
        why: "the partition has no geocoded_data: it was written by a job without transform functions",
      }
    : undefined;

/** Rows against raw records and archived events: deduplication may take rows away, never below the distinct events. */
const rowsDiffer: Rule = (e) => {
  if (!e.refined?.rows.known || !e.raw) return undefined;
  const rows = e.refined.rows.count;
  const least = e.archived.known
    ? Math.min(e.archived.count, e.raw.count)
    : Math.min(1, e.raw.count);
  if (rows < least)
    return {
      verdict: "rows-lost",
      why: `${rows} rows of at least ${least} events`,
    };
  return rows > e.raw.count
    ? {
        verdict: "rows-duplicated",
        why: `${rows} rows of ${e.raw.count} raw records`,
      }
    : undefined;
};

/** Hive cannot see the partition. */
const notQueryable: Rule = (e) =>
  e.queryable === false && e.refined?.rows.known && e.refined.rows.count > 0
    ? {
        verdict: "partition-missing",
        why: "the metastore does not have the partition",
      }
    : undefined;

/** In the order of the pipeline: the first stage that went wrong explains the ones after it. */
const RULES: Rule[] = [
  notImported,
  partlyImported,
  notRefined,
  staleRefine,
  outdatedRefine,
  rowsDiffer,
  notQueryable,
];

/** Judges one topic-hour. Total: every evidence gets a verdict. `asOf` is epoch ms. */
export function judge(
  e: HourEvidence,
  t: TopicEvidence,
  p: Policy,
  asOf: number,
): Judgement {
  const found = RULES.map((rule) => rule(e, t)).find(
    (result) => result !== undefined,
  );
  const { verdict, why } = found ?? {
    verdict: "complete" as const,
    why: `${e.raw?.count ?? 0} raw records, refined and queryable`,
  };
  const gap = lostOffsets(t);
  const numbers = {
    ...(e.produced.known ? { produced: e.produced.count } : {}),
    ...(e.archived.known ? { archived: e.archived.count } : {}),
    ...(e.raw ? { raw: e.raw.count } : {}),
    ...(e.refined?.rows.known ? { rows: e.refined.rows.count } : {}),
    ...(gap > 0 ? { lostOffsets: gap } : {}),
  };
  if (isHealthy(verdict)) return { verdict, numbers, why };
  const ended = hourStart(e.hour) + 3_600_000;
  if (
    asOf < ended + p.graceHours * 3_600_000 &&
    lostOffsets(t) === 0 &&
    verdict !== "refine-failed"
  ) {
    return {
      verdict: "pending",
      numbers,
      why: `the hour ended less than ${p.graceHours} h ago`,
    };
  }
  const { cause, because } = causeOf(verdict, t, p, asOf);
  return { verdict, cause, numbers, why: because ? `${why}; ${because}` : why };
}

const hours = (ms: number) => `${Math.round(ms / 3_600_000)} h`;

function causeOf(
  verdict: Verdict,
  t: TopicEvidence,
  p: Policy,
  asOf: number,
): { cause: Cause; because?: string } {
  if (isImportFault(verdict)) return importCause(t, p, asOf);
  switch (verdict) {
    case "refine-missing":
    case "refine-stale":
      return { cause: "refine-not-running" };
    case "refine-failed":
      return { cause: "refine-error" };
    case "refine-outdated":
      return { cause: "outdated-job" };
    default:
      return { cause: "unknown" };
  }
}

function importCause(
  t: TopicEvidence,
  p: Policy,
  asOf: number,
): { cause: Cause; because?: string } {
  if (t.skippedSince !== undefined || lostOffsets(t) > 0) {
    const drift = t.drift
      .map((d) => `${d.name} is ${d.actual}, expected ${d.expected}`)
      .join(", ");
    const unread =
      t.watermark === undefined || t.skippedSince === undefined
        ? undefined
        : t.skippedSince - t.watermark;
    if (
      unread !== undefined &&
      t.retentionMs !== undefined &&
      unread < t.retentionMs
    ) {
      const because = `Kafka deleted unread data ${hours(unread)} after the last import, though retention is ${hours(t.retentionMs)}`;
      return {
        cause: "premature-deletion",
        because: drift ? `${because}; ${drift}` : because,
      };
    }
    if (drift) return { cause: "config-drift", because: drift };
    if (unread !== undefined && t.retentionMs !== undefined) {
      return {
        cause: "retention-too-short",
        because: `the importer was ${hours(unread)} behind, retention is ${hours(t.retentionMs)}`,
      };
    }
    return {
      cause: "offset-out-of-range",
      because: "the stored offset lies before the log start",
    };
  }
  if (
    t.lastRun === undefined ||
    asOf - t.lastRun > p.maxImportLagHours * 3_600_000
  ) {
    return {
      cause: "importer-not-running",
      because:
        t.lastRun === undefined
          ? "no run is recorded"
          : `its newest run is of ${new Date(t.lastRun).toISOString()}`,
    };
  }
  return { cause: "importer-slow" };
}
