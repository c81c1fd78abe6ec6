import {
  filesAreStrange,
  NOTHING_IMPORTED,
  recordsAreMissing,
  recordsAreOnlyBounded,
  restIsUnread,
  restMayBeDeleted,
} from "./import-rules";
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

/**
 * All rules in the order of the pipeline: the first stage that went wrong explains the ones after it. A Hive partition that lies nowhere
 * or elsewhere
 * comes before Refine: what readers find there has nothing to do with what Refine did.
 */
export const RULES: Rule[] = [
  stageIsUnreadable("raw"),
  ...NOTHING_IMPORTED,
  filesAreStrange,
  recordsAreMissing,
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
  restIsUnread,
  restMayBeDeleted,
];
