import { z } from "zod";
import { type Hour, partitionPath } from "../../lib/hour";
import { regexText, wholeMatch } from "./regex-text";

// Without its placeholder a path would be every topic's: each would count the files of all.
const HAS_TOPIC = /^\/[^{}]*\{topic\}[^{}]*$/;
const HAS_TABLE = /^\/[^{}]*\{table\}[^{}]*$/;

/** How a topic's names follow from one another. */
export const namingRules = z
  .strictObject({
    topicPattern: regexText(wholeMatch, { firstGroup: "the schema" })
      .default("eventlogging_(.+)")
      .describe(
        "Regex of the whole names of the topics that are audited; its first group is the schema, or the stream.",
      ),
    rawPath: z
      .string()
      .regex(HAS_TOPIC, "an absolute path with `{topic}` in it, once")
      .default("/wmf/data/raw/eventlogging/{topic}/hourly")
      .describe(
        "HDFS folder of a topic's raw hours; `{topic}` stands for the topic with `.` as `_`, as Camus writes it.",
      ),
    keepDots: z
      .boolean()
      .optional()
      .describe(
        "`true` where `{topic}` stands for the topic as it is, dots kept, as Gobblin writes it.",
      ),
    refinedPath: z
      .string()
      .regex(HAS_TABLE, "an absolute path with `{table}` in it, once")
      .default("/wmf/data/event/{table}")
      .describe(
        "HDFS folder of a topic's refined hours; `{table}` stands for the schema or stream with `-` and `.` as `_`, as Refine writes it.",
      ),
    database: z
      .string()
      .default("event")
      .describe("The Hive database of the tables."),
  })
  .describe("How the names of folders and tables follow from a topic's name.");
export type NamingRules = z.infer<typeof namingRules>;

/** The name of a topic's directory of raw hours. */
export const directoryOf = (
  topic: string,
  { keepDots }: Pick<NamingRules, "keepDots">,
): string => (keepDots ? topic : topic.replaceAll(".", "_"));

/** One topic and the places its hours pass through. */
export type Dataset = {
  topic: string;
  schema: string;
  /** Refine's directory name: the schema with `-` and `.` as `_`, upper and lower case kept. */
  tableDir: string;
  /** The table's name in Hive, which knows lower case only. */
  table: string;
  database: string;
  /** The HDFS folder of its raw hours. */
  rawDir: string;
  /** The HDFS folder of its refined hours. */
  refinedDir: string;
};

/** Where Refine writes an hour of a dataset, and its flags. */
export const refinedHourDir = (
  { refinedDir }: Pick<Dataset, "refinedDir">,
  hour: Hour,
): string => `${refinedDir}/${partitionPath(hour)}`;

/** The dataset of a topic, or undefined where the rules do not cover it. */
export function datasetOf(
  topic: string,
  rules: NamingRules,
): Dataset | undefined {
  const schema = wholeMatch(rules.topicPattern).exec(topic)?.[1];
  if (schema === undefined) return undefined;
  const tableDir = schema.replaceAll(/[-.]/g, "_");
  return {
    topic,
    schema,
    tableDir,
    table: tableDir.toLowerCase(),
    database: rules.database,
    rawDir: rules.rawPath.replace("{topic}", directoryOf(topic, rules)),
    refinedDir: rules.refinedPath.replace("{table}", tableDir),
  };
}
