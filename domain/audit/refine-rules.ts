import { type HourEvidence, withoutRepeated } from "./evidence";
import { hourStart, HOUR_MS } from "../../lib/hour";
import { percent, type Rule } from "./judgement";
import { instant } from "../../lib/time";

// Refine did not run, failed, or ran on another state of the raw hour.

/** The metastore sends readers to a place where nothing is: no other stage after the raw hour matters then. */
export const partitionLiesNowhere: Rule = ({ hour: { lostLocation } }) =>
  lostLocation === undefined
    ? undefined
    : {
        verdict: "partition-missing",
        why: `the metastore's partition lies at ${lostLocation || "(no location)"}, which does not exist`,
      };

/** The metastore sends readers to a place of which nothing can be said from here: nothing is missing by that. */
export const partitionLiesElsewhere: Rule = ({ hour: { elsewhere } }) =>
  elsewhere === undefined
    ? undefined
    : { verdict: "unknowable", why: elsewhere };

/** Refine left its failure flag, and no later run a done flag. */
export const refineFailed: Rule = ({ hour: { refined } }) =>
  refined?.failureFlag !== undefined && refined.doneFlag === undefined
    ? {
        verdict: "refine-failed",
        why: "a failure flag lies in the partition",
      }
    : undefined;

/** Only the outdated wrapper misspells the failure flag's name so: it was at work here, whatever the done flag says. */
export const outdatedWrapperFailed: Rule = ({ hour: { refined } }) =>
  refined?.outdatedFlag
    ? {
        verdict: "refine-outdated",
        why: "the outdated wrapper's failure flag lies in the partition",
      }
    : undefined;

/** There are records, and no flag says that they were refined. */
export const doneFlagIsAbsent: Rule = ({ hour: { raw, refined } }) =>
  refined?.doneFlag === undefined
    ? {
        verdict: "refine-missing",
        why: `${raw?.count ?? 0} raw records, no done flag`,
      }
    : undefined;

/** A done flag whose content cannot be read does not tell which state of the raw hour was refined. */
export const doneFlagIsUnreadable: Rule = ({ hour: { refined } }) =>
  typeof refined?.doneFlag === "string"
    ? {
        verdict: "refine-stale",
        why: `the done flag cannot be read: ${refined.doneFlag}`,
      }
    : undefined;

/** The time in the done flag, if the raw hour has changed since then; otherwise undefined. */
function staleFlagTime({ raw, refined }: HourEvidence): number | undefined {
  const flag = refined?.doneFlag;
  return typeof flag === "number" && raw && flag !== raw.mtime
    ? flag
    : undefined;
}

/**
 * The raw hour changed after it was refined, by an importer run after the hour's grace: its events came late. Refine gets the same grace
 * to take them; after that it has left them out.
 */
export const lateEventsAreUnrefined: Rule = ({ hour, policy, asOf }) => {
  const imported = hour.raw?.importedAt;
  if (staleFlagTime(hour) === undefined || imported === undefined)
    return undefined;
  const grace = policy.graceHours * HOUR_MS;
  const start = hourStart(hour.hour);
  if (imported <= start + HOUR_MS + grace) return undefined;
  const late = `events came ${Math.round((imported - start) / HOUR_MS - 1)} h after the hour's end, with the importer's run of ${instant(imported)}`;
  return asOf < imported + grace
    ? { verdict: "late", why: `${late}; Refine has yet to take them` }
    : { verdict: "refine-stale", why: `${late}; Refine has not taken them` };
};

/** The raw hour changed after it was refined, and not by late events. */
export const rawHourChanged: Rule = ({ hour }) => {
  const from = staleFlagTime(hour);
  return from === undefined
    ? undefined
    : {
        verdict: "refine-stale",
        why: `refined from the state of ${instant(from)}, the raw hour is of ${instant(hour.raw!.mtime)}`,
      };
};

// Refined, but not rightly.

/** The partition's rows carry no geocoding: a job without transform functions wrote them. */
export const rowsAreNotGeocoded: Rule = ({ hour: { refined } }) =>
  refined?.geocoded === false && refined.rows.known && refined.rows.count > 0
    ? {
        verdict: "refine-outdated",
        why: "the partition has no geocoded_data: it was written by a job without transform functions",
      }
    : undefined;

/** A Parquet file whose rows cannot be counted cannot be queried either. */
export const rowsCannotBeCounted: Rule = ({ hour: { raw, refined } }) =>
  raw && refined && !refined.rows.known
    ? { verdict: "rows-lost", why: refined.rows.why }
    : undefined;

/**
 * There are fewer rows than distinct events. Deduplication may take rows away, never below the distinct events, which the archive knows;
 * where it does not, the policy says how many may be duplicates. Where it does not, and file names only bound the records, the rows prove
 * nothing of Refine.
 */
export const rowsAreMissing: Rule = ({
  hour: { raw, refined, archived },
  policy,
}) => {
  if (!raw || !refined?.rows.known) return undefined;
  if (raw.atMost && !archived.known && refined.rows.count > 0) return undefined;
  const rows = refined.rows.count;
  const records = withoutRepeated(raw);
  const least = archived.known
    ? Math.min(archived.count, records)
    : Math.max(
        Math.min(1, records),
        Math.floor(records * (1 - policy.maxDuplicatePercent / 100)),
      );
  return rows < least && percent(least - rows, least) > policy.lost.warnPercent
    ? {
        verdict: "rows-lost",
        why: `${rows} rows of at least ${least} events`,
      }
    : undefined;
};

/** There are more rows than different raw records: some were written twice, or were imported twice and not deduplicated. */
export const rowsAreTwice: Rule = ({ hour: { raw, refined }, policy }) => {
  if (!raw || !refined?.rows.known) return undefined;
  const rows = refined.rows.count;
  const records = withoutRepeated(raw);
  return rows > records &&
    percent(rows - records, records) > policy.duplicated.warnPercent
    ? {
        verdict: "rows-duplicated",
        why: `${rows} rows of ${records} raw records${raw.twice ? `; ${raw.twice.why}` : ""}`,
      }
    : undefined;
};

/** There are rows that Hive cannot see. */
export const partitionIsNotInMetastore: Rule = ({
  hour: { queryable, refined },
}) =>
  queryable === false && refined?.rows.known && refined.rows.count > 0
    ? {
        verdict: "partition-missing",
        why: "the metastore does not have the partition",
      }
    : undefined;
