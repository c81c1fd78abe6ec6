import {
  defineSearchAttributeKey,
  SearchAttributeType,
} from "@temporalio/common";
import { upsertSearchAttributes } from "@temporalio/workflow";
import { hourStart, type HourRange } from "../domain/hour";

const TOPICS = defineSearchAttributeKey(
  "Topics",
  SearchAttributeType.KEYWORD_LIST,
);
const HOUR_FROM = defineSearchAttributeKey(
  "HourFrom",
  SearchAttributeType.DATETIME,
);
const HOUR_TO = defineSearchAttributeKey(
  "HourTo",
  SearchAttributeType.DATETIME,
);
const VERDICT = defineSearchAttributeKey(
  "Verdict",
  SearchAttributeType.KEYWORD_LIST,
);
const PHASE = defineSearchAttributeKey("Phase", SearchAttributeType.KEYWORD);
const EVENTS_MISSING = defineSearchAttributeKey(
  "EventsMissing",
  SearchAttributeType.INT,
);
const EVENTS_REPLAYED = defineSearchAttributeKey(
  "EventsReplayed",
  SearchAttributeType.INT,
);

type Attributes = {
  topics?: string[];
  range?: HourRange;
  verdicts?: string[];
  phase?: string;
  missing?: number;
  replayed?: number;
};

/** A keyword list's size limit would reject thousands of names. */
const MAX_NAMES = 100;

/** Sets the typed search attributes that are given. */
export function setAttributes(a: Attributes): void {
  upsertSearchAttributes([
    ...(a.topics ? [{ key: TOPICS, value: a.topics.slice(0, MAX_NAMES) }] : []),
    ...(a.range
      ? [
          { key: HOUR_FROM, value: new Date(hourStart(a.range.since)) },
          { key: HOUR_TO, value: new Date(hourStart(a.range.until)) },
        ]
      : []),
    ...(a.verdicts ? [{ key: VERDICT, value: a.verdicts }] : []),
    ...(a.phase === undefined ? [] : [{ key: PHASE, value: a.phase }]),
    ...(a.missing === undefined
      ? []
      : [{ key: EVENTS_MISSING, value: a.missing }]),
    ...(a.replayed === undefined
      ? []
      : [{ key: EVENTS_REPLAYED, value: a.replayed }]),
  ]);
}
