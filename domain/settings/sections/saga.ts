import { z } from "zod";
import { sparkJob } from "../fields";

export const plan = z
  .strictObject({
    maxAgeMinutes: z
      .number()
      .positive()
      .default(240)
      .describe(
        "Minutes after which a plan must be made anew before it can be approved.",
      ),
  })
  .prefault({})
  .describe("The plan that a saga shows before it changes anything.");

export const saga = z
  .strictObject({
    shardTopics: z
      .int()
      .min(1)
      .max(100)
      .default(20)
      .describe(
        "Topics in one shard. Sagas of more topics search, replay and verify in shards, a child workflow each.",
      ),
    window: z
      .int()
      .min(1)
      .max(20)
      .default(3)
      .describe("Shards that run at a time; they share the rates of `replay`."),
  })
  .prefault({})
  .describe("How large sagas are cut.");

export const verify = z
  .strictObject({
    deepPartitions: z
      .int()
      .min(0)
      .default(20)
      .describe(
        "Partitions of tables whose rows are compared field by field with their events.",
      ),
    spark: sparkJob("org.sisyphus.jobs.CountRows")
      .optional()
      .describe(
        "The same counts by a Spark application on YARN. Without it a worker counts, however many rows there are.",
      ),
    sparkFromRows: z
      .int()
      .min(0)
      .default(20_000_000)
      .describe(
        "Number of records, by the names of raw files, from which Spark counts the planned hours; of a large saga, those of one shard. A worker counts some 40,000 a second. A name that tells no number counts as none. Hours of `verify.deepPartitions` are never Spark's.",
      ),
  })
  .prefault({})
  .describe("What a saga checks after its repair.");
