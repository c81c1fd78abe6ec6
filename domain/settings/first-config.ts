import { comment, FILL_IN, list, scalar, toFillIn } from "./first-lines";
import { type FoundClient, securityLines } from "./first-security";
import type { HadoopSettings } from "./hadoop-settings";
import type { ProposedPattern } from "./proposed-pattern";

/** What was found out before a first `sisyphus.yaml` is written. */
export type Found = {
  /** Brokers that were given; none where nobody gave any. */
  brokers: readonly string[];
  /** What Kafka's topics are; or why it was not asked, or did not answer. */
  topics: ProposedPattern | { why: string };
  hadoop: { folder: string; settings: HadoopSettings } | undefined;
  /** What a Java client's properties say of the way to Kafka, where they were given. */
  client?: FoundClient;
  /** Whose account this is. */
  user: string;
};

/** Topics that are named in a comment, of thousands. */
const NAMED = 30;
const WIDTH = 100;

/** A few names to a line. */
function namesInComments(names: readonly string[], indent: string): string[] {
  const lines = [""];
  for (const name of names.slice(0, NAMED)) {
    const last = lines.length - 1;
    if (lines[last] !== "" && lines[last]!.length + name.length > WIDTH)
      lines.push(name);
    else lines[last] += `${lines[last] === "" ? "" : " "}${name}`;
  }
  const more = names.length - NAMED;
  if (more > 0) lines.push(`and ${more} more`);
  return lines.map((line) => comment(`  ${line}`, indent));
}

function kafkaLines({ brokers, topics }: Found): string[] {
  return [
    "kafka:",
    brokers.length > 0
      ? `  brokers: ${list(brokers)}${"why" in topics ? "" : " # they answered"}`
      : toFillIn("  brokers: [fill-in:9092]", "some brokers, host:port"),
    ...("why" in topics
      ? [comment(`Kafka's topics are not known: ${topics.why}`, "  ")]
      : []),
  ];
}

/** What a section has to say beside Hadoop's configuration: what that says is a comment, what it does not is to be filled in. */
function besideHadoop(
  folder: string | undefined,
  name: string,
  told: string | readonly string[] | undefined,
  placeholder: string,
  what: string,
): string[] {
  return told === undefined
    ? [toFillIn(`  ${name}: ${placeholder}`, what)]
    : [comment(`${name}: ${[told].flat().join(", ")} (from ${folder})`, "  ")];
}

/** A section; one of comments alone is a comment, as YAML would read it as nothing. */
const section = (name: string, lines: string[]): string[] =>
  lines.every((line) => line.trimStart().startsWith("#"))
    ? [
        comment(`${name}:`),
        ...lines.map((line) => `# ${line.trimStart()}`),
      ].map((line) => line.replace(/^# # /, "#   "))
    : [`${name}:`, ...lines];

function hadoopLines({ hadoop, user }: Found): string[] {
  const { folder, settings } = hadoop ?? {};
  const { hdfs, yarn, hive } = settings ?? { hdfs: {}, yarn: {}, hive: {} };
  return [
    ...(folder === undefined
      ? [
          comment("cluster:"),
          comment(
            `  hadoopConf: /etc/hadoop/conf # none was found here; with it hdfs, yarn and hive are known`,
          ).replace("# ", "#   "),
        ]
      : ["cluster:", `  hadoopConf: ${scalar(folder)} # found and read`]),
    "",
    "hdfs:",
    ...besideHadoop(
      folder,
      "webhdfs",
      hdfs.webhdfs,
      "http://fill-in:9870",
      "the NameNode's http(s) address, or a list of them",
    ),
    ...(hdfs.services
      ? besideHadoop(folder, "services", hdfs.services, "", "")
      : []),
    toFillIn(
      `  user: ${scalar(user)}`,
      "who asks HDFS and YARN; this is who wrote this file",
    ),
    "",
    ...section("yarn", [
      ...besideHadoop(
        folder,
        "resourceManager",
        yarn.resourceManager,
        "http://fill-in:8088",
        "the ResourceManager's http(s) address, or a list of them",
      ),
      ...(yarn.logDir === undefined
        ? [
            comment(
              "logDir: /var/log/hadoop-yarn/apps # the default; yarn.nodemanager.remote-app-log-dir",
              "  ",
            ),
          ]
        : besideHadoop(folder, "logDir", yarn.logDir, "", "")),
    ]),
    "",
    ...section(
      "hive",
      besideHadoop(
        folder,
        "metastore",
        hive.metastore,
        "fill-in:9083",
        "the metastore's host:port, or a list of them",
      ),
    ),
  ];
}

function namingLines({ topics }: Found): string[] {
  const told = "why" in topics ? undefined : topics;
  const pattern = told?.pattern;
  const left = told?.leftOut ?? [];
  return [
    "naming:",
    ...(pattern === undefined
      ? [
          toFillIn(
            "  topicPattern: eventlogging_(.+)",
            `a regex of the topics of events; its first group is the schema${told ? ". The topics that were seen have no beginning in common" : ""}`,
          ),
        ]
      : [
          `  topicPattern: ${scalar(pattern)} # proposed: it covers ${told!.covered.length} topics; its first group is the schema`,
        ]),
    ...(left.length > 0
      ? [
          comment(`Left out (${left.length}):`, "  "),
          ...namesInComments(left, "  "),
        ]
      : []),
    toFillIn(
      "  rawPath: /wmf/data/raw/eventlogging/{topic}/hourly",
      "where the importer writes",
    ),
    toFillIn("  refinedPath: /wmf/data/event/{table}", "where Refine writes"),
    toFillIn("  database: event", "the Hive database of the tables"),
  ];
}

const REST = `archive:
  host: fill-in # ${FILL_IN}: the host that holds all-events.log, as in the task queue archive@HOST
  files: [/srv/log/eventlogging/all-events.log] # ${FILL_IN}: its files there; * stands for anything

importer:
  kind: camus # or gobblin, or confluent-hdfs, which backfills steer with importer.connect
  command: [/usr/local/bin/fill-in] # ${FILL_IN}: what starts one run and ends with it
  historyPath: /wmf/camus/fill-in/history # ${FILL_IN}: etl.execution.history.path
  log: /var/log/camus/fill-in.log # ${FILL_IN}: its log, where audits run

refine:
  submit: [spark-submit, --master, yarn, --deploy-mode, cluster] # ${FILL_IN}: what submits Refine
  jar: /srv/deployment/fill-in.jar # ${FILL_IN}: Refine's jar
  # ${FILL_IN}: sha256sum of that jar. No other is run, and none has this digest.
  allowedSha256: ["${"0".repeat(64)}"]
  class: org.wikimedia.analytics.refinery.job.refine.Refine # ${FILL_IN}: its main class
  # ${FILL_IN}: its paths and its database, as its own schedule gives them
  arguments: [--input-base-path, /wmf/data/raw/eventlogging, --output-base-path, /wmf/data/event, --database, event]
  transforms: [deduplicate_eventlogging, geocode_ip] # ${FILL_IN}: one must deduplicate, one must geocode

storage:
  path: /wmf/data/sisyphus # ${FILL_IN}: an HDFS folder for plans, reports and the memory of audits

# Nothing is written, moved or removed elsewhere: the tables' flags, Sisyphus' own files, the importer's runs.
allowedPrefixes: [/wmf/data/event, /wmf/data/sisyphus, /wmf/camus] # ${FILL_IN}

# Optional, and with defaults: mysql, search, policy, policies, audit, canary, plan, saga, replay, verify, alerts, owners,
# metrics, webUi. docs/configuration.md has every field.`;

/** A first `sisyphus.yaml`, with comments. What is marked {@link FILL_IN} has the form that is wanted, and no meaning. */
export const firstConfig = (found: Found): string =>
  [
    [
      comment("sisyphus.yaml, written by `sisyphus config init`."),
      comment(
        `Look for "${FILL_IN}", and take the mark away where the line is right. Then: sisyphus config check`,
      ),
    ],
    securityLines({
      wantsKerberos: found.hadoop?.settings.security.hadoop.kerberos === true,
      mayBeSecured: found.brokers.length > 0 && "why" in found.topics,
      client: found.client,
    }),
    kafkaLines(found),
    hadoopLines(found),
    namingLines(found),
    [REST],
  ]
    .map((lines) => lines.join("\n"))
    .join("\n\n") + "\n";

/** How many lines of a configuration are marked. */
export const marksIn = (text: string): number =>
  text.split("\n").filter((line) => /# FILL IN(?!")/.test(line)).length;
