import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SANDBOX_DIR } from "./paths";
import type { Ports } from "./ports";

/** Where daemons and clients find their settings (`HADOOP_CONF_DIR`). */
export const CONF_DIR = join(SANDBOX_DIR, "conf");

/**
 * How the NodeManager writes aggregated logs, as `SISYPHUS_SANDBOX_LOGS` says: `TFile/none` (YARN's own default),
 * `TFile/gz`, `IFile/none` or `IFile/gz`. @throws Error on anything else
 */
function logFormat(): { format: string; codec: string } {
  const given = process.env["SISYPHUS_SANDBOX_LOGS"] ?? "TFile/none";
  const m = /^(TFile|IFile)\/(none|gz)$/.exec(given);
  if (!m)
    throw new Error(
      `SISYPHUS_SANDBOX_LOGS: got "${given}", allowed are TFile or IFile, a slash, none or gz`,
    );
  return { format: m[1]!, codec: m[2]! };
}

export type Settings = Record<string, string | number | boolean>;

/** Settings as Hadoop reads them from a file. */
export const xml = (settings: Settings) =>
  `<?xml version="1.0"?>\n<configuration>\n${Object.entries(settings)
    .map(
      ([name, value]) =>
        `  <property><name>${name}</name><value>${String(value).replaceAll("&", "&amp;").replaceAll("<", "&lt;")}</value></property>`,
    )
    .join("\n")}\n</configuration>\n`;

/** A YARN of one small machine, whose logs are aggregated. */
export const YARN_HERE: Settings = {
  "yarn.nodemanager.disk-health-checker.enable": false,
  "yarn.nodemanager.pmem-check-enabled": false,
  "yarn.nodemanager.vmem-check-enabled": false,
  "yarn.nodemanager.resource.memory-mb": 3072,
  "yarn.nodemanager.resource.cpu-vcores": 8,
  "yarn.nodemanager.heartbeat.interval-ms": 250,
  "yarn.resourcemanager.nodemanagers.heartbeat-interval-ms": 250,
  "yarn.nodemanager.sleep-delay-before-sigkill.ms": 2000,
  "yarn.scheduler.minimum-allocation-mb": 128,
  "yarn.log-aggregation-enable": true,
  "yarn.nodemanager.remote-app-log-dir": "/var/log/hadoop-yarn/apps",
  "yarn.nodemanager.delete.debug-delay-sec": 0,
};

/** One queue, in which many small applications may run at a time. */
export const ONE_QUEUE: Settings = {
  "yarn.scheduler.capacity.root.queues": "default",
  "yarn.scheduler.capacity.root.default.capacity": 100,
  "yarn.scheduler.capacity.maximum-am-resource-percent": 0.8,
  "yarn.scheduler.capacity.node-locality-delay": -1,
};

/**
 * Writes the Hadoop, Hive and log4j settings that clients and daemons share.
 * @param lib the folder of the importer's jars, which YARN puts on its applications' class path
 */
export function writeHadoopConf(p: Ports, lib: string): void {
  mkdirSync(CONF_DIR, { recursive: true });
  const at = (port: number) => `127.0.0.1:${port}`;
  const write = (name: string, settings: Settings) =>
    writeFileSync(join(CONF_DIR, name), xml(settings));
  const opens = "--add-opens=java.base/java.lang=ALL-UNNAMED";
  const logs = logFormat();
  const small = `${opens} -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto`;
  write("core-site.xml", {
    "fs.defaultFS": `hdfs://${at(p.nameNode)}`,
    "hadoop.tmp.dir": join(SANDBOX_DIR, "tmp"),
    "hadoop.proxyuser.hdfs.hosts": "*",
    "hadoop.proxyuser.hdfs.groups": "*",
    "ipc.client.connect.max.retries": 30,
  });
  write("hdfs-site.xml", {
    "dfs.namenode.rpc-bind-host": "127.0.0.1",
    "dfs.namenode.http-address": at(p.nameNodeHttp),
    "dfs.namenode.name.dir": `file://${join(SANDBOX_DIR, "hdfs", "name")}`,
    "dfs.datanode.data.dir": `file://${join(SANDBOX_DIR, "hdfs", "data")}`,
    "dfs.datanode.address": at(p.dataNode),
    "dfs.datanode.http.address": at(p.dataNodeHttp),
    "dfs.datanode.ipc.address": at(p.dataNodeIpc),
    "dfs.datanode.hostname": "127.0.0.1",
    "dfs.namenode.datanode.registration.ip-hostname-check": false,
    "dfs.replication": 1,
    "dfs.namenode.safemode.extension": 0,
    "dfs.permissions.superusergroup": "hdfs",
    "dfs.namenode.fs-limits.min-block-size": 1024,
    // A block that is being written reserves its whole size, and an importer that catches up has a file open for each
    // topic and hour.
    "dfs.blocksize": 8 << 20,
    // Closing a file polls for its last block. The default's first pause is 400 ms, far longer than the block takes here.
    "dfs.client.block.write.locateFollowingBlock.initial.delay.ms": 4,
    "dfs.datanode.du.reserved": 0,
    "dfs.heartbeat.interval": 1,
  });
  write("yarn-site.xml", {
    "yarn.resourcemanager.hostname": "127.0.0.1",
    "yarn.resourcemanager.bind-host": "127.0.0.1",
    "yarn.resourcemanager.address": at(p.resourceManager),
    "yarn.resourcemanager.scheduler.address": at(p.scheduler),
    "yarn.resourcemanager.resource-tracker.address": at(p.resourceTracker),
    "yarn.resourcemanager.admin.address": at(p.resourceManagerAdmin),
    "yarn.resourcemanager.webapp.address": at(p.resourceManagerWeb),
    "yarn.resourcemanager.recovery.enabled": true,
    "yarn.resourcemanager.store.class":
      "org.apache.hadoop.yarn.server.resourcemanager.recovery.FileSystemRMStateStore",
    "yarn.resourcemanager.fs.state-store.uri": `file://${join(SANDBOX_DIR, "yarn", "rm-state")}`,
    "yarn.nodemanager.hostname": "127.0.0.1",
    "yarn.nodemanager.bind-host": "127.0.0.1",
    "yarn.nodemanager.address": at(p.nodeManager),
    "yarn.nodemanager.localizer.address": at(p.localizer),
    "yarn.nodemanager.webapp.address": at(p.nodeManagerWeb),
    "yarn.nodemanager.local-dirs": join(SANDBOX_DIR, "yarn", "local"),
    "yarn.nodemanager.log-dirs": join(SANDBOX_DIR, "yarn", "containers"),
    ...YARN_HERE,
    "yarn.log-aggregation.file-formats": logs.format,
    "yarn.log-aggregation.file-controller.IFile.class":
      "org.apache.hadoop.yarn.logaggregation.filecontroller.ifile.LogAggregationIndexedFileController",
    "yarn.nodemanager.log-aggregation.compression-type": logs.codec,
    "yarn.application.classpath": `${CONF_DIR}:${lib}/*`,
    "yarn.nodemanager.env-whitelist": "JAVA_HOME,HADOOP_USER_NAME",
    "yarn.app.attempt.diagnostics.limit.kc": 64,
  });
  write("capacity-scheduler.xml", ONE_QUEUE);
  write("mapred-site.xml", {
    "mapreduce.framework.name": "yarn",
    "mapreduce.application.classpath": `${join(lib, "..")}/*:${lib}/*`,
    // The importer is map-only and runs inside its application master. So no shuffle service is needed; it would listen on
    // all addresses.
    "mapreduce.job.ubertask.enable": true,
    "mapreduce.map.memory.mb": 512,
    "yarn.app.mapreduce.am.resource.mb": 512,
    "yarn.app.mapreduce.am.command-opts": `-Xmx384m ${small}`,
    "mapreduce.map.java.opts": `-Xmx384m ${small}`,
    "mapreduce.client.completion.pollinterval": 300,
    "mapreduce.client.progressmonitor.pollinterval": 300,
    "yarn.app.mapreduce.am.staging-dir": "/tmp/hadoop-yarn/staging",
    "mapreduce.cluster.acls.enabled": false,
    "mapreduce.jobhistory.address": "127.0.0.1:1",
    "yarn.app.mapreduce.client.max-retries": 3,
  });
  write("hive-site.xml", {
    "hive.metastore.uris": `thrift://${at(p.metastore)}`,
    "hive.metastore.warehouse.dir": "/wmf/warehouse",
    "javax.jdo.option.ConnectionURL": `jdbc:derby:;databaseName=${join(SANDBOX_DIR, "metastore", "db")};create=true`,
    "javax.jdo.option.ConnectionDriverName":
      "org.apache.derby.jdbc.EmbeddedDriver",
    "datanucleus.schema.autoCreateAll": true,
    "hive.metastore.schema.verification": false,
    "hive.metastore.event.db.notification.api.auth": false,
  });
  writeLogSettings();
}

/** Writes what daemons, clients and Spark's applications log. */
export function writeLogSettings(): void {
  writeFileSync(
    join(CONF_DIR, "log4j.properties"),
    [
      "log4j.rootLogger=INFO,console",
      "log4j.appender.console=org.apache.log4j.ConsoleAppender",
      "log4j.appender.console.target=System.err",
      "log4j.appender.console.layout=org.apache.log4j.PatternLayout",
      "log4j.appender.console.layout.ConversionPattern=%d{yy/MM/dd HH:mm:ss} %p %c{2}: %m%n",
      "log4j.logger.org.apache.kafka=WARN",
      "log4j.logger.BlockStateChange=WARN",
      "log4j.logger.org.apache.hadoop.hdfs.StateChange=WARN",
      "log4j.logger.org.apache.hadoop.hdfs.server.namenode.FSNamesystem.audit=WARN",
    ].join("\n"),
  );
  mkdirSync(join(CONF_DIR, "spark"), { recursive: true });
  writeFileSync(
    join(CONF_DIR, "spark", "log4j2.properties"),
    [
      "rootLogger.level = warn",
      "rootLogger.appenderRef.stderr.ref = console",
      "appender.console.type = Console",
      "appender.console.name = console",
      "appender.console.target = SYSTEM_ERR",
      "appender.console.layout.type = PatternLayout",
      "appender.console.layout.pattern = %d{yy/MM/dd HH:mm:ss} %p %c{1}: %m%n%ex",
      ...["Refine", "JsonRefine", "DataFrameToHive", "RefineTarget"].flatMap(
        (name) => [
          `logger.${name}.name = ${name}`,
          `logger.${name}.level = info`,
        ],
      ),
      "logger.am.name = org.apache.spark.deploy.yarn",
      "logger.am.level = info",
    ].join("\n"),
  );
}
