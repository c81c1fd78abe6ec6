import {
  defineSearchAttributeKey,
  SearchAttributeType,
} from "@temporalio/common";
import { upsertSearchAttributes } from "@temporalio/workflow";
import { hourStart, type HourRange } from "../../lib/hour";

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
  /** Hours, the last not included. */
  range?: HourRange;
  verdicts?: string[];
  phase?: string;
  /** Events. */
  missing?: number;
  /** Events. */
  replayed?: number;
};

/** The server refuses a value of more than 2,048 bytes (its dynamic configuration limit.searchAttributesSizeOfValue). */
const MAX_BYTES = 2000;

/** The first names that fit into one attribute: a JSON list adds quotes and a comma to each. */
function namesThatFit(names: string[]): string[] {
  let bytes = 2;
  return names.filter((name) => (bytes += name.length + 3) <= MAX_BYTES);
}

/** Sets those search attributes that are given; the others keep their values. */
export function setAttributes(a: Attributes): void {
  upsertSearchAttributes([
    ...(a.topics ? [{ key: TOPICS, value: namesThatFit(a.topics) }] : []),
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
