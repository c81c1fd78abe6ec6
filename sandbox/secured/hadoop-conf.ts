import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  CONF_DIR,
  type Settings,
  writeLogSettings,
  xml,
} from "../platform/hadoop-conf";
import { SANDBOX_DIR } from "../platform/paths";
import type { Ports } from "../platform/ports";
import type { Tools } from "../platform/tools";
import {
  mapReduceSettings,
  schedulerSettings,
  yarnSettings,
} from "./yarn-conf";
import {
  keystoreOf,
  makeCertificates,
  STORE_PASSWORD,
  TRUSTED,
} from "./certificates";
import { keytabOf, REALM } from "./kdc";

export const SECURED_DIR = join(SANDBOX_DIR, "secured-hdfs");
/** The name service of the two NameNodes. */
export const NAME_SERVICE = "sisyphus";

const principal = (service: string) => `${service}/localhost@${REALM}`;

const KEYTAB = keytabOf("services");

const core: Settings = {
  "fs.defaultFS": `hdfs://${NAME_SERVICE}`,
  "hadoop.tmp.dir": join(SECURED_DIR, "tmp"),
  "hadoop.security.authentication": "kerberos",
  "hadoop.security.authorization": true,
  "hadoop.rpc.protection": "authentication",
  // Users that this host does not know.
  "hadoop.user.group.static.mapping.overrides":
    "hdfs=hdfs;yarn=hadoop;hive=hadoop;HTTP=hadoop;sisyphus=analytics;stranger=strangers;dr.who=",
  "hadoop.http.filter.initializers":
    "org.apache.hadoop.security.AuthenticationFilterInitializer",
  "hadoop.http.authentication.type": "kerberos",
  "hadoop.http.authentication.kerberos.principal": principal("HTTP"),
  "hadoop.http.authentication.kerberos.keytab": KEYTAB,
  "hadoop.http.authentication.signature.secret.file": join(
    CONF_DIR,
    "http-secret",
  ),
  "hadoop.http.authentication.simple.anonymous.allowed": false,
  // Short enough that cookies end while tests run.
  "hadoop.http.authentication.token.validity": 20,
  "hadoop.ssl.require.client.cert": false,
  "hadoop.ssl.hostname.verifier": "DEFAULT",
  "hadoop.ssl.server.conf": "ssl-server.xml",
  "hadoop.ssl.client.conf": "ssl-client.xml",
  "ipc.client.connect.max.retries": 3,
  // A program whose ticket has ended while it ran finds the next one in its cache.
  "hadoop.kerberos.min.seconds.before.relogin": 1,
  // The metastore makes folders in the name of who asks it.
  "hadoop.proxyuser.hive.hosts": "*",
  "hadoop.proxyuser.hive.groups": "*",
};

/** Two NameNodes of which an administrator says which is active, a JournalNode, a DataNode. */
const hdfs = (p: Ports): Settings => {
  const ns = NAME_SERVICE;
  const at = (port: number) => `127.0.0.1:${port}`;
  const nameNode = (id: string, rpc: number, https: number): Settings => ({
    [`dfs.namenode.rpc-address.${ns}.${id}`]: at(rpc),
    [`dfs.namenode.https-address.${ns}.${id}`]: `localhost:${https}`,
    [`dfs.namenode.name.dir.${ns}.${id}`]: `file://${join(SECURED_DIR, id)}`,
  });
  return {
    "dfs.nameservices": ns,
    [`dfs.ha.namenodes.${ns}`]: "nn1,nn2",
    ...nameNode("nn1", p.securedNameNode1, p.securedNameNode1Https),
    ...nameNode("nn2", p.securedNameNode2, p.securedNameNode2Https),
    "dfs.namenode.rpc-bind-host": "127.0.0.1",
    "dfs.namenode.https-bind-host": "127.0.0.1",
    "dfs.namenode.shared.edits.dir": `qjournal://${at(p.journalNode)}/${ns}`,
    "dfs.journalnode.edits.dir": join(SECURED_DIR, "journal"),
    "dfs.journalnode.rpc-address": at(p.journalNode),
    "dfs.journalnode.https-address": `localhost:${p.journalNodeHttps}`,
    // As anybody else it would look well until a fail-over, in which the standby could not read it.
    "dfs.journalnode.kerberos.principal": principal("hdfs"),
    "dfs.journalnode.keytab.file": KEYTAB,
    "dfs.journalnode.kerberos.internal.spnego.principal": principal("HTTP"),
    [`dfs.client.failover.proxy.provider.${ns}`]:
      "org.apache.hadoop.hdfs.server.namenode.ha.ConfiguredFailoverProxyProvider",
    "dfs.ha.automatic-failover.enabled": false,
    "dfs.ha.fencing.methods": "shell(/bin/true)",
    "dfs.ha.tail-edits.period": 1,
    "dfs.ha.standby.checkpoints": false,
    "dfs.datanode.data.dir": `file://${join(SECURED_DIR, "data")}`,
    "dfs.datanode.address": at(p.securedDataNode),
    "dfs.datanode.https.address": at(p.securedDataNodeHttps),
    "dfs.datanode.ipc.address": at(p.securedDataNodeIpc),
    "dfs.datanode.hostname": "localhost",
    "dfs.namenode.datanode.registration.ip-hostname-check": false,
    "dfs.datanode.du.reserved": 0,
    "dfs.replication": 1,
    "dfs.namenode.safemode.extension": 0,
    "dfs.permissions.superusergroup": "hdfs",
    "dfs.heartbeat.interval": 1,
    "dfs.blocksize": 8 << 20,
    "dfs.namenode.fs-limits.min-block-size": 1024,
    "dfs.http.policy": "HTTPS_ONLY",
    "dfs.block.access.token.enable": true,
    "dfs.data.transfer.protection": "authentication",
    "dfs.encrypt.data.transfer": false,
    "dfs.namenode.kerberos.principal": principal("hdfs"),
    "dfs.namenode.keytab.file": KEYTAB,
    "dfs.datanode.kerberos.principal": principal("hdfs"),
    "dfs.datanode.keytab.file": KEYTAB,
    "dfs.web.authentication.kerberos.principal": principal("HTTP"),
    "dfs.web.authentication.kerberos.keytab": KEYTAB,
  };
};

const hive = (p: Ports): Settings => ({
  "hive.metastore.uris": `thrift://localhost:${p.securedMetastore}`,
  "hive.metastore.sasl.enabled": true,
  "hive.metastore.kerberos.principal": `hive/_HOST@${REALM}`,
  "hive.metastore.kerberos.keytab.file": KEYTAB,
  "hive.metastore.warehouse.dir": "/wmf/warehouse",
  "javax.jdo.option.ConnectionURL": `jdbc:derby:;databaseName=${join(SANDBOX_DIR, "secured-metastore", "db")};create=true`,
  "javax.jdo.option.ConnectionDriverName":
    "org.apache.derby.jdbc.EmbeddedDriver",
  "datanucleus.schema.autoCreateAll": true,
  "hive.metastore.schema.verification": false,
  "hive.metastore.event.db.notification.api.auth": false,
});

const store = (side: "server" | "client", name: string, path: string) => ({
  [`ssl.${side}.${name}.location`]: path,
  [`ssl.${side}.${name}.password`]: STORE_PASSWORD,
  [`ssl.${side}.${name}.type`]: "pkcs12",
});

/** Writes what the secured cluster's daemons and clients share, and the certificates that they need. */
export function writeSecuredConf(p: Ports, tools: Tools): void {
  makeCertificates();
  mkdirSync(CONF_DIR, { recursive: true });
  const write = (name: string, settings: Settings) =>
    writeFileSync(join(CONF_DIR, name), xml(settings));
  write("core-site.xml", core);
  write("hdfs-site.xml", hdfs(p));
  write("hive-site.xml", hive(p));
  const lib = join(tools.camus, "lib");
  write("yarn-site.xml", yarnSettings(p, CONF_DIR, lib));
  write("capacity-scheduler.xml", schedulerSettings);
  write("mapred-site.xml", mapReduceSettings(lib));
  write("ssl-server.xml", {
    ...store("server", "keystore", keystoreOf("localhost")),
    "ssl.server.keystore.keypassword": STORE_PASSWORD,
    ...store("server", "truststore", TRUSTED),
  });
  write("ssl-client.xml", store("client", "truststore", TRUSTED));
  writeFileSync(
    join(CONF_DIR, "http-secret"),
    "signs cookies that prove nothing outside of the sandbox",
    { mode: 0o600 },
  );
  writeLogSettings();
}
