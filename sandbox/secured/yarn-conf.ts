import { join } from "node:path";
import { ONE_QUEUE, type Settings, YARN_HERE } from "../platform/hadoop-conf";
import { SANDBOX_DIR } from "../platform/paths";
import type { Ports } from "../platform/ports";
import { KERBEROS_FLAGS, keytabOf, REALM } from "./kdc";

/** Its name begins like that of the open cluster: containers that a killed NodeManager has left are known by it. */
const DIR = join(SANDBOX_DIR, "yarn-secured");
const KEYTAB = keytabOf("services");
const principal = (service: string) => `${service}/localhost@${REALM}`;

/** The address of each of a ResourceManager's doors. */
const resourceManager = (
  id: "rm1" | "rm2",
  doors: Record<
    "address" | "scheduler" | "resource-tracker" | "admin" | "webapp.https",
    number
  >,
): Settings => ({
  [`yarn.resourcemanager.hostname.${id}`]: "localhost",
  ...Object.fromEntries(
    Object.entries(doors).map(([door, port]) => [
      door === "address"
        ? `yarn.resourcemanager.address.${id}`
        : `yarn.resourcemanager.${door}.address.${id}`,
      `localhost:${port}`,
    ]),
  ),
});

/**
 * Two ResourceManagers of which an administrator says which is active, with their state in a folder of this host, and a NodeManager.
 * @param confDir the cluster's `HADOOP_CONF_DIR`
 * @param lib the folder of the jars of Hadoop
 */
export const yarnSettings = (
  p: Ports,
  confDir: string,
  lib: string,
): Settings => ({
  "yarn.http.policy": "HTTPS_ONLY",
  "yarn.resourcemanager.ha.enabled": true,
  "yarn.resourcemanager.ha.rm-ids": "rm1,rm2",
  "yarn.resourcemanager.cluster-id": "sisyphus-yarn",
  "yarn.resourcemanager.ha.automatic-failover.enabled": false,
  "yarn.resourcemanager.ha.automatic-failover.embedded": false,
  ...resourceManager("rm1", {
    address: p.securedResourceManager1,
    scheduler: p.securedResourceManager1Scheduler,
    "resource-tracker": p.securedResourceManager1Tracker,
    admin: p.securedResourceManager1Admin,
    "webapp.https": p.securedResourceManager1Https,
  }),
  ...resourceManager("rm2", {
    address: p.securedResourceManager2,
    scheduler: p.securedResourceManager2Scheduler,
    "resource-tracker": p.securedResourceManager2Tracker,
    admin: p.securedResourceManager2Admin,
    "webapp.https": p.securedResourceManager2Https,
  }),
  "yarn.resourcemanager.bind-host": "127.0.0.1",
  "yarn.resourcemanager.recovery.enabled": true,
  "yarn.resourcemanager.store.class":
    "org.apache.hadoop.yarn.server.resourcemanager.recovery.FileSystemRMStateStore",
  "yarn.resourcemanager.fs.state-store.uri": `file://${join(DIR, "rm-state")}`,
  "yarn.resourcemanager.principal": principal("yarn"),
  "yarn.resourcemanager.keytab": KEYTAB,
  "yarn.resourcemanager.webapp.spnego-principal": principal("HTTP"),
  "yarn.resourcemanager.webapp.spnego-keytab-file": KEYTAB,
  "yarn.nodemanager.principal": principal("yarn"),
  "yarn.nodemanager.keytab": KEYTAB,
  "yarn.nodemanager.webapp.spnego-principal": principal("HTTP"),
  "yarn.nodemanager.webapp.spnego-keytab-file": KEYTAB,
  "yarn.resourcemanager.connect.max-wait.ms": 60_000,
  "yarn.resourcemanager.connect.retry-interval.ms": 1000,
  "yarn.client.failover-sleep-base-ms": 200,
  "yarn.client.failover-sleep-max-ms": 1000,
  "yarn.nodemanager.hostname": "localhost",
  "yarn.nodemanager.bind-host": "127.0.0.1",
  "yarn.nodemanager.address": `localhost:${p.securedNodeManager}`,
  "yarn.nodemanager.localizer.address": `localhost:${p.securedLocalizer}`,
  "yarn.nodemanager.webapp.https.address": `localhost:${p.securedNodeManagerHttps}`,
  "yarn.nodemanager.collector-service.address": `127.0.0.1:${p.securedCollector}`,
  "yarn.nodemanager.local-dirs": join(DIR, "local"),
  "yarn.nodemanager.log-dirs": join(DIR, "containers"),
  ...YARN_HERE,
  "yarn.application.classpath": `${confDir}:${lib}/*`,
  "yarn.nodemanager.env-whitelist": "JAVA_HOME",
  "yarn.acl.enable": true,
  "yarn.admin.acl": "yarn,hdfs",
});

export const schedulerSettings: Settings = {
  ...ONE_QUEUE,
  "yarn.scheduler.capacity.root.acl_administer_queue": " ",
  "yarn.scheduler.capacity.root.acl_submit_applications": "*",
};

/** @param lib the folder of the jars of Hadoop */
export const mapReduceSettings = (lib: string): Settings => {
  const options = [
    "-Xmx384m",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    ...KERBEROS_FLAGS,
  ].join(" ");
  return {
    "mapreduce.framework.name": "yarn",
    "mapreduce.application.classpath": `${join(lib, "..")}/*:${lib}/*`,
    "mapreduce.job.ubertask.enable": true,
    "mapreduce.map.memory.mb": 512,
    "yarn.app.mapreduce.am.resource.mb": 512,
    "yarn.app.mapreduce.am.command-opts": options,
    "mapreduce.map.java.opts": options,
    "yarn.app.mapreduce.am.staging-dir": "/user/staging",
    "mapreduce.jobhistory.address": "127.0.0.1:1",
    "yarn.app.mapreduce.client.max-retries": 3,
  };
};
