import type { Replayed } from "../../activities/backfill/replay";
import type { Verification } from "../../domain/backfill/verification";
import { mergeRows, type MysqlRows } from "../../domain/backfill/mysql-rows";
import type { Missing, MissingTopic } from "../../domain/backfill/missing";
import {
  mergeSources,
  type SearchedSources,
} from "../../domain/backfill/searched-sources";

/** What some shards of a step have found together. It is the result of a child workflow, and small, since every fan-out passes it on. */
export type ShardResults = {
  missing: MissingTopic[];
  files: string[];
  /** Archive lines that cannot be read: every shard sees the same ones, so this is the most that any has seen, not a sum. */
  unreadable: number;
  /** What is to be said of MySQL's rows; absent where there is nothing. */
  mysqlRows?: MysqlRows;
  /** Which sources were asked; absent for other steps, and before 0.3.0. */
  sources?: SearchedSources;
  replayed?: Replayed;
  verified?: Verification;
};

/** Names of files and problems are cut after so many. */
const MAX_NAMED = 50;

export const noResults = (): ShardResults => ({
  missing: [],
  files: [],
  unreadable: 0,
});

/** The results of a shard that has searched for missing events. */
export const searchResults = (found: Missing): ShardResults => ({
  missing: found.topics,
  files: found.files.slice(0, MAX_NAMED),
  unreadable: found.unreadable,
  ...(found.mysqlRows ? { mysqlRows: found.mysqlRows } : {}),
  ...(found.sources ? { sources: found.sources } : {}),
});

/** Merges the results of shards of one step. The shards of a step have no topic in common. */
export function mergeResults(a: ShardResults, b: ShardResults): ShardResults {
  const replayed = mergeGiven(a.replayed, b.replayed, mergeReplayed);
  const verified = mergeGiven(a.verified, b.verified, mergeVerified);
  const mysqlRows = mergeRows([a.mysqlRows, b.mysqlRows]);
  const sources = mergeGiven(a.sources, b.sources, mergeSources);
  return {
    missing: [...a.missing, ...b.missing],
    files: [...new Set([...a.files, ...b.files])].slice(0, MAX_NAMED),
    unreadable: Math.max(a.unreadable, b.unreadable),
    ...(mysqlRows ? { mysqlRows } : {}),
    ...(sources ? { sources } : {}),
    ...(replayed ? { replayed } : {}),
    ...(verified ? { verified } : {}),
  };
}

/** Merges two values where there are two. */
const mergeGiven = <T>(
  a: T | undefined,
  b: T | undefined,
  merge: (a: T, b: T) => T,
): T | undefined => (a && b ? merge(a, b) : (a ?? b));

function mergeReplayed(a: Replayed, b: Replayed): Replayed {
  return {
    landed: a.landed + b.landed,
    twice: a.twice + b.twice,
    ends: { ...a.ends, ...b.ends },
    // Replays of 0.1.0 do not say what landed in which topic.
    ...(a.topics && b.topics ? { topics: { ...a.topics, ...b.topics } } : {}),
  };
}

function mergeVerified(a: Verification, b: Verification): Verification {
  const {
    deep,
    problems,
    findings,
    onSpark,
    unrefined,
    importedTwice,
    leftOut: _,
    ...counts
  } = a;
  const {
    deep: deepB,
    problems: problemsB,
    findings: findingsB,
    onSpark: onSparkB,
    unrefined: _unrefined,
    importedTwice: twiceB,
    leftOut: __,
    ...countsB
  } = b;
  const spark = mergeGiven(onSpark, onSparkB, (one, other) => ({
    topicHours: one.topicHours + other.topicHours,
    applications: [...one.applications, ...other.applications],
  }));
  return {
    ...addFields(counts, countsB),
    ...(spark ? { onSpark: spark } : {}),
    ...(unrefined ? { unrefined } : {}),
    ...(importedTwice || twiceB
      ? { importedTwice: (importedTwice ?? 0) + (twiceB ?? 0) }
      : {}),
    deep: addFields(deep, deepB),
    problems: [...problems, ...problemsB].slice(0, MAX_NAMED),
    findings: [...findings, ...findingsB],
  };
}

/** Adds two records field by field. */
const addFields = <T extends Record<string, number>>(a: T, b: T): T =>
  Object.fromEntries(
    Object.keys(b).map((key) => [key, (a[key] ?? 0) + b[key]!]),
  ) as T;
