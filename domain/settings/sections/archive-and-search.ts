import { z } from "zod";
import { sparkJob } from "../fields";
import { regexText, wholeMatch } from "../regex-text";

export const archive = z
  .strictObject({
    host: z
      .string()
      .min(1)
      .describe(
        "The host that holds the archive. It names the task queue `archive@<host>`, which that host's worker serves.",
      ),
    files: z
      .array(z.string().min(1))
      .min(1)
      .describe(
        "Local files: `all-events.log` and its rotated files, gzipped or not. A `*` in a name matches anything but a slash.",
      ),
    excludedSchemas: regexText(wholeMatch)
      .default("^$")
      .describe(
        "Regex of whole schema names that never reach the archive: what the archive has of them is unknowable, not zero.",
      ),
  })
  .optional()
  .describe(
    "EventLogging's archive of events, `all-events.log`: the first source of missing events. Without it no audit asks one, what is lost is sought in MySQL alone, and bulk workers audit.",
  );

export const search = z
  .strictObject({
    otherHosts: z
      .array(z.string().min(1))
      .default([])
      .describe(
        "More hosts that hold an archive. Each runs `sisyphus worker --role archive` with its own name in `archive.host`.",
      ),
    memoryMb: z
      .int()
      .min(1)
      .max(4096)
      .default(256)
      .describe(
        "MiB of memory that DuckDB takes for a saga's search on a worker, shared by its shards, each of which takes 128 at least. What does not fit, and the texts of candidates, are in the worker's temporary folder meanwhile.",
      ),
    spark: sparkJob("org.sisyphus.jobs.FindMissing")
      .optional()
      .describe(
        "The same join as a Spark application on YARN. Without it a worker joins, however much was collected.",
      ),
    sparkFromLines: z
      .int()
      .min(0)
      .default(20_000_000)
      .describe("Number of collected lines from which Spark joins them."),
  })
  .prefault({})
  .describe(
    "How a saga finds the missing events: what the sources have, joined with what Kafka and the raw hours have.",
  );
