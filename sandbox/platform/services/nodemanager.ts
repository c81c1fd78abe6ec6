import { portAnswers } from "../wait";
import { startHadoopDaemon } from "./hadoop-daemon";
import type { Service } from "./service";

export const nodeManager: Service = {
  name: "nodemanager",
  title: "YARN NodeManager",
  port: "nodeManagerWeb",
  also: ["nodeManager", "localizer"],
  start: (_, tools) =>
    startHadoopDaemon(
      "nodemanager",
      "org.apache.hadoop.yarn.server.nodemanager.NodeManager",
      192,
      tools,
    ),
  ready: (p) => portAnswers(p.nodeManagerWeb),
};
