import type { HourRange } from "../../lib/hour";

/** The Spark application that is to refine. What pins it down is part of the plan, and so of what is approved. */
export type RefineJob = {
  /** A path on the host that submits. */
  jar: string;
  /** The jar's SHA-256, 64 hex digits. */
  sha256: string;
  class: string;
  arguments: string[];
};

/** Refine's option for the tables that it may refine: their directories' names, as one regex. */
const TABLES = "--table-whitelist";
const TRANSFORMS = "--transform-functions";

/** The arguments by which Refine takes up these tables in this range, and nothing else. @param tableDirs names of directories, case kept */
export const targetArguments = (
  tableDirs: string[],
  range: HourRange,
): string[] => [
  TABLES,
  tableDirs.join("|"),
  // Refine begins an hour earlier where `--since` is exactly on the hour.
  "--since",
  `${range.since}:00:01`,
  "--until",
  `${range.until}:00:00`,
];

/** The arguments by which Refine applies these functions to an hour's rows, in this order. @param functions names of Scala classes */
export const transformArguments = (functions: string[]): string[] => [
  TRANSFORMS,
  functions.join(","),
];

/**
 * A job's arguments for fewer tables than it was planned for, in the case that topics were skipped since.
 *
 * @param tableDirs the tables that are left; undefined where all are
 * @returns undefined where the arguments name no tables, so that nothing can be left out
 */
export function argumentsForTables(
  args: string[],
  tableDirs: string[] | undefined,
): string[] | undefined {
  if (!tableDirs) return args;
  const option = args.indexOf(TABLES);
  return option === -1 ? undefined : args.with(option + 1, tableDirs.join("|"));
}

/**
 * Why a job may not refine, a sentence a reason; empty where it may. The outdated wrapper (json-refine) neither removes duplicates nor
 * geocodes. It is known by its jar's bytes, by its class and by what it does not declare, never by a name that anybody can give.
 */
export function jobFaults(
  job: RefineJob,
  pinned: { allowedSha256: string[]; class: string },
): string[] {
  const faults: string[] = [];
  if (!pinned.allowedSha256.includes(job.sha256))
    faults.push(
      `its jar's sha256 ${job.sha256} is not in refine.allowedSha256`,
    );
  if (job.class !== pinned.class)
    faults.push(`its class ${job.class} is not the configured ${pinned.class}`);
  const option = job.arguments.indexOf(TRANSFORMS);
  const transforms = option === -1 ? "" : (job.arguments[option + 1] ?? "");
  if (!/dedup/i.test(transforms))
    faults.push("it declares no deduplicating transform function");
  if (!/geocode/i.test(transforms))
    faults.push("it declares no geocoding transform function");
  return faults;
}
