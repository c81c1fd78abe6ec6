import { type HourEvidence, lostOffsets } from "./evidence";
import { hourOf, hourStart, HOUR_MS } from "../../lib/hour";
import type { Case } from "./judgement";
import type { Verdict } from "./verdicts";
import { instant } from "../../lib/time";

/** What a rule says of a topic-hour: a verdict and one sentence that proves it. */
export type Found = { verdict: Verdict; why: string };

/** A rule has something to say of a topic-hour, or leaves it to the rules after it. */
export type Rule = (about: Case) => Found | undefined;

/** The hour's events, as well as anything outside HDFS knows it; undefined where nothing does. */
export function expected(hour: HourEvidence): number | undefined {
  const known = [hour.produced, hour.archived].flatMap((source) =>
    source.known ? [source.count] : [],
  );
  return known.length === 0 ? undefined : Math.max(...known);
}

/** A part of a whole in percent; 0 where the whole is nothing. */
export const percent = (part: number, whole: number): number =>
  whole <= 0 ? 0 : (100 * part) / whole;

// Stages that could not be read.

/** A service was down while a stage was read: nothing is said of the hour, as its absence proves nothing. */
const stageIsUnreadable =
  (stage: "raw" | "refined" | "queryable"): Rule =>
  ({ hour }) => {
    const why = hour.unread?.[stage];
    return why === undefined
      ? undefined
      : { verdict: "unknowable", why: `${stage} hours: ${why}` };
  };

// Nothing was imported: it was lost, is still to come, or there was nothing.

const nothingWasImported = ({ raw }: HourEvidence): boolean =>
  raw === undefined || (raw.count === 0 && raw.problems.length === 0);

/** Kafka does not tell how much was produced, and the archive knows of no event or was not asked. */
const nobodyKnowsOfEvents = ({ produced, archived }: HourEvidence): boolean =>
  !produced.known && (!archived.known || archived.count === 0);

/** The hour may hold events that Kafka deleted: it does not lie before the last import. */
const mayHaveBeenDeleted = ({ hour, topic }: Case): boolean =>
  lostOffsets(topic) > 0 &&
  (topic.watermark === undefined || hour.hour >= hourOf(topic.watermark));

/** Kafka or the importer's state could not be read: whether there was something to import is unknown. */
const topicIsUnreadable: Rule = ({ hour, topic }) =>
  nobodyKnowsOfEvents(hour) && topic.unread !== undefined
    ? { verdict: "unknowable", why: topic.unread }
    : undefined;

/** Offsets were deleted before they were imported, and neither Kafka nor the archive tells whether they were of this hour: it counts as lost. */
const deletedWithoutTrace: Rule = (about) =>
  nobodyKnowsOfEvents(about.hour) &&
  !about.hour.archived.known &&
  mayHaveBeenDeleted(about)
    ? {
        verdict: "lost-from-kafka",
        why: `${lostOffsets(about.topic)} offsets were deleted unread, and nothing else tells what this hour held`,
      }
    : undefined;

/** Nobody knows of events, and every offset that Kafka deleted had been imported: none was of this hour. */
const importedNoneOfThisHour: Rule = ({ hour }) =>
  nobodyKnowsOfEvents(hour)
    ? {
        verdict: "empty",
        why: "every offset up to the log start was imported, and none fell into this hour",
      }
    : undefined;

/** Kafka still holds the hour's time and has no message of it. Where the whole topic fell silent, that is the reason. */
const nothingWasProduced: Rule = ({ hour }) =>
  expected(hour) === 0
    ? { verdict: "empty", why: hour.silent ?? "no events were produced" }
    : undefined;

/**
 * The importer has read every message of this time, and put each into the hour that the event names itself: Kafka tells hours by its own
 * times, the importer by the events'. Whether a record was dropped on the way is for the ledger to say. Where the archive knows of
 * more events than that, they are missing all the same.
 */
const importedIntoOtherHours: Rule = ({ hour }) =>
  hour.passed && hour.produced.known && expected(hour) === hour.produced.count
    ? {
        verdict: "empty",
        why: `${hour.produced.count} messages of this time, all imported into the hours that they name themselves`,
      }
    : undefined;

/** Kafka has messages of the hour, and the importer has taken none of them. */
const stillInKafka: Rule = ({ hour: { produced } }) =>
  produced.known && produced.count > 0
    ? {
        verdict: "import-missing",
        why: `${produced.count} messages in Kafka, none imported`,
      }
    : undefined;

/** The archive has events of the hour that Kafka no longer has. */
const onlyInArchive: Rule = ({ hour }) => ({
  verdict: "lost-from-kafka",
  why: `${expected(hour)} events in the archive, none imported, and Kafka no longer has them`,
});

/** One outcome a rule, for hours into which nothing was imported. The last one speaks in any case. */
const NOTHING_IMPORTED: Rule[] = [
  topicIsUnreadable,
  deletedWithoutTrace,
  importedNoneOfThisHour,
  nothingWasProduced,
  importedIntoOtherHours,
  stillInKafka,
  onlyInArchive,
].map(
  (rule): Rule =>
    (about) =>
      nothingWasImported(about.hour) ? rule(about) : undefined,
);

// Something was imported, but not all of it, or not by the importer.

/** Records that runs took from Kafka and that are in no raw file, by the ledger or by the importer's own errors. */
const recordsNotKept = ({ raw }: HourEvidence): number =>
  (raw?.missing ?? 0) + (raw?.errors ?? 0);

/** Events that the archive has beyond the raw hour's records; negative where the raw hour has more, 0 where the archive is unknown. */
const archivedBeyondRaw = ({ archived, raw }: HourEvidence): number =>
  archived.known ? archived.count - (raw?.count ?? 0) : 0;

const recordsMissing = (hour: HourEvidence): number =>
  Math.max(recordsNotKept(hour), archivedBeyondRaw(hour), 0);

/** Files lie in the raw hour that the importer did not write so: no count of it can be trusted, though none is missing. */
const filesAreStrange: Rule = ({ hour }) =>
  hour.raw && hour.raw.problems.length > 0 && recordsMissing(hour) === 0
    ? { verdict: "import-partial", why: hour.raw.problems.join("; ") }
    : undefined;

/** Fewer records are in the raw hour than runs took from Kafka, or than the archive has events: more than the policy tolerates. */
const recordsAreMissing: Rule = ({ hour, policy }) => {
  const records = hour.raw?.count ?? 0;
  const missing = recordsMissing(hour);
  if (
    missing === 0 ||
    percent(missing, records + missing) <= policy.lost.warnPercent
  )
    return undefined;
  const why =
    hour.archived.known && archivedBeyondRaw(hour) >= recordsNotKept(hour)
      ? `${records} records imported of ${hour.archived.count} events in the archive`
      : hour.raw!.problems.join("; ");
  return { verdict: "import-partial", why };
};

// Refine did not run, failed, or ran on another state of the raw hour.

/** The metastore sends readers to a place where nothing is: no other stage after the raw hour matters then. */
const partitionLiesNowhere: Rule = ({ hour: { lostLocation } }) =>
  lostLocation === undefined
    ? undefined
    : {
        verdict: "partition-missing",
        why: `the metastore's partition lies at ${lostLocation || "(no location)"}, which does not exist`,
      };

/** Refine left its failure flag, and no later run a done flag. */
const refineFailed: Rule = ({ hour: { refined } }) =>
  refined?.failureFlag !== undefined && refined.doneFlag === undefined
    ? {
        verdict: "refine-failed",
        why: "a failure flag lies in the partition",
      }
    : undefined;

/** Only the outdated wrapper misspells the failure flag's name so: it was at work here, whatever the done flag says. */
const outdatedWrapperFailed: Rule = ({ hour: { refined } }) =>
  refined?.outdatedFlag
    ? {
        verdict: "refine-outdated",
        why: "the outdated wrapper's failure flag lies in the partition",
      }
    : undefined;

/** There are records, and no flag says that they were refined. */
const doneFlagIsAbsent: Rule = ({ hour: { raw, refined } }) =>
  refined?.doneFlag === undefined
    ? {
        verdict: "refine-missing",
        why: `${raw?.count ?? 0} raw records, no done flag`,
      }
    : undefined;

/** A done flag whose content cannot be read does not tell which state of the raw hour was refined. */
const doneFlagIsUnreadable: Rule = ({ hour: { refined } }) =>
  typeof refined?.doneFlag === "string"
    ? {
        verdict: "refine-stale",
        why: `the done flag cannot be read: ${refined.doneFlag}`,
      }
    : undefined;

/** The raw hour's time as the done flag holds it, where it is not the raw hour's time of now. */
function refinedFrom({ raw, refined }: HourEvidence): number | undefined {
  const flag = refined?.doneFlag;
  return typeof flag === "number" && raw && flag !== raw.mtime
    ? flag
    : undefined;
}

/**
 * The raw hour changed after it was refined, by an importer run after the hour's grace: its events came late. Refine gets the same grace
 * to take them; after that it has left them out.
 */
const lateEventsAreUnrefined: Rule = ({ hour, policy, asOf }) => {
  const imported = hour.raw?.importedAt;
  if (refinedFrom(hour) === undefined || imported === undefined)
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
const rawHourChanged: Rule = ({ hour }) => {
  const from = refinedFrom(hour);
  return from === undefined
    ? undefined
    : {
        verdict: "refine-stale",
        why: `refined from the state of ${instant(from)}, the raw hour is of ${instant(hour.raw!.mtime)}`,
      };
};

// Refined, but not rightly.

/** The partition's rows carry no geocoding: a job without transform functions wrote them. */
const rowsAreNotGeocoded: Rule = ({ hour: { refined } }) =>
  refined?.geocoded === false && refined.rows.known && refined.rows.count > 0
    ? {
        verdict: "refine-outdated",
        why: "the partition has no geocoded_data: it was written by a job without transform functions",
      }
    : undefined;

/** A Parquet file whose rows cannot be counted cannot be queried either. */
const rowsCannotBeCounted: Rule = ({ hour: { raw, refined } }) =>
  raw && refined && !refined.rows.known
    ? { verdict: "rows-lost", why: refined.rows.why }
    : undefined;

/**
 * There are fewer rows than distinct events. Deduplication may take rows away, never below the distinct events, which the archive knows;
 * where it does not, the policy says how many may be duplicates.
 */
const rowsAreMissing: Rule = ({ hour: { raw, refined, archived }, policy }) => {
  if (!raw || !refined?.rows.known) return undefined;
  const rows = refined.rows.count;
  const least = archived.known
    ? Math.min(archived.count, raw.count)
    : Math.max(
        Math.min(1, raw.count),
        Math.floor(raw.count * (1 - policy.maxDuplicatePercent / 100)),
      );
  return rows < least && percent(least - rows, least) > policy.lost.warnPercent
    ? {
        verdict: "rows-lost",
        why: `${rows} rows of at least ${least} events`,
      }
    : undefined;
};

/** There are more rows than raw records: some were written twice. */
const rowsAreTwice: Rule = ({ hour: { raw, refined }, policy }) => {
  if (!raw || !refined?.rows.known) return undefined;
  const rows = refined.rows.count;
  return rows > raw.count &&
    percent(rows - raw.count, raw.count) > policy.duplicated.warnPercent
    ? {
        verdict: "rows-duplicated",
        why: `${rows} rows of ${raw.count} raw records`,
      }
    : undefined;
};

/** There are rows that Hive cannot see. */
const partitionIsNotInMetastore: Rule = ({ hour: { queryable, refined } }) =>
  queryable === false && refined?.rows.known && refined.rows.count > 0
    ? {
        verdict: "partition-missing",
        why: "the metastore does not have the partition",
      }
    : undefined;

/** All rules in the order of the pipeline: the first stage that went wrong explains the ones after it. */
export const RULES: Rule[] = [
  stageIsUnreadable("raw"),
  ...NOTHING_IMPORTED,
  filesAreStrange,
  recordsAreMissing,
  partitionLiesNowhere,
  stageIsUnreadable("refined"),
  refineFailed,
  outdatedWrapperFailed,
  doneFlagIsAbsent,
  doneFlagIsUnreadable,
  lateEventsAreUnrefined,
  rawHourChanged,
  rowsAreNotGeocoded,
  rowsCannotBeCounted,
  rowsAreMissing,
  rowsAreTwice,
  stageIsUnreadable("queryable"),
  partitionIsNotInMetastore,
];
