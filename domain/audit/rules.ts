import {
  recordsAreOnlyBounded,
  recordsAreUnproven,
  restIsUnread,
  restMayBeDeleted,
} from "./doubt-rules";
import {
  filesAreStrange,
  NOTHING_IMPORTED,
  recordsAreMissing,
} from "./import-rules";
import type { TopicEvidence } from "./evidence";
import type { Rule } from "./judgement";
import {
  doneFlagIsAbsent,
  doneFlagIsUnreadable,
  lateEventsAreUnrefined,
  outdatedWrapperFailed,
  partitionIsNotInMetastore,
  partitionLiesElsewhere,
  partitionLiesNowhere,
  rawHourChanged,
  refineFailed,
  rowsAreMissing,
  rowsAreNotGeocoded,
  rowsAreTwice,
  rowsCannotBeCounted,
} from "./refine-rules";

/** A service was down while a stage was read: nothing is said of the hour, as its absence proves nothing. */
const stageIsUnreadable =
  (stage: "raw" | "refined" | "queryable"): Rule =>
  ({ hour }) => {
    const why = hour.unread?.[stage];
    return why === undefined
      ? undefined
      : { verdict: "unknowable", why: `${stage} hours: ${why}` };
  };

/*
 * All rules in the order of the pipeline: the first stage that went wrong explains the ones after it. A Hive partition that lies nowhere
 * or elsewhere comes before Refine: what readers find there has nothing to do with what Refine did.
 */

const UP_TO_RAW_HOURS: Rule[] = [
  stageIsUnreadable("raw"),
  ...NOTHING_IMPORTED,
  filesAreStrange,
  recordsAreMissing,
];

const BEHIND_RAW_HOURS: Rule[] = [
  partitionLiesNowhere,
  partitionLiesElsewhere,
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
  recordsAreOnlyBounded,
];

const DOUBTS: Rule[] = [restIsUnread, restMayBeDeleted];

/** The rules for a topic. @param topic whose raw hours are refined, or are the end of the pipeline */
export const rulesFor = ({
  unrefined,
}: Pick<TopicEvidence, "unrefined">): Rule[] =>
  unrefined
    ? [...UP_TO_RAW_HOURS, ...DOUBTS, recordsAreUnproven]
    : [...UP_TO_RAW_HOURS, ...BEHIND_RAW_HOURS, ...DOUBTS];
