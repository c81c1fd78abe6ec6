import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { CONFIG_FILE } from "../platform/config";
import { SANDBOX_DIR } from "../platform/paths";
import type { Ports } from "../platform/ports";
import { CA } from "./certificates";
import { SECURED_CONF_DIR } from "./hadoop-conf";
import { keytabOf, REALM } from "./kdc";

/** The `sisyphus.yaml` of the secured cluster. */
export const SECURED_CONFIG_FILE = join(SANDBOX_DIR, "sisyphus-secured.yaml");

/** Writes what an operator would write for the secured cluster: Hadoop's own configuration, and who Sisyphus is. */
export function writeSecuredConfig(p: Ports): void {
  const open = parse(readFileSync(CONFIG_FILE, "utf8")) as Record<
    string,
    object
  >;
  // Hadoop's own configuration has them.
  delete open["hive"];
  const { resourceManager: _, ...yarn } = open["yarn"] as Record<
    string,
    unknown
  >;
  const config = {
    ...open,
    cluster: { hadoopConf: SECURED_CONF_DIR },
    kafka: { brokers: [`localhost:${p.kafkaSasl}`] },
    hdfs: { user: "sisyphus" },
    yarn,
    security: {
      kerberos: {
        principal: `sisyphus@${REALM}`,
        keytab: keytabOf("sisyphus"),
      },
      hadoop: { tls: { ca: CA } },
      kafka: { tls: { ca: CA }, sasl: { mechanism: "gssapi" } },
    },
  };
  writeFileSync(SECURED_CONFIG_FILE, stringify(config));
}
