import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { quoted } from "../../lib/shell";
import { access } from "./access";
import { CLOCK_FILE } from "./clock";
import { CONF_DIR } from "./hadoop-conf";
import { gobblinCommand } from "./gobblin";
import { hadoopClasspath } from "./java";
import { isSecured } from "./kind";
import { ROOT, SANDBOX_DIR } from "./paths";
import type { Ports } from "./ports";
import type { Tools } from "./tools";

/** The commands that an operator has here. */
export const BIN = join(SANDBOX_DIR, "bin");
export const CAMUS_LOG = join(SANDBOX_DIR, "logs", "camus", "eventlogging.log");
export const CAMUS_PROPERTIES = join(CONF_DIR, "camus.eventlogging.properties");

/** The name under which YARN shows the importer's runs: its wrapper starts no second one of that name. */
export const CAMUS_JOB = "camus-eventlogging";

const HELD = join(SANDBOX_DIR, "held");
/** A file that is there while a job's own schedule is held. */
export const heldFile = (job: string) => join(HELD, job);

/** The importer's settings of July 5, 2018 (puppet's eventlogging.erb), with the sandbox's addresses. */
const camusProperties = (p: Ports) => ({
  "camus.job.name": CAMUS_JOB,
  "etl.destination.path": "/wmf/data/raw/eventlogging",
  "etl.execution.base.path": "/wmf/camus/eventlogging-00",
  "etl.execution.history.path": "/wmf/camus/eventlogging-00/history",
  "etl.destination.overwrite": "true",
  ...access(p).kafka.importer,
  "kafka.client.name": "camus-eventlogging-00",
  "kafka.whitelist.topics": "eventlogging_.+",
  "kafka.blacklist.topics": "",
  "kafka.move.to.earliest.offset": "false",
  "kafka.max.historical.days": "7",
  "kafka.max.pull.hrs": "168",
  "mapred.map.tasks": "1",
  "sandbox.clock.file": CLOCK_FILE,
});

function script(name: string, lines: string[]): void {
  const path = join(BIN, name);
  writeFileSync(path, ["#!/bin/sh", ...lines, ""].join("\n"));
  chmodSync(path, 0o755);
}

/**
 * Writes `bin/schedule`, which holds a job's own schedule and lets it go. Both are noted in the schedule's log, the one once it is so and the
 * other as long as it is not: whatever is begun between these two lines was begun although it was held.
 */
export function writeScheduleCommand(): void {
  mkdirSync(BIN, { recursive: true });
  script("schedule", [
    'case "$1 $2" in',
    '"hold importer" | "hold refine" | "release importer" | "release refine") ;;',
    '*) echo "usage: schedule hold|release importer|refine" >&2; exit 2 ;;',
    "esac",
    "set -e",
    `mkdir -p ${quoted(HELD)}`,
    `note() { echo "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ) $2" >> ${quoted(join(SANDBOX_DIR, "logs"))}/schedule-$1.log; }`,
    `if [ "$1" = hold ]; then touch ${quoted(HELD)}/"$2"; note "$2" held`,
    `else note "$2" released; rm -f ${quoted(HELD)}/"$2"; fi`,
  ]);
}

/** Whoever has no ticket, as a cron job, takes one by the keytab of those who own the jobs. */
const OWN_TICKET = [
  `[ -n "$KRB5CCNAME" ] || KRB5CCNAME=$(${quoted(process.execPath)} ${quoted(join(ROOT, "bin", "sandbox.js"))} ticket) || exit 1`,
  "export KRB5CCNAME",
];

/** Writes `bin/camus`, `bin/gobblin`, `bin/spark-submit`, `bin/yarn` and `bin/schedule`, which operators run and Sisyphus' configuration names. */
export function writeWrappers(p: Ports, tools: Tools): void {
  mkdirSync(BIN, { recursive: true });
  mkdirSync(join(SANDBOX_DIR, "logs", "camus"), { recursive: true });
  writeFileSync(
    CAMUS_PROPERTIES,
    Object.entries(camusProperties(p))
      .map(([name, value]) => `${name}=${value.replaceAll("\\", "\\\\")}`)
      .join("\n"),
  );
  const { env: variables, javaFlags, metastore } = access(p);
  const env = [
    ...Object.entries({ HADOOP_CONF_DIR: CONF_DIR, ...variables }).map(
      ([name, value]) => `export ${name}=${quoted(value)}`,
    ),
    ...(isSecured() ? OWN_TICKET : []),
  ];
  const lean = [
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    ...javaFlags,
  ].join(" ");
  writeScheduleCommand();
  script("camus", [
    ...env,
    `exec java -Xmx192m ${lean} --add-opens java.base/java.lang=ALL-UNNAMED -cp ${quoted(hadoopClasspath(tools))} com.linkedin.camus.etl.kafka.CamusJob -P ${quoted(CAMUS_PROPERTIES)} "$@" >> ${quoted(CAMUS_LOG)} 2>&1`,
  ]);
  // What it is for, nobody has secured yet.
  if (!isSecured()) script("gobblin", [...env, gobblinCommand(p, tools, lean)]);
  script("yarn", [
    ...env,
    'case "$1" in',
    "logs) class=LogsCLI ;;",
    "application) class=ApplicationCLI ;;",
    '*) echo "yarn: logs and application are what this sandbox has" >&2; exit 2 ;;',
    "esac",
    "shift",
    `exec java -Xmx192m ${lean} -cp ${quoted(hadoopClasspath(tools))} org.apache.hadoop.yarn.client.cli.$class "$@"`,
  ]);
  const opens = [
    "java.base/java.lang",
    "java.base/java.nio",
    "java.base/java.util",
    "java.base/sun.nio.ch",
  ].map((name) => `--add-opens=${name}=ALL-UNNAMED`);
  const lib = join(tools.refine, "lib");
  const settings = {
    "spark.yarn.jars": `local:${lib}/*`,
    "spark.yarn.populateHadoopClasspath": "false",
    "spark.driver.memory": "512m",
    "spark.driver.memoryOverhead": "256m",
    "spark.executor.memory": "512m",
    "spark.executor.memoryOverhead": "256m",
    "spark.executor.instances": "1",
    "spark.executor.cores": "2",
    "spark.ui.enabled": "false",
    "spark.driver.extraClassPath": join(CONF_DIR, "spark"),
    "spark.executor.extraClassPath": join(CONF_DIR, "spark"),
    // Without these, driver and executors would take the machine's outer address in cluster mode.
    "spark.yarn.appMasterEnv.SPARK_LOCAL_IP": "127.0.0.1",
    "spark.executorEnv.SPARK_LOCAL_IP": "127.0.0.1",
    "spark.driver.extraJavaOptions": lean,
    "spark.executor.extraJavaOptions": lean,
    "spark.yarn.am.waitTime": "60s",
    "spark.yarn.scheduler.initial-allocation.interval": "50ms",
    "spark.yarn.scheduler.heartbeat.interval-ms": "500",
    "spark.yarn.maxAppAttempts": "1",
    "spark.scheduler.minRegisteredResourcesRatio": "0.0",
    "spark.hadoop.hive.metastore.uris": metastore,
    "spark.hadoop.hive.stats.autogather": "false",
    "spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version": "2",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.hive.manageFilesourcePartitions": "true",
    "spark.sql.statistics.size.autoUpdate.enabled": "false",
    "spark.sql.files.maxPartitionBytes": "134217728",
    "spark.sandbox.mmdb": tools.mmdb,
  };
  script("spark-submit", [
    ...env,
    "export SPARK_LOCAL_IP=127.0.0.1",
    `exec java -Xmx256m ${lean} ${opens.join(" ")} -cp ${quoted(`${join(CONF_DIR, "spark")}:${CONF_DIR}:${lib}/*`)} org.apache.spark.deploy.SparkSubmit --master yarn --deploy-mode cluster ${Object.entries(
      settings,
    )
      .map(([name, value]) => `--conf ${quoted(`${name}=${value}`)}`)
      .join(" ")} "$@"`,
  ]);
}
