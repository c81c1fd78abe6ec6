import { portAnswers } from "../wait";
import { startHadoopDaemon } from "./hadoop-daemon";
import type { Service } from "./service";

export const dataNode: Service = {
  name: "datanode",
  title: "HDFS DataNode",
  port: "dataNodeHttp",
  also: ["dataNode", "dataNodeIpc"],
  start: (_, tools) =>
    startHadoopDaemon(
      "datanode",
      "org.apache.hadoop.hdfs.server.datanode.DataNode",
      160,
      tools,
    ),
  ready: (p) => portAnswers(p.dataNodeHttp),
};
