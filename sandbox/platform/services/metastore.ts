import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { CONF_DIR } from "../hadoop-conf";
import { hadoopEnv, heap, LEAN } from "../java";
import { SANDBOX_DIR } from "../paths";
import { launch } from "../processes";
import { portAnswers } from "../wait";
import type { Service } from "./service";

const DATA = join(SANDBOX_DIR, "metastore");

export const metastore: Service = {
  name: "metastore",
  title: "Hive metastore",
  port: "metastore",
  start: (p, tools) => {
    mkdirSync(DATA, { recursive: true });
    launch(
      "metastore",
      "java",
      [
        heap(256),
        ...LEAN,
        `-Dderby.system.home=${DATA}`,
        // The server itself must open the database, not call another metastore.
        "-Dhive.metastore.uris=",
        "-cp",
        `${CONF_DIR}:${tools.refine}/*:${tools.refine}/lib/*`,
        "org.sisyphus.sandbox.Metastore",
        String(p.metastore),
      ],
      { env: hadoopEnv },
    );
  },
  ready: (p) => portAnswers(p.metastore),
};
