import { z } from "zod";

/** How a topic's names follow from one another; `{topic}` in paths stands for the topic as Camus writes it. */
export const namingRules = z.strictObject({
  topicPattern: z
    .string()
    .default("eventlogging_(.+)")
    .describe("whole-topic regex; its first group is the schema"),
  rawPath: z.string().default("/wmf/data/raw/eventlogging/{topic}/hourly"),
  refinedPath: z.string().default("/wmf/data/event/{table}"),
  database: z.string().default("event"),
});
export type NamingRules = z.infer<typeof namingRules>;

/** One topic and the places its hours pass through. */
export type Dataset = {
  topic: string;
  schema: string;
  /** Refine's directory name: the schema with `-` as `_`, case kept. */
  tableDir: string;
  /** As Hive knows it. */
  table: string;
  database: string;
  rawDir: string;
  refinedDir: string;
};

/** The dataset of a topic, or undefined where the rules do not cover it. */
export function datasetOf(
  topic: string,
  rules: NamingRules,
): Dataset | undefined {
  const schema = new RegExp(`^(?:${rules.topicPattern})$`, "u").exec(
    topic,
  )?.[1];
  if (schema === undefined) return undefined;
  const tableDir = schema.replaceAll("-", "_");
  return {
    topic,
    schema,
    tableDir,
    table: tableDir.toLowerCase(),
    database: rules.database,
    rawDir: rules.rawPath.replace("{topic}", topic.replaceAll(".", "_")),
    refinedDir: rules.refinedPath.replace("{table}", tableDir),
  };
}
