import { z } from "zod";
import { command, hdfsPath } from "../fields";

export const importer = z
  .strictObject({
    kind: z
      .enum(["camus", "confluent-hdfs"])
      .default("camus")
      .describe(
        "Whose directories, file names and offsets are read. Backfills steer Camus only.",
      ),
    command: command.describe(
      "Starts one importer run and ends with it. Settings are appended as `-Dname=value`, `mapreduce.job.tags` among them.",
    ),
    historyPath: hdfsPath.describe(
      "HDFS folder with one folder for each of Camus' runs (`etl.execution.history.path`).",
    ),
    log: z
      .string()
      .min(1)
      .describe(
        "The importer's own log, a local file where audits run. It tells which offsets were out of range.",
      ),
  })
  .describe("The job that copies topics into raw hours on HDFS.");
