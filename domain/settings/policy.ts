import { z } from "zod";
import { hour as hourText } from "./hour-text";
import { regexText, wholeMatch } from "./regex-text";
import { severity } from "./severity";

const percent = z.number().min(0).max(100);
const hours = z.number().positive();

/** Above which percentage of an hour's events something is a finding at all, and above which it is an error. */
const percentages = (what: string) =>
  z
    .strictObject({
      warnPercent: percent
        .default(0)
        .describe(`Percent of an hour above which ${what} are a warning.`),
      errorPercent: percent
        .default(1)
        .describe(`Percent of an hour above which ${what} are an error.`),
    })
    .describe(`How many ${what} an hour may have.`);

const silence = z
  .strictObject({
    minExpected: z
      .number()
      .positive()
      .default(20)
      .describe(
        "Events that a topic must owe by its own rate before it is called silent.",
      ),
    minHours: z
      .int()
      .min(2)
      .default(12)
      .describe(
        "Hours from a topic's first event to its last, at least, for its rate to be known.",
      ),
  })
  .describe("When a topic that used to have events is called silent.");

/** The first hour and the one after the last. */
const excepted = z
  .strictObject({
    since: hourText.describe("The first hour, such as `2018-12-24T00`."),
    until: hourText.describe("The hour after the last one."),
  })
  .describe("Hours of unusual traffic.");

const volume = z
  .strictObject({
    minPercent: percent
      .default(40)
      .describe(
        "Percent of the usual events, by hour of the week, below which an hour is low. 0 turns it off.",
      ),
    minWeeks: z
      .int()
      .min(2)
      .max(5)
      .default(3)
      .describe(
        "Weeks of which audits must know the same hour, of the last five, before anything is called usual.",
      ),
    minUsual: z
      .number()
      .positive()
      .default(100)
      .describe("Usual events of an hour below which it is never called low."),
    except: z
      .array(excepted)
      .default([])
      .describe(
        "Holidays and the like: neither called low nor taken for usual.",
      ),
  })
  .describe("When an hour has too few of a topic's usual events.");

const headroom = z
  .strictObject({
    warnHours: hours
      .default(48)
      .describe("Hours of headroom below which a topic is a warning."),
    errorHours: hours
      .default(12)
      .describe("Hours of headroom below which a topic is an error."),
  })
  .describe(
    "Headroom: hours until Kafka deletes what the importer has not read. Short retentions have thresholds of half and a quarter of themselves.",
  );

const repair = z
  .strictObject({
    start: z
      .boolean()
      .default(false)
      .describe("Whether an incident starts its backfill itself."),
    autoApprove: z
      .boolean()
      .default(false)
      .describe(
        "Whether such a backfill approves its own plan; otherwise it waits for an operator.",
      ),
    maxHours: z
      .int()
      .min(1)
      .default(48)
      .describe("Topic-hours up to which an incident may do so."),
    maxMissing: z
      .int()
      .min(0)
      .default(10_000)
      .describe("Missing events up to which an incident may do so."),
  })
  .describe("What an incident may do without an operator.");

/** The policy's fields without what they are by default, as an exception names them. */
const fields = {
  graceHours: z
    .number()
    .min(0)
    .describe(
      "Hours after its end within which an hour may still be refined: until then it is pending, not broken.",
    ),
  maxImportLagHours: z
    .number()
    .min(0)
    .describe(
      "Hours after which an importer without a new run is called not running.",
    ),
  expectedTopicConfig: z
    .record(z.string(), z.string())
    .describe(
      "What the topics' settings are meant to be, by name. What differs is drift, and may be a loss's cause.",
    ),
  lost: percentages("lost events"),
  duplicated: percentages("duplicate rows"),
  maxDuplicatePercent: percent.describe(
    "Percent of an hour's raw records that deduplication may take away where nothing tells how many events are distinct.",
  ),
  minimumVolume: z
    .number()
    .min(0)
    .describe("Events below which an hour is a warning at most."),
  severity: severity.describe(
    "How urgent an alert of an error is; one of a warning is `warning` at most.",
  ),
  silence,
  volume,
  headroom,
  repair,
};

/** What counts as broken, for every dataset. */
export const policy = z
  .strictObject({
    graceHours: fields.graceHours.default(2),
    maxImportLagHours: fields.maxImportLagHours.default(2),
    expectedTopicConfig: fields.expectedTopicConfig.default({
      "message.timestamp.type": "LogAppendTime",
    }),
    lost: fields.lost.prefault({}),
    duplicated: fields.duplicated.prefault({}),
    maxDuplicatePercent: fields.maxDuplicatePercent.default(20),
    minimumVolume: fields.minimumVolume.default(0),
    severity: fields.severity.default("error"),
    silence: fields.silence.prefault({}),
    volume: fields.volume.prefault({}),
    headroom: fields.headroom.prefault({}),
    repair: fields.repair.prefault({}),
  })
  .describe("What counts as broken, for every topic.");
export type Policy = z.infer<typeof policy>;

/** An exception from the policy: it replaces the fields that it names, whole, and leaves the others. */
export const policyException = z.strictObject({
  topics: regexText(wholeMatch)
    .min(1)
    .describe("Regex of the whole names of the topics that it is for."),
  ...z.object(fields).partial().shape,
});
export type PolicyException = z.infer<typeof policyException>;

/** The policy of one topic: the base, with the fields of the first exception that matches. */
export function policyOf(
  topic: string,
  base: Policy,
  exceptions: PolicyException[],
): Policy {
  const found = exceptions.find(({ topics }) => wholeMatch(topics).test(topic));
  if (!found) return base;
  const { topics: _topics, ...changes } = found;
  return { ...base, ...changes };
}

/** A setting of a topic that is otherwise than the policy expects. */
export type Drift = { name: string; expected: string; actual: string };

/** What a topic's effective config has otherwise than the policy expects; a setting that the config does not name is none. */
export function driftOf(
  policy: Pick<Policy, "expectedTopicConfig">,
  config: Record<string, string>,
): Drift[] {
  return Object.entries(policy.expectedTopicConfig).flatMap(
    ([name, expected]) => {
      const actual = config[name];
      return actual === undefined || actual === expected
        ? []
        : [{ name, expected, actual }];
    },
  );
}

/** A sentence with the drift that may be its reason, where there is any. */
export function withDrift(why: string, drift: Drift[]): string {
  const text = driftText(drift);
  return text ? `${why}; ${text}` : why;
}

/** Drift in words, for reports and alerts; empty where there is none. */
export const driftText = (drift: Drift[]) =>
  drift
    .map((d) => `${d.name} is ${d.actual}, expected ${d.expected}`)
    .join(", ");
