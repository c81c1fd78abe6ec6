import {
  mayBeOfReplacedLog,
  type RawEvidence,
  surelyDifferent,
  withoutRepeated,
} from "./evidence";
import { deletedUnread, mayHaveBeenDeleted } from "./import-rules";
import type { Case, Rule } from "./judgement";

// Something was imported, and nothing proves that it is all. Found last, where no stage has said that something is wrong.

/**
 * The names of the hour's files only bound its records, the archive was not asked or has none of the schema, and the rows, which are there
 * for sure, are fewer than Kafka or else the bound itself tells. A file that was removed may hide below the bound: the hour is not
 * called complete. Deduplication may take rows away of what Kafka counts.
 */
export const recordsAreOnlyBounded: Rule = ({ hour, policy }) => {
  const { raw, refined, archived, produced } = hour;
  if (!raw?.atMost || archived.known || !refined?.rows.known) return undefined;
  const rows = refined.rows.count;
  const least = produced.known
    ? Math.floor(produced.count * (1 - policy.maxDuplicatePercent / 100))
    : raw.count;
  return rows < least
    ? {
        verdict: "import-partial",
        why: `file names only bound what was imported: at most ${raw.count} records, of which ${rows} are rows${produced.known ? `, and ${produced.count} messages in Kafka` : ""}`,
      }
    : undefined;
};

/**
 * Nobody refines the hour, so that no rows count its records, and neither do the names of its files or the archive: a file that was removed
 * may hide below the bound. What Kafka counts proves nothing either, as its hours are by other times.
 */
export const recordsAreUnproven: Rule = ({ hour: { raw, archived } }) =>
  raw?.atMost && !archived.known
    ? {
        verdict: "unknowable",
        why: `file names only bound what was imported, at most ${raw.count} records, and nothing else counts them: no Refine, and of the archive: ${archived.why}`,
      }
    : undefined;

/** Why a record less may have been imported than are there. */
const perhapsTwiceText = ({ perhapsTwice }: RawEvidence): string =>
  perhapsTwice ? `, of which ${perhapsTwice} may be there twice,` : "";

/**
 * Something was imported, Kafka has more messages of the hour, and some of them are unread: a partition is stuck, or was not read yet, while
 * others were. Offsets that compaction or other producers' transactions left empty look the same, so that it is a doubt; where the
 * archive was asked, it tells.
 */
export const restIsUnread: Rule = ({ hour, topic }) => {
  const { raw, produced, archived, unreadOffsets: unread = 0 } = hour;
  if (!raw || !produced.known || archived.known || topic.unread !== undefined)
    return undefined;
  // What was jumped over stays away, whatever else lies in the hour that Kafka dates otherwise.
  const isShort =
    hour.jumpedOver !== undefined || produced.count > surelyDifferent(raw);
  return unread > 0 && isShort
    ? {
        verdict: "import-partial",
        why: `${raw.count} records imported${perhapsTwiceText(raw)} of ${produced.count} messages in Kafka, and ${unread} offsets of the hour are unread`,
      }
    : undefined;
};

/**
 * Something was imported, offsets were deleted unread that may have been of this hour as well, and neither the archive nor Kafka tells
 * otherwise. Found last, as a doubt and not a fact.
 */
export const restMayBeDeleted: Rule = (about) => {
  const { raw, archived } = about.hour;
  if (!raw || archived.known || !mayHaveBeenDeleted(about)) return undefined;
  return kafkaTellsOfAll(about, raw)
    ? undefined
    : {
        verdict: "import-partial",
        why: `${raw.count} records imported${perhapsTwiceText(raw)}; ${deletedUnread(about)} of the topic were deleted unread, and nothing tells whether any was of this hour`,
      };
};

/**
 * Whether Kafka tells that nothing of an hour was deleted unread: it has the whole hour still, or had as many messages as were imported. A
 * log that replaced the one that was imported never tells: some of the hour may have been in that one. Nor does the sum, where one record
 * may have been imported twice and another one not at all.
 */
const kafkaTellsOfAll = (
  { hour: { hour, produced, kept }, topic }: Case,
  raw: RawEvidence,
): boolean =>
  produced.known &&
  !produced.atLeast &&
  !mayBeOfReplacedLog(hour, topic) &&
  (kept
    ? produced.count >= withoutRepeated(raw)
    : produced.count === surelyDifferent(raw));
