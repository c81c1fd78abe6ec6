import { answersJson } from "../wait";
import { startHadoopDaemon } from "./hadoop-daemon";
import type { Service } from "./service";

export const resourceManager: Service = {
  name: "resourcemanager",
  title: "YARN ResourceManager",
  port: "resourceManagerWeb",
  also: [
    "resourceManager",
    "scheduler",
    "resourceTracker",
    "resourceManagerAdmin",
  ],
  start: (_, tools) =>
    startHadoopDaemon(
      "resourcemanager",
      "org.apache.hadoop.yarn.server.resourcemanager.ResourceManager",
      256,
      tools,
    ),
  // Before a NodeManager has registered, it answers and no application can run.
  ready: (p) =>
    answersJson(
      `http://127.0.0.1:${p.resourceManagerWeb}/ws/v1/cluster/metrics`,
      (body: { clusterMetrics: { activeNodes: number } }) =>
        body.clusterMetrics.activeNodes > 0,
    ),
  link: (p) => `http://127.0.0.1:${p.resourceManagerWeb}/cluster`,
};
