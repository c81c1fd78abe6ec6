import { z } from "zod";
import { namingRules } from "./dataset";
import { policy, policyException } from "./policy";
import { HOUR_MS, DAY_MS } from "../../lib/hour";

const url = z.url({ protocol: /^https?$/ }).describe("http(s) address");
const path = z.string().startsWith("/");
const command = z
  .array(z.string().min(1))
  .min(1)
  .describe("program and arguments");

/** `sisyphus.yaml`. Every field is described in docs/configuration.md. */
export const configSchema = z.strictObject({
  kafka: z.strictObject({
    brokers: z.array(z.string().regex(/^[^:\s]+:\d+$/, "host:port")).min(1),
  }),
  hdfs: z.strictObject({ webhdfs: url, user: z.string().min(1) }),
  yarn: z.strictObject({
    resourceManager: url,
    logDir: path.default("/var/log/hadoop-yarn/apps"),
    aggregationSeconds: z
      .int()
      .min(1)
      .default(120)
      .describe("how long a Refine's aggregated logs are waited for"),
  }),
  hive: z.strictObject({
    metastore: z.string().regex(/^[^:\s]+:\d+$/, "host:port"),
  }),
  mysql: z
    .strictObject({
      host: z.string(),
      port: z.int().min(1).max(65535).default(3306),
      user: z.string(),
      database: z.string().default("log"),
    })
    .optional()
    .describe(
      "EventLogging's MySQL; its password comes from SISYPHUS_MYSQL_PASSWORD",
    ),
  archive: z.strictObject({
    host: z.string().min(1).describe("names the task queue archive@<host>"),
    files: z
      .array(z.string().min(1))
      .min(1)
      .describe(
        "all-events.log and its rotated files; * in a name matches anything",
      ),
    excludedSchemas: z
      .string()
      .default("^$")
      .describe("regex of schemas that never reach the archive"),
  }),
  search: z
    .strictObject({
      otherHosts: z
        .array(z.string().min(1))
        .default([])
        .describe(
          "more hosts that hold an archive; each runs a worker `--role archive` whose own archive.host is its name",
        ),
      memoryMb: z
        .int()
        .min(1)
        .max(4096)
        .default(96)
        .describe("of a join on a worker; more is spilled to its disk"),
      spark: z
        .strictObject({
          submit: command,
          jar: z.string().min(1),
          class: z.string().default("org.sisyphus.jobs.FindMissing"),
        })
        .optional()
        .describe("the same join as a Spark application"),
      sparkFromLines: z
        .int()
        .min(0)
        .default(20_000_000)
        .describe("collected lines from which Spark joins them"),
    })
    .prefault({}),
  importer: z.strictObject({
    kind: z
      .enum(["camus", "confluent-hdfs"])
      .default("camus")
      .describe("whose directories, file names and offsets are read"),
    command,
    historyPath: path,
    log: z.string().min(1).describe("the driver's log, a local file"),
  }),
  refine: z.strictObject({
    submit: command,
    jar: z.string().min(1),
    allowedSha256: z
      .array(z.string().regex(/^[0-9a-f]{64}$/, "64 hex digits"))
      .min(1),
    class: z.string().min(1),
    outdatedJobs: z
      .string()
      .default("json[-_]?refine")
      .describe(
        "regex of application names of jobs that must not run any more",
      ),
    arguments: z.array(z.string()),
    transforms: z.array(z.string()).min(1),
  }),
  naming: namingRules.prefault({}),
  policy: policy.prefault({}),
  policies: z
    .array(policyException)
    .default([])
    .describe(
      "exceptions from policy, by topic; the first that matches counts",
    ),
  storage: z
    .strictObject({ path: path.default("/wmf/data/sisyphus") })
    .prefault({}),
  allowedPrefixes: z
    .array(path)
    .min(1)
    .describe("HDFS paths below which flags and importer runs may be removed"),
  audit: z
    .strictObject({
      lookbackHours: z
        .int()
        .min(1)
        .max(24 * 31)
        .default(168),
      batchTopics: z.int().min(1).default(10),
      patience: z
        .int()
        .min(1)
        .default(8)
        .describe(
          "attempts to reach a service before its stage is called unknowable",
        ),
    })
    .prefault({}),
  replay: z
    .strictObject({
      eventsPerSecond: z.number().positive().default(500),
      bytesPerSecond: z.number().positive().default(5_000_000),
      topicEventsPerSecond: z
        .number()
        .positive()
        .optional()
        .describe("the same for each topic; default: as overall"),
      topicBytesPerSecond: z.number().positive().optional(),
      batchEvents: z.int().min(1).max(10_000).default(200),
      batchBytes: z
        .int()
        .min(1000)
        .default(500_000)
        .describe("below the topics' max.message.bytes"),
      compression: z.enum(["none", "gzip"]).default("gzip"),
      holdRetentionMs: z
        .int()
        .min(HOUR_MS)
        .default(90 * DAY_MS)
        .describe("retention.ms while events are replayed"),
    })
    .prefault({}),
  alerts: z
    .strictObject({
      webhook: url.optional(),
      alertmanager: url.optional().describe("base address; API v2 is used"),
      smtp: z
        .strictObject({
          host: z.string().min(1),
          port: z.int().min(1).max(65535).default(25),
          secure: z.boolean().default(false),
          user: z.string().optional(),
          from: z.string().min(3),
          to: z.array(z.string().min(3)).min(1),
        })
        .optional()
        .describe("e-mail; its password comes from SISYPHUS_SMTP_PASSWORD"),
    })
    .prefault({}),
  canary: z
    .strictObject({
      topics: z
        .string()
        .default("^$")
        .describe("whole-topic regex of topics that get a canary each hour"),
      deadlineHours: z.number().positive().default(6),
    })
    .prefault({}),
  metrics: z
    .strictObject({
      port: z.int().min(1).max(65535),
      host: z.string().default("127.0.0.1"),
      url: url
        .optional()
        .describe("the same for browsers elsewhere, for links to reports"),
    })
    .optional()
    .describe("where the control worker serves Prometheus metrics and reports"),
  plan: z
    .strictObject({
      maxAgeMinutes: z
        .number()
        .positive()
        .default(240)
        .describe("an older plan must be made anew before it is approved"),
    })
    .prefault({}),
  saga: z
    .strictObject({
      shardTopics: z
        .int()
        .min(1)
        .max(100)
        .default(20)
        .describe(
          "topics a child workflow; sagas of more topics search, replay and verify in shards",
        ),
      window: z
        .int()
        .min(1)
        .max(20)
        .default(3)
        .describe("shards that run at a time; they share the replay's rates"),
    })
    .prefault({}),
  verify: z
    .strictObject({
      deepPartitions: z
        .int()
        .min(0)
        .default(20)
        .describe(
          "partitions whose rows are compared field by field with their events",
        ),
    })
    .prefault({}),
  webUi: url.optional().describe("the Temporal Web UI, for links"),
});
export type Config = z.infer<typeof configSchema>;

/** Zod's issues as lines: the path, what is wrong, and so what is allowed. */
export function issuesText(what: string, error: z.ZodError): string {
  return [
    `${what} is not valid:`,
    ...error.issues.map(
      (i) => `  ${i.path.join(".") || "(top)"}: ${i.message}`,
    ),
  ].join("\n");
}

/** @throws Error naming every wrong field and what is allowed there */
export function parseConfig(value: unknown): Config {
  const parsed = configSchema.safeParse(value);
  if (!parsed.success)
    throw new Error(issuesText("sisyphus.yaml", parsed.error));
  return parsed.data;
}
