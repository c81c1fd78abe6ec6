import { hadoopSettings } from "../../../../domain/settings/hadoop-settings";

const settings = (conf: Record<string, string>) =>
  hadoopSettings(new Map(Object.entries(conf)));

/** Of a configuration that does not say who wants to know who asks. */
const OPEN = { hadoop: {}, metastore: {} };

test("two NameNodes and two ResourceManagers over https", () => {
  expect(
    settings({
      "fs.defaultFS": "hdfs://analytics",
      "dfs.nameservices": "analytics, other",
      "dfs.ha.namenodes.analytics": "nn1,nn2",
      "dfs.ha.namenodes.other": "nn3",
      "dfs.http.policy": "HTTPS_ONLY",
      "dfs.namenode.rpc-address.analytics.nn1": "an1:8020",
      "dfs.namenode.rpc-address.analytics.nn2": "an2:8020",
      "dfs.namenode.https-address.analytics.nn1": "an1:50470",
      "dfs.namenode.http-address.analytics.nn1": "an1:50070",
      "dfs.namenode.https-address.analytics.nn2": "0.0.0.0:50471",
      "yarn.http.policy": "HTTPS_ONLY",
      "yarn.resourcemanager.ha.enabled": "true",
      "yarn.resourcemanager.ha.rm-ids": "rm1,rm2",
      "yarn.resourcemanager.webapp.https.address.rm1": "rm1:8190",
      "yarn.resourcemanager.hostname.rm2": "rm2",
      "yarn.nodemanager.remote-app-log-dir": "/var/log/apps",
      "yarn.nodemanager.remote-app-log-dir-suffix": "logs",
      "yarn.log-aggregation.file-formats": "IFile,TFile",
      "yarn.log-aggregation.IFile.remote-app-log-dir": "/var/log/ifile",
      "yarn.log-aggregation.IFile.remote-app-log-dir-suffix": "ilogs",
      "hive.metastore.uris": "thrift://hive1:9083,thrift://hive2:9083",
    }),
  ).toEqual({
    hdfs: {
      webhdfs: ["https://an1:50470", "https://an2:50471"],
      services: ["analytics", "an1:8020", "an2:8020"],
    },
    yarn: {
      resourceManager: ["https://rm1:8190", "https://rm2:8090"],
      logDir: "/var/log/apps",
      moreLogDirs: ["/var/log/ifile"],
      logDirSuffixes: ["logs", "ilogs"],
    },
    hive: { metastore: ["hive1:9083", "hive2:9083"] },
    security: OPEN,
  });
});

test("one of each, with Hadoop's own ports", () => {
  expect(
    settings({
      "fs.defaultFS": "hdfs://nn:8020/",
      "yarn.resourcemanager.hostname": "rm",
      "hive.metastore.uris": "thrift://hive:9083",
    }),
  ).toEqual({
    hdfs: { webhdfs: ["http://nn:9870"] },
    // Hadoop's own default, as for the ports.
    yarn: { resourceManager: ["http://rm:8088"], logDir: "/tmp/logs" },
    hive: { metastore: ["hive:9083"] },
    security: OPEN,
  });
});

test("what Hadoop writes otherwise is read as it means it", () => {
  expect(
    settings({
      "fs.defaultFS": "hdfs://nn:8020",
      "dfs.http.policy": "https_only",
      "yarn.resourcemanager.ha.enabled": "TRUE",
      "yarn.resourcemanager.ha.rm-ids": "a",
      "yarn.resourcemanager.webapp.address.a": "rm:8088",
      "yarn.nodemanager.remote-app-log-dir": "hdfs://nn:8020/logs",
      "hive.metastore.uris": "thrift://hive:9083/",
    }),
  ).toEqual({
    hdfs: { webhdfs: ["https://nn:9871"] },
    yarn: { resourceManager: ["http://rm:8088"], logDir: "/logs" },
    hive: { metastore: ["hive:9083"] },
    security: OPEN,
  });
});

test("what is not said is not made up", () => {
  const nothing = { hdfs: {}, yarn: {}, hive: {}, security: OPEN };
  expect(settings({})).toEqual(nothing);
  expect(settings({ "fs.defaultFS": "file:///" })).toEqual(nothing);
  expect(
    settings({ "yarn.resourcemanager.webapp.address": "${host}:8088" }),
  ).toEqual(nothing);
  expect(
    settings({
      "fs.defaultFS": "hdfs://analytics",
      "dfs.nameservices": "analytics",
      "dfs.ha.namenodes.analytics": "nn1,nn2",
      "dfs.namenode.http-address.analytics.nn1": "an1:9870",
    }).hdfs,
  ).toEqual({ services: ["analytics"] });
});

test("who wants to know by Kerberos who asks", () => {
  const secured = {
    "hadoop.security.authentication": " Kerberos ",
    "hive.metastore.sasl.enabled": "true",
    "hive.metastore.kerberos.principal": "hive/_HOST@EXAMPLE.ORG",
  };
  expect(settings(secured).security).toEqual({
    hadoop: { kerberos: true },
    metastore: { principal: "hive/_HOST@EXAMPLE.ORG" },
  });
  // A principal is there for whoever turns it on one day.
  expect(
    settings({
      ...secured,
      "hadoop.security.authentication": "simple",
      "hive.metastore.sasl.enabled": "false",
    }).security,
  ).toEqual({ hadoop: { kerberos: false }, metastore: {} });
});

test("where HDFS serves both http and https, https is asked; a ResourceManager that is told so serves http", () => {
  const { hdfs, yarn } = settings({
    "fs.defaultFS": "hdfs://an1:8020",
    "dfs.http.policy": "HTTP_AND_HTTPS",
    "dfs.namenode.http-address": "an1:50070",
    "yarn.http.policy": "http_and_https",
    "yarn.resourcemanager.hostname": "rm1",
  });
  expect(hdfs.webhdfs).toEqual(["https://an1:9871"]);
  expect(yarn.resourceManager).toEqual(["http://rm1:8088"]);
});
