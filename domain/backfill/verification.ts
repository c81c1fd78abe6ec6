import type { Finding } from "./plan";

/** What the planned hours hold after a repair. Its fields are serialized, and keep their names. */
export type Verification = {
  /** Present where nobody refines: then what is called a partition is a raw hour, and what is called a row is one of its records. */
  unrefined?: true;
  /** Planned topic-hours whose partition of the table has data. */
  partitions: number;
  /** Rows of these partitions. */
  rows: number;
  /** Distinct events in the raw hours. */
  distinct: number;
  /** Distinct events with more than one row in an hour. */
  duplicates: number;
  /** Replayed events that have a row in their hour. */
  found: number;
  /** Replayed events that should have one. */
  expected: number;
  /** Rows that have an ip. */
  withIp: number;
  /** How many of these are geocoded. */
  geocoded: number;
  /** A sample of partitions, of which each row was compared field by field with its event. */
  deep: { partitions: number; rows: number; different: number };
  /** How many topic-hours Spark has counted, and by which applications, or how they failed; absent where none was asked. */
  onSpark?: { topicHours: number; applications: string[] };
  /** Hours that are whole, and some of whose records were imported twice; absent where there are none. */
  importedTwice?: number;
  /** What is wrong, a sentence each; of many, the first 50. */
  problems: string[];
  /**
   * What an audit of the topics still finds in the range, and planned hours that it does not call whole; hours of topics that merely fell
   * silent are left out.
   */
  findings: Finding[];
  /** What that audit finds of hours that the plan does not repair; absent where it repairs all that is broken. */
  leftOut?: BesideTheProof;
};

/** Topic-hours that are broken or not settled and are no part of the proof, as somebody left them out. */
export type BesideTheProof = {
  topicHours: number;
  /** Which, and what is said of them; of many, the first 50. */
  named: string[];
};

/** What the rows of a refined hour say, held against its raw hour and against what was replayed. */
export type RowCounts = {
  rows: number;
  /** Distinct events in the raw hour. */
  distinct: number;
  /** Distinct events with more than one row. */
  duplicates: number;
  /** Distinct events of the raw hour without any row. */
  lacking: number;
  /** Replayed events that have a row. */
  found: number;
  /** Rows that have an ip, of which Refine should know the country. */
  withIp: number;
  /** How many of these are geocoded. */
  geocoded: number;
};

/** Rows that were compared field by field with their events. */
export type Comparison = {
  compared: number;
  /** How many of these differ. */
  different: number;
  /** Which, a sentence each, and which files could not be read. */
  problems: string[];
};

/** What was read of a planned topic-hour. */
export type VerifiedTopicHour = {
  /** As problems name it. */
  name: string;
  /** Whether its Hive partition has any data file. */
  partition: boolean;
  /** Files that were left out, a sentence each. */
  problems: string[];
  counts: RowCounts;
  /** Present where its rows were compared with their events. */
  comparison?: Comparison;
  /** Why it is not known what readers get; absent where it is. */
  unread?: string;
};

const MAX_PROBLEMS = 50;

/** @param refined whether anybody refines */
export const nothingVerified = (refined = true): Verification => ({
  ...(refined ? {} : { unrefined: true as const }),
  partitions: 0,
  rows: 0,
  distinct: 0,
  duplicates: 0,
  found: 0,
  expected: 0,
  withIp: 0,
  geocoded: 0,
  deep: { partitions: 0, rows: 0, different: 0 },
  problems: [],
  findings: [],
});

function addProblem(to: Verification, problem: string): void {
  if (to.problems.length < MAX_PROBLEMS && !to.problems.includes(problem))
    to.problems.push(problem);
}

/**
 * What an audit finds after a repair, without what it finds of hours that the plan does not repair: those need not be whole, and are not called
 * whole either.
 */
export function apartByChoice(
  findings: Finding[],
  repairs: (topic: string, hour: string) => boolean,
): Required<Pick<Verification, "findings" | "leftOut">> {
  const apart = findings.filter(({ topic, hour }) => !repairs(topic, hour));
  return {
    findings: findings.filter(({ topic, hour }) => repairs(topic, hour)),
    leftOut: {
      topicHours: apart.length,
      named: apart
        .slice(0, MAX_PROBLEMS)
        .map(({ topic, hour, verdict }) => `${topic} ${hour}: ${verdict}`),
    },
  };
}

/** Adds what was read of an hour. Replayed events are counted by topic: {@link addReplayed}. */
export function addHour(
  to: Verification,
  { name, partition, problems, counts, unread, comparison }: VerifiedTopicHour,
): void {
  to.rows += counts.rows;
  to.distinct += counts.distinct;
  to.duplicates += counts.duplicates;
  to.withIp += counts.withIp;
  to.geocoded += counts.geocoded;
  if (partition) to.partitions++;
  if (comparison) {
    if (partition) to.deep.partitions++;
    to.deep.rows += comparison.compared;
    to.deep.different += comparison.different;
  }
  if (unread)
    addProblem(to, `${name}: it is not known what readers get: ${unread}`);
  for (const problem of [...problems, ...(comparison?.problems ?? [])])
    addProblem(to, problem);
  if (counts.duplicates > 0)
    addProblem(
      to,
      to.unrefined
        ? `${name}: ${counts.duplicates} replayed events lie there more than once`
        : `${name}: ${counts.duplicates} events have more than one row`,
    );
  if (counts.lacking > 0)
    addProblem(to, `${name}: ${counts.lacking} raw events have no row`);
}

/** Adds how many of a topic's replayed events have a row in their hour. */
export function addReplayed(
  to: Verification,
  { topic, events }: { topic: string; events: number },
  found: number,
): void {
  to.expected += events;
  to.found += found;
  if (found < events)
    addProblem(
      to,
      `${topic}: ${events - found} replayed events ${to.unrefined ? "are not in their raw hour" : "have no row in their hour"}`,
    );
}

/** How many rows were counted, in words, and by whom. */
export function rowsText({
  rows,
  partitions,
  onSpark,
  unrefined,
}: Pick<
  Verification,
  "rows" | "partitions" | "onSpark" | "unrefined"
>): string {
  const counted = `${rows} in ${partitions} ${unrefined ? "raw hours" : "partitions"}`;
  return onSpark
    ? `${counted}; ${onSpark.topicHours} topic-hours of them on Spark (${onSpark.applications.join(", ")})`
    : counted;
}

/** Adds, once all hours are, that rows with an ip are not geocoded. */
export function addGeocoding(to: Verification): void {
  if (to.geocoded < to.withIp)
    addProblem(
      to,
      `${to.withIp - to.geocoded} rows with an ip are not geocoded`,
    );
}
