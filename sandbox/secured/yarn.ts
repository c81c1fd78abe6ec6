import type { Service } from "../platform/services/service";
import type { Tools } from "../platform/tools";
import { portAnswers } from "../platform/wait";
import { hadoopProgram, runSecured, startSecured } from "./java";
import { ticketCache } from "./tickets";

const RESOURCE_MANAGER =
  "org.apache.hadoop.yarn.server.resourcemanager.ResourceManager";

/** Says to YARN's own tool, as an administrator, which ResourceManager is to be active. @param args such as `-transitionToActive rm1` */
export const rmAdmin = (tools: Tools, args: string[]): string =>
  runSecured(
    hadoopProgram(tools, "org.apache.hadoop.yarn.client.cli.RMAdminCLI", args),
    ticketCache("admin"),
  );

const start = (id: "rm1" | "rm2", name: string, tools: Tools) =>
  startSecured(
    name,
    hadoopProgram(tools, RESOURCE_MANAGER, [
      ...["-D", `yarn.resourcemanager.ha.id=${id}`],
    ]),
  );

export const resourceManager1: Service = {
  name: "secured-resourcemanager-1",
  title: "Secured ResourceMgr. 1",
  port: "securedResourceManager1Https",
  also: [
    "securedResourceManager1",
    "securedResourceManager1Scheduler",
    "securedResourceManager1Tracker",
    "securedResourceManager1Admin",
  ],
  after: ["secured-datanode"],
  start: (_, tools) => start("rm1", "secured-resourcemanager-1", tools),
  ready: (p) => portAnswers(p.securedResourceManager1Https),
};

/** The second one; the first is made the active one where neither is. */
export const resourceManager2: Service = {
  name: "secured-resourcemanager-2",
  title: "Secured ResourceMgr. 2",
  port: "securedResourceManager2Https",
  also: [
    "securedResourceManager2",
    "securedResourceManager2Scheduler",
    "securedResourceManager2Tracker",
    "securedResourceManager2Admin",
  ],
  after: ["secured-resourcemanager-1"],
  start: (_, tools) => start("rm2", "secured-resourcemanager-2", tools),
  ready: (p) => portAnswers(p.securedResourceManager2Https),
  whenReady: async (_, tools) => {
    if (!rmAdmin(tools, ["-getAllServiceState"]).includes("active"))
      rmAdmin(tools, ["-transitionToActive", "rm1"]);
  },
};

export const securedNodeManager: Service = {
  name: "secured-nodemanager",
  title: "Secured NodeManager",
  port: "securedNodeManagerHttps",
  also: ["securedNodeManager", "securedLocalizer"],
  after: ["secured-resourcemanager-2"],
  start: (_, tools) =>
    startSecured("secured-nodemanager", {
      ...hadoopProgram(
        tools,
        "org.apache.hadoop.yarn.server.nodemanager.NodeManager",
      ),
      before: tools.plainIo,
    }),
  ready: (p) => portAnswers(p.securedNodeManagerHttps),
};
