import {
  type Count,
  type HourEvidence,
  measured,
  type TopicEvidence,
  unknowable,
} from "../../../../domain/audit/evidence";
import { policy } from "../../../../domain/settings/policy";
import { hourStart } from "../../../../lib/hour";

export const HOUR = "2018-06-26T19";
export const RAW_MTIME = 1_530_000_000_000;
export const POLICY = policy.parse({});
export const LATER = hourStart("2018-07-05T05");

export const topic = (over: Partial<TopicEvidence> = {}): TopicEvidence => ({
  partitions: [{ partition: 0, stored: "100", logStart: "10", logEnd: "100" }],
  watermark: hourStart("2018-06-25T05"),
  retentionMs: 168 * 3_600_000,
  drift: [],
  lastRun: LATER - 1_800_000,
  ...over,
});
export const gone = {
  partitions: [{ partition: 0, stored: "100", logStart: "174", logEnd: "200" }],
  skippedSince: hourStart("2018-06-26T22"),
};
export const behind = {
  partitions: [{ partition: 0, stored: "80", logStart: "10", logEnd: "100" }],
};
/** The importer's offset is of a log that is gone. */
export const recreated: Partial<TopicEvidence> = {
  partitions: [
    { partition: 0, stored: "1000000", logStart: "0", logEnd: "1700" },
  ],
  replacedLog: { cause: "topic-recreated", why: "beyond the log's end" },
};
export const drift = [
  {
    name: "message.timestamp.type",
    expected: "LogAppendTime",
    actual: "CreateTime",
  },
];

export const whole = (over: Partial<HourEvidence> = {}): HourEvidence => ({
  hour: HOUR,
  produced: unknowable("deleted"),
  archived: measured(12),
  raw: { count: 13, files: 1, mtime: RAW_MTIME, problems: [] },
  refined: {
    doneFlag: RAW_MTIME,
    outdatedFlag: false,
    rows: measured(12),
    geocoded: true,
  },
  queryable: true,
  ...over,
});
export const refined = (
  over: Partial<NonNullable<HourEvidence["refined"]>>,
): HourEvidence => whole({ refined: { ...whole().refined!, ...over } });
export const nothing = (produced: Count, archived: Count): HourEvidence => ({
  hour: HOUR,
  produced,
  archived,
  queryable: false,
});
