import type { ClusterSettings } from "../platform/cluster";
import { CONF_DIR } from "../platform/hadoop-conf";
import { MYSQL_PASSWORD_FILE, MYSQL_USER } from "./mysql";
import type { Ports } from "../platform/ports";
import { CA } from "./certificates";
import { keytabOf, REALM } from "./kdc";

/** What an operator would write of a secured cluster: where Hadoop's own configuration is, and who Sisyphus is. */
export const securedCluster = (p: Ports): ClusterSettings => ({
  cluster: { hadoopConf: CONF_DIR },
  kafka: { brokers: [`localhost:${p.kafkaSasl}`] },
  mysql: {
    host: "localhost",
    port: p.mariadb,
    user: MYSQL_USER.name,
    password: { file: MYSQL_PASSWORD_FILE },
    tls: { ca: CA },
  },
  security: {
    kerberos: {
      principal: `sisyphus@${REALM}`,
      keytab: keytabOf("sisyphus"),
    },
    hadoop: { tls: { ca: CA } },
    kafka: { tls: { ca: CA }, sasl: { mechanism: "gssapi" } },
  },
  // Hadoop's own configuration has them.
  hdfs: {},
  yarn: {},
});
