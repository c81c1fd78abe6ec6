import { join } from "node:path";
import { addHours, type Hour } from "../../lib/hour";
import { runCommand } from "./commands";
import type { Tools } from "./tools";

/** The Refine of July 5, 2018, and the arguments that its wrapper script gave it. */
export const REFINE_CLASS =
  "org.wikimedia.analytics.refinery.job.refine.Refine";
export const refineJar = (tools: Tools) =>
  join(tools.refine, "refinery-job-0.0.62.jar");
export const REFINE_ARGUMENTS = [
  "--input-base-path",
  "/wmf/data/raw/eventlogging",
  "--input-regex",
  ".*eventlogging_(.+)/hourly/(\\d+)/(\\d+)/(\\d+)/(\\d+)",
  "--input-capture",
  "table,year,month,day,hour",
  "--output-base-path",
  "/wmf/data/event",
  "--database",
  "event",
  "--parallelism",
  "4",
];
/** What Refine does to an hour's rows: an event that arrived twice becomes one row, an address gets a place on earth. */
export const TRANSFORM_FUNCTIONS = [
  "deduplicate_eventlogging",
  "geocode_ip",
].map((name) => `org.wikimedia.analytics.refinery.job.refine.${name}`);
export const TRANSFORMS = [
  "--transform-functions",
  TRANSFORM_FUNCTIONS.join(","),
];

/** The name under which YARN shows a Refine that its own launcher has started: the launcher starts no second one of that name. */
export const REFINE_NAME = "refine_eventlogging_analytics";

/** What spark-submit is given for the proper Refine of a span of time. Refine takes no zone: its times are UTC. */
export const refineCommand = (tools: Tools, since: Date, until: Date) => [
  ...["--class", REFINE_CLASS, "--name", REFINE_NAME, refineJar(tools)],
  ...REFINE_ARGUMENTS,
  ...["--since", since.toISOString().slice(0, 19)],
  ...["--until", until.toISOString().slice(0, 19)],
  ...TRANSFORMS,
];

/** The job that Refine replaced and nobody deleted: it writes the same tables, without the transforms. */
export const OUTDATED_CLASS = "org.wikimedia.analytics.refinery.job.JsonRefine";
export const outdatedJar = (tools: Tools) =>
  join(tools.refine, "refinery-job-0.0.58-outdated.jar");

/** A Refine job's arguments for hours that follow one another. */
export const hoursArguments = (hours: readonly Hour[]) => [
  // One second past the hour: a `since` exactly on it would start an hour earlier.
  "--since",
  `${hours[0]}:00:01`,
  "--until",
  `${addHours(hours.at(-1)!, 1)}:00:00`,
];

async function submit(
  jar: string,
  mainClass: string,
  name: string,
  args: string[],
): Promise<void> {
  const code = await runCommand("spark-submit", [
    "--class",
    mainClass,
    "--name",
    name,
    jar,
    ...REFINE_ARGUMENTS,
    ...args,
  ]);
  if (code !== 0) throw new Error(`${name} ended with ${code}`);
}

/**
 * Refines hours that follow one another, and waits until the job has ended.
 * @param args further arguments, for example which tables
 * @throws Error with the job's exit code where it is not 0
 */
export const refineHours = (
  tools: Tools,
  hours: readonly Hour[],
  ...args: string[]
) =>
  submit(refineJar(tools), REFINE_CLASS, REFINE_NAME, [
    ...hoursArguments(hours),
    ...args,
    ...TRANSFORMS,
  ]);

/** The same by the outdated job, on these tables only. @throws Error as {@link refineHours} */
export const refineHoursOutdated = (
  tools: Tools,
  hours: readonly Hour[],
  tables: readonly string[],
) =>
  submit(
    outdatedJar(tools),
    OUTDATED_CLASS,
    "json_refine_eventlogging_analytics",
    [...hoursArguments(hours), "--table-whitelist", tables.join("|")],
  );
