import type { AlertItem } from "../../../../domain/incidents/alert";
import type { Finding } from "../../../../domain/backfill/plan";
import type { IncidentState } from "../../../../domain/incidents/incident";
import type { TopicHeadroom } from "../../../../domain/audit/headroom";

export const NOW = "2018-07-05T06:00:00.000Z";

/** An hour whose events are in Kafka, but not yet in HDFS. */
export const finding = (
  hour: string,
  over: Partial<Finding> = {},
): Finding => ({
  topic: "eventlogging_Edit",
  hour,
  verdict: "import-missing",
  cause: "importer-slow",
  level: "warning",
  missing: 5,
  why: "5 messages in Kafka, none imported",
  ...over,
});

export const LOW: TopicHeadroom = {
  topic: "eventlogging_Edit",
  hours: 8,
  level: "warning",
  cause: "retention-too-short",
  why: "unread messages may be deleted in 8 h",
};

/** An open incident with one broken hour. */
export const incident = (over: Partial<IncidentState> = {}): IncidentState => ({
  topic: "eventlogging_Edit",
  phase: "open",
  openedAt: "2018-07-05T05:20:00.000Z",
  findings: [finding("2018-07-05T01")],
  cells: {},
  story: [],
  ...over,
});

/** An alert of a topic that is broken. */
export const item = (over: Partial<AlertItem> = {}): AlertItem => ({
  kind: "broken",
  subject: "edits",
  cause: "premature-deletion",
  level: "error",
  text: "3 hours are not whole",
  ...over,
});
