import { type HourEvidence, lostOffsets, type TopicEvidence } from "./evidence";
import { hourOf, hourStart, HOUR_MS } from "../../lib/hour";
import type { Policy } from "../settings/policy";
import type { Verdict } from "./verdict";
import { instant } from "../../lib/time";

export type Found = { verdict: Verdict; why: string };
type Rule = (
  e: HourEvidence,
  t: TopicEvidence,
  p: Policy,
  asOf: number,
) => Found | undefined;

/** The hour's events, as well as anything outside HDFS knows it; undefined where nothing does. */
export function expected(e: HourEvidence): number | undefined {
  const known = [e.produced, e.archived].flatMap((c) =>
    c.known ? [c.count] : [],
  );
  return known.length === 0 ? undefined : Math.max(...known);
}

export const percent = (part: number, whole: number) =>
  whole <= 0 ? 0 : (100 * part) / whole;

/** A stage that this rule needs could not be read: nothing is said of the hour. */
const unread =
  (stage: "raw" | "refined" | "queryable"): Rule =>
  (e) => {
    const why = e.unread?.[stage];
    return why === undefined
      ? undefined
      : { verdict: "unknowable", why: `${stage} hours: ${why}` };
  };

/** Nothing was imported: it was lost, is still to come, or there was nothing. */
const notImported: Rule = (e, t) => {
  if (e.raw && (e.raw.count > 0 || e.raw.problems.length > 0)) return undefined;
  const n = expected(e);
  const gap = lostOffsets(t);
  if (n === undefined || (n === 0 && !e.produced.known)) {
    if (t.unread !== undefined) return { verdict: "unknowable", why: t.unread };
    if (
      n === undefined &&
      gap > 0 &&
      (t.watermark === undefined || e.hour >= hourOf(t.watermark))
    )
      return {
        verdict: "lost-from-kafka",
        why: `${gap} offsets were deleted unread, and nothing else tells what this hour held`,
      };
    return {
      verdict: "empty",
      why: "every offset up to the log start was imported, and none fell into this hour",
    };
  }
  if (n === 0)
    return { verdict: "empty", why: e.silent ?? "no events were produced" };
  // Kafka tells the hours by its own times, the importer by the events': what was read is in other hours, or missed by the ledger.
  if (e.passed && n === (e.produced.known ? e.produced.count : undefined))
    return {
      verdict: "empty",
      why: `${n} messages of this time, all imported into the hours that they name themselves`,
    };
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

/** Fewer records are in the raw hour than runs took from Kafka, or than the archive has events. */
const partlyImported: Rule = (e, _t, p) => {
  const raw = e.raw?.count ?? 0;
  const taken = (e.raw?.missing ?? 0) + (e.raw?.errors ?? 0);
  const archived = e.archived.known ? e.archived.count - raw : 0;
  const lost = Math.max(taken, archived, 0);
  if (e.raw && e.raw.problems.length > 0 && lost === 0)
    return { verdict: "import-partial", why: e.raw.problems.join("; ") };
  if (lost === 0 || percent(lost, raw + lost) <= p.lost.warnPercent)
    return undefined;
  const why =
    archived >= taken && e.archived.known
      ? `${raw} records imported of ${e.archived.count} events in the archive`
      : e.raw!.problems.join("; ");
  return { verdict: "import-partial", why };
};

/** The metastore sends readers to a place where nothing is. */
const nowhere: Rule = (e) =>
  e.lostLocation === undefined
    ? undefined
    : {
        verdict: "partition-missing",
        why: `the metastore's partition lies at ${e.lostLocation || "(no location)"}, which does not exist`,
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

/** The raw hour changed after it was refined: late data that Refine has yet to take, or that it left. */
const staleRefine: Rule = (e, _t, p, asOf) => {
  const flag = e.refined?.doneFlag;
  if (typeof flag === "string")
    return {
      verdict: "refine-stale",
      why: `the done flag cannot be read: ${flag}`,
    };
  if (flag === undefined || !e.raw || flag === e.raw.mtime) return undefined;
  const grace = p.graceHours * HOUR_MS;
  const at = e.raw.importedAt;
  if (at !== undefined && at > hourStart(e.hour) + HOUR_MS + grace) {
    const late = `events came ${Math.round((at - hourStart(e.hour)) / HOUR_MS - 1)} h after the hour's end, with the importer's run of ${instant(at)}`;
    return asOf < at + grace
      ? { verdict: "late", why: `${late}; Refine has yet to take them` }
      : { verdict: "refine-stale", why: `${late}; Refine has not taken them` };
  }
  return {
    verdict: "refine-stale",
    why: `refined from the state of ${instant(flag)}, the raw hour is of ${instant(e.raw.mtime)}`,
  };
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
const rowsDiffer: Rule = (e, _t, p) => {
  if (!e.refined || !e.raw) return undefined;
  if (!e.refined.rows.known)
    return { verdict: "rows-lost", why: e.refined.rows.why };
  const rows = e.refined.rows.count;
  const raw = e.raw.count;
  const least = e.archived.known
    ? Math.min(e.archived.count, raw)
    : Math.max(
        Math.min(1, raw),
        Math.floor(raw * (1 - p.maxDuplicatePercent / 100)),
      );
  if (rows < least && percent(least - rows, least) > p.lost.warnPercent)
    return {
      verdict: "rows-lost",
      why: `${rows} rows of at least ${least} events`,
    };
  return rows > raw && percent(rows - raw, raw) > p.duplicated.warnPercent
    ? {
        verdict: "rows-duplicated",
        why: `${rows} rows of ${raw} raw records`,
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
export const RULES: Rule[] = [
  unread("raw"),
  notImported,
  partlyImported,
  nowhere,
  unread("refined"),
  notRefined,
  staleRefine,
  outdatedRefine,
  rowsDiffer,
  unread("queryable"),
  notQueryable,
];
