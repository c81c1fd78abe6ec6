import {
  expected,
  type HourEvidence,
  isSinceImport,
  losses,
  lostOffsets,
  mayBeOfReplacedLog,
  type TopicEvidence,
  unreadOffsets,
  withoutRepeated,
} from "./evidence";
import { type Hour, hourOf, HOUR_MS } from "../../lib/hour";
import { type Case, percent, type Rule } from "./judgement";

// Nothing was imported: it was lost, is still to come, or there was nothing.

const nothingWasImported = ({ raw }: HourEvidence): boolean =>
  raw === undefined || (raw.count === 0 && raw.problems.length === 0);

/** Kafka does not tell how much was produced, and the archive knows of no event or was not asked. */
const nobodyKnowsOfEvents = ({ produced, archived }: HourEvidence): boolean =>
  !produced.known && (!archived.known || archived.count === 0);

/**
 * The hour may hold events that Kafka deleted unread: offsets were deleted and it does not lie before the last import, or the importer
 * jumped over offsets within the look-back, and nobody knows of which hours since the run before they were.
 */
export const mayHaveBeenDeleted = ({ hour, topic }: Case): boolean =>
  ((topic.jumped ?? 0) > 0 && isSinceJump(hour.hour, topic)) ||
  (lostOffsets(topic) > 0 && isSinceImport(hour.hour, topic)) ||
  mayBeOfReplacedLog(hour.hour, topic);

/**
 * Whether an hour's messages, of which some are not imported, may be gone for good, so that no run to come brings them. Where Kafka still has
 * all of the hour, nothing of it was deleted; a log that replaced the one that was imported never tells that. What was jumped over is there,
 * and no run to come reads it.
 */
export const mayBeGone = (about: Case): boolean =>
  mayBeOfReplacedLog(about.hour.hour, about.topic) ||
  about.hour.jumpedOver !== undefined ||
  (about.hour.kept !== true && mayHaveBeenDeleted(about));

/** The hour does not lie before the run that took the last offset before those that were jumped over. */
const isSinceJump = (hour: Hour, { jumpedSince }: TopicEvidence): boolean =>
  jumpedSince === undefined || hour >= hourOf(jumpedSince - HOUR_MS);

/** Offsets that were deleted unread, whether the importer stands before them still or has jumped over them, in words. */
export const deletedUnread = ({ topic }: Case): string => {
  const offsets = lostOffsets(topic) + (topic.jumped ?? 0);
  if (offsets === 0) return "all that the log which was imported held besides";
  const isBound = losses(topic).some(({ atMost }) => atMost);
  return `${isBound ? "at most " : ""}${offsets} offsets`;
};

/** Nobody knows of events of the hour, and the archive, which would, was not asked or does not reach so far. */
const nothingTells = (hour: HourEvidence): boolean =>
  nobodyKnowsOfEvents(hour) && !hour.archived.known;

/** Kafka or the importer's state could not be read: whether there was something to import is unknown. */
const topicIsUnreadable: Rule = ({ hour, topic }) =>
  nobodyKnowsOfEvents(hour) && topic.unread !== undefined
    ? { verdict: "unknowable", why: topic.unread }
    : undefined;

/** Kafka had messages of the hour and does not have all of them now; none lies here, and the archive does not tell whether any should. */
const restIsUntold = ({
  produced,
  archived,
  passed,
  kept,
}: HourEvidence): boolean =>
  passed === true &&
  produced.known &&
  produced.count > 0 &&
  !kept &&
  !archived.known;

/** Offsets were deleted before they were imported, and neither Kafka nor the archive tells whether they were of this hour: it counts as lost. */
const deletedWithoutTrace: Rule = (about) =>
  (nothingTells(about.hour) || restIsUntold(about.hour)) &&
  mayHaveBeenDeleted(about)
    ? {
        verdict: "lost-from-kafka",
        why: `${deletedUnread(about)} were deleted unread, and nothing else tells what this hour held`,
      }
    : undefined;

/** The log that the importer read is gone, and with it whatever it had not read: nothing tells what this hour held. */
const goneWithItsLog: Rule = ({ hour, topic }) =>
  nothingTells(hour) && mayBeOfReplacedLog(hour.hour, topic)
    ? {
        verdict: "lost-from-kafka",
        why: `the log that was imported is gone, and nothing else tells what this hour held`,
      }
    : undefined;

/** Kafka has unread messages, and their times do not tell whether they are of this hour. */
const unreadUnderOtherTimes: Rule = ({ hour, topic }) => {
  const unread = unreadOffsets(topic);
  return topic.doubtfulTimes !== undefined &&
    unread > 0 &&
    nothingTells(hour) &&
    isSinceImport(hour.hour, topic)
    ? {
        verdict: "import-missing",
        why: `${unread} offsets are not imported, and nothing tells their hours: ${topic.doubtfulTimes}`,
      }
    : undefined;
};

/** Kafka has offsets of this time that are not imported, though it does not tell how much was produced: a partition's log is empty, say. */
const unreadOfThisTime: Rule = ({ hour }) =>
  nothingTells(hour) && (hour.unreadOffsets ?? 0) > 0
    ? {
        verdict: "import-missing",
        why: `${hour.unreadOffsets} offsets of the hour are not imported`,
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

/** Kafka has deleted nothing of this time, and neither Kafka nor the archive has an event of it. Where the whole topic fell silent, that is the reason. */
const nothingWasProduced: Rule = ({ hour }) =>
  expected(hour) === 0
    ? { verdict: "empty", why: hour.silent ?? "no events were produced" }
    : undefined;

/**
 * The importer has read every message of this time, and put each into the hour that the event names itself: Kafka tells hours by its own
 * times, the importer by the events'. Whether a record was dropped on the way is for the ledger to say. The archive tells hours by the
 * events' times as well: one that it has of this hour should lie here, whatever position an importer that read another log has.
 */
const importedIntoOtherHours: Rule = ({ hour }) =>
  hour.passed &&
  hour.produced.known &&
  !(hour.archived.known && hour.archived.count > 0)
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

/** One rule for each outcome, for hours into which nothing was imported. The last one applies in any case. */
export const NOTHING_IMPORTED: Rule[] = [
  topicIsUnreadable,
  goneWithItsLog,
  deletedWithoutTrace,
  unreadUnderOtherTimes,
  unreadOfThisTime,
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

/** Events that the archive has beyond the raw hour's records, each taken once; negative where the raw hour has more, 0 where the archive is unknown. */
const archivedBeyondRaw = ({ archived, raw }: HourEvidence): number =>
  archived.known ? archived.count - (raw ? withoutRepeated(raw) : 0) : 0;

const recordsMissing = (hour: HourEvidence): number =>
  Math.max(recordsNotKept(hour), archivedBeyondRaw(hour), 0);

/** Files lie in the raw hour that the importer did not write, or that were changed after it wrote them: no count of it can be trusted, though none is missing. */
export const filesAreStrange: Rule = ({ hour }) =>
  hour.raw && hour.raw.problems.length > 0 && recordsMissing(hour) === 0
    ? { verdict: "import-partial", why: hour.raw.problems.join("; ") }
    : undefined;

/** Fewer records are in the raw hour than runs took from Kafka, or than the archive has events: more than the policy tolerates. */
export const recordsAreMissing: Rule = ({ hour, policy }) => {
  const records = hour.raw ? withoutRepeated(hour.raw) : 0;
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
