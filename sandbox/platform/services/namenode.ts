import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { hadoopClasspath, hadoopEnv, LEAN } from "../java";
import { SANDBOX_DIR } from "../paths";
import { answersJson } from "../wait";
import { startHadoopDaemon } from "./hadoop-daemon";
import type { Service } from "./service";

const MAIN_CLASS = "org.apache.hadoop.hdfs.server.namenode.NameNode";

export const nameNode: Service = {
  name: "namenode",
  title: "HDFS NameNode",
  port: "nameNodeHttp",
  also: ["nameNode"],
  start: (_, tools) => {
    if (!existsSync(join(SANDBOX_DIR, "hdfs", "name", "current", "VERSION"))) {
      execFileSync(
        "java",
        [
          ...LEAN,
          "-cp",
          hadoopClasspath(tools),
          MAIN_CLASS,
          "-format",
          "-nonInteractive",
        ],
        { stdio: "ignore", env: { ...process.env, ...hadoopEnv } },
      );
    }
    startHadoopDaemon("namenode", MAIN_CLASS, 192, tools);
  },
  // Before it knows a DataNode, it answers and nothing can be written.
  ready: (p) =>
    answersJson(
      `http://127.0.0.1:${p.nameNodeHttp}/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState`,
      (body: { beans: { FSState: string; NumLiveDataNodes: number }[] }) =>
        body.beans[0]?.FSState === "Operational" &&
        body.beans[0].NumLiveDataNodes > 0,
    ),
  link: (p) => `http://127.0.0.1:${p.nameNodeHttp}/`,
};
