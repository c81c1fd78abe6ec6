import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ports } from "../platform/ports";
import type { Service } from "../platform/services/service";
import type { Tools } from "../platform/tools";
import { portAnswers } from "../platform/wait";
import { SECURED_DIR } from "./hadoop-conf";
import { hadoopProgram, runSecured, startSecured } from "./java";
import { ticketCache } from "./tickets";

const NAME_NODE = "org.apache.hadoop.hdfs.server.namenode.NameNode";

/** There once HDFS has the folders that an administrator makes for others. */
const FOLDERS_MADE = join(SECURED_DIR, "folders-made");

/** The NameNodes' ids in Hadoop's configuration. */
export type NameNodeId = "nn1" | "nn2";

const formatted = (id: NameNodeId) =>
  existsSync(join(SECURED_DIR, id, "current", "VERSION"));

export const journalNode: Service = {
  name: "journalnode",
  title: "HDFS JournalNode",
  port: "journalNode",
  also: ["journalNodeHttps"],
  after: ["kdc"],
  start: (_, tools) => {
    mkdirSync(SECURED_DIR, { recursive: true });
    startSecured(
      "journalnode",
      hadoopProgram(
        tools,
        "org.apache.hadoop.hdfs.qjournal.server.JournalNode",
      ),
    );
  },
  ready: (p) => portAnswers(p.journalNode),
};

const nameNodeOf = (id: NameNodeId, tools: Tools, args: string[] = []) =>
  hadoopProgram(tools, NAME_NODE, [
    ...["-D", `dfs.ha.namenode.id=${id}`],
    ...args,
  ]);

/** Says to HDFS' own tool, as its superuser, which NameNode is to be active. @param args such as `-failover nn1 nn2` */
export const haAdmin = (tools: Tools, args: string[]): string =>
  runSecured(
    hadoopProgram(tools, "org.apache.hadoop.hdfs.tools.DFSHAAdmin", args),
    ticketCache("admin"),
  );

/** The first NameNode, which is made the active one where neither is. */
export const nameNode1: Service = {
  name: "secured-namenode-1",
  title: "Secured NameNode 1",
  port: "securedNameNode1Https",
  also: ["securedNameNode1"],
  after: ["journalnode"],
  start: (_, tools) => {
    if (!formatted("nn1"))
      runSecured(nameNodeOf("nn1", tools, ["-format", "-nonInteractive"]));
    startSecured("secured-namenode-1", nameNodeOf("nn1", tools));
  },
  ready: (p) => portAnswers(p.securedNameNode1Https),
};

/** The second one, which begins with what the first one has. */
export const nameNode2: Service = {
  name: "secured-namenode-2",
  title: "Secured NameNode 2",
  port: "securedNameNode2Https",
  also: ["securedNameNode2"],
  after: ["secured-namenode-1"],
  start: (_, tools) => {
    if (!formatted("nn2"))
      runSecured(
        nameNodeOf("nn2", tools, ["-bootstrapStandby", "-nonInteractive"]),
      );
    startSecured("secured-namenode-2", nameNodeOf("nn2", tools));
  },
  ready: (p) => portAnswers(p.securedNameNode2Https),
  whenReady: async (_, tools) => {
    const states = haAdmin(tools, ["-getAllServiceState"]);
    if (!states.includes("active"))
      haAdmin(tools, ["-transitionToActive", "nn1"]);
  },
};

export const securedDataNode: Service = {
  name: "secured-datanode",
  title: "Secured DataNode",
  port: "securedDataNodeHttps",
  also: ["securedDataNode", "securedDataNodeIpc"],
  after: ["secured-namenode-2"],
  start: (_, tools) =>
    startSecured(
      "secured-datanode",
      hadoopProgram(tools, "org.apache.hadoop.hdfs.server.datanode.DataNode"),
    ),
  ready: (p: Ports) => portAnswers(p.securedDataNodeHttps),
  whenReady: async (_, tools) => {
    if (existsSync(FOLDERS_MADE)) return;
    const fs = (...args: string[]) =>
      runSecured(
        hadoopProgram(tools, "org.apache.hadoop.fs.FsShell", args),
        ticketCache("admin"),
      );
    const owned = ["/wmf", "/user/sisyphus"];
    const everybodys = ["/user/staging", "/var/log/hadoop-yarn/apps", "/tmp"];
    fs("-mkdir", "-p", ...owned, ...everybodys);
    fs("-chown", "sisyphus", ...owned);
    fs("-chmod", "1777", ...everybodys);
    writeFileSync(FOLDERS_MADE, "");
  },
};
