import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { SANDBOX_DIR } from "../platform/paths";
import type { Service } from "../platform/services/service";
import { portAnswers } from "../platform/wait";
import { startSecured } from "./java";

const DATA = join(SANDBOX_DIR, "secured-metastore");

/** A Hive metastore that wants to know by Kerberos who asks. */
export const securedMetastore: Service = {
  name: "secured-metastore",
  title: "Secured Hive metastore",
  port: "securedMetastore",
  after: ["kdc", "secured-datanode"],
  start: (p, tools) => {
    mkdirSync(DATA, { recursive: true });
    startSecured("secured-metastore", {
      jars: tools.refine,
      heapMb: 256,
      flags: [`-Dderby.system.home=${DATA}`, "-Dhive.metastore.uris="],
      main: "org.sisyphus.sandbox.Metastore",
      args: [String(p.securedMetastore)],
    });
  },
  ready: (p) => portAnswers(p.securedMetastore),
};
