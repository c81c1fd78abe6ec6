import { z } from "zod";
import { isOfWholeHours } from "../../../lib/time-zone";
import { command, hdfsPath } from "../fields";
import { matchAnywhere, regexText } from "../regex-text";
import { connect } from "./connect";

/** Why a time zone cannot be an importer's; undefined where it can. */
function zoneFault(name: string): string | undefined {
  try {
    return isOfWholeHours(name)
      ? undefined
      : "a zone whose hours are not hours of UTC: audits go by hours of UTC, so that none of its directories is one";
  } catch {
    return "not a time zone that IANA knows, such as America/Los_Angeles";
  }
}

export const importer = z
  .strictObject({
    kind: z
      .enum(["camus", "confluent-hdfs", "gobblin"])
      .default("camus")
      .describe(
        "Whose directories, file names and offsets are read. Backfills steer Camus, Gobblin, and with `importer.connect` the connector.",
      ),
    command: command.describe(
      "Starts one importer run and ends with it. Settings are appended as `-Dname=value`, `mapreduce.job.tags` among them.",
    ),
    historyPath: hdfsPath.describe(
      "HDFS folder with one folder for each of Camus' runs (`etl.execution.history.path`), or for each of Gobblin's jobs (`state.store.dir`).",
    ),
    log: z
      .string()
      .min(1)
      .describe(
        "The importer's own log, a local file where audits run. It tells which offsets were out of range.",
      ),
    hold: command
      .optional()
      .describe(
        "Keeps the importer's own schedule from starting a run while a saga runs the importer, such as `[ssh, cron-host, sudo, systemctl, stop, camus.timer]`: whichever bulk worker is asked runs it, so that it must do the same from every bulk host. It may be run where that is held already. Given with `importer.release`, or neither.",
      ),
    release: command
      .optional()
      .describe("Lets the importer's own schedule start runs again."),
    jobNames: regexText(matchAnywhere)
      .default("camus")
      .describe(
        "Regex that is sought anywhere in a YARN application's name, in upper or lower case: runs of this importer. A saga begins no run beside one of them.",
      ),
    timeZone: z
      .string()
      .default("UTC")
      .superRefine((name, context) => {
        const fault = zoneFault(name);
        if (fault !== undefined)
          context.addIssue({
            code: "custom",
            message: `given ${JSON.stringify(name)}, ${fault}`,
          });
      })
      .describe(
        "The zone in which it names directories of hours (Camus: `etl.default.timezone`), whole hours from UTC. Refined hours are named in UTC.",
      ),
    extensions: z
      .array(z.string().regex(/^(?:\.\w+)+$/, "an extension such as .json.gz"))
      .default([])
      .describe(
        "Extensions of Camus' raw files that neither Camus nor Hadoop's codecs give, such as `.json.gz`.",
      ),
    gobblin: z
      .strictObject({
        jobs: z
          .array(z.string().regex(/^[^/]+$/, "a job's name"))
          .default([])
          .describe(
            "The jobs (`job.name`) that import the topics; all that have a folder below `importer.historyPath` where none is named. Two jobs must not import one topic.",
          ),
        padded: z
          .boolean()
          .default(true)
          .describe(
            "Whether directories are named `month=03/day=07/hour=05`; else they are `month=3/day=7/hour=5`.",
          ),
      })
      .optional()
      .describe("What is to be known of Gobblin, where that is the importer."),
    connect: connect
      .optional()
      .describe(
        "Where Kafka Connect tells of the connector, where that is the importer ([importers.md](importers.md#kafka-connect)). Without it audits know its files alone, and backfills cannot steer it.",
      ),
  })
  .superRefine(({ kind, connect: given }, context) => {
    if (given && kind !== "confluent-hdfs")
      context.addIssue({
        code: "custom",
        path: ["connect"],
        message: `Connect tells of the importer confluent-hdfs; importer.kind is ${kind}`,
      });
  })
  .describe("The job that copies topics into raw hours on HDFS.");
