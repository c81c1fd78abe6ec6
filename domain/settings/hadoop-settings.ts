import type { HadoopConfiguration } from "../../formats/hadoop/configuration";

/** What Hadoop's own configuration says of the systems that are asked, in the fields of `sisyphus.yaml`. What it does not say is absent. */
export type HadoopSettings = {
  hdfs: { webhdfs?: string[]; services?: string[] };
  yarn: {
    resourceManager?: string[];
    logDir?: string;
    moreLogDirs?: string[];
    logDirSuffixes?: string[];
  };
  hive: { metastore?: string[] };
  security: {
    hadoop: { kerberos?: boolean };
    metastore: { principal?: string };
  };
};

/** A comma-separated list, as Hadoop writes it. */
const listOf = (value: string | undefined): string[] =>
  (value ?? "")
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");

/** An address that a service listens on everywhere is reached where the service is. */
const ANYWHERE = /^0\.0\.0\.0(?=:|$)/;

const addressOf = (
  given: string | undefined,
  host: string | undefined,
  port: number,
): string | undefined => {
  if (given?.includes("${")) return undefined;
  if (given === undefined || given === "" || ANYWHERE.test(given)) {
    if (host === undefined) return undefined;
    const own = given === undefined ? undefined : /:(\d+)$/.exec(given)?.[1];
    return `${host}:${own ?? port}`;
  }
  return given.includes(":") ? given : `${given}:${port}`;
};

const hostOf = (address: string | undefined): string | undefined =>
  address?.replace(/:\d+$/, "");

/** A folder on HDFS: its path alone. */
const pathOf = (uri: string | undefined): string | undefined =>
  uri?.replace(/^[a-z0-9]+:\/\/[^/]*/i, "");

/** Only what is known of all is of use. */
const allOf = <T>(items: (T | undefined)[]): T[] | undefined =>
  items.length > 0 && items.every((item) => item !== undefined)
    ? (items as T[])
    : undefined;

/** The file system that paths without one are on: `hdfs://<name service>` or `hdfs://<host>:<port>`. */
const authorityOf = (conf: HadoopConfiguration): string | undefined =>
  /^hdfs:\/\/([^/]+)/.exec(conf.get("fs.defaultFS") ?? "")?.[1];

/** Ports of Hadoop 3: hdfs-default.xml and yarn-default.xml. */
const NAME_NODE = { http: 9870, https: 9871 };
const RESOURCE_MANAGER = { http: 8088, https: 8090 };

/** Where YARN keeps logs unless it is told (yarn-default.xml). */
const DEFAULT_LOG_DIR = "/tmp/logs";

/** Whether a policy of serving pages is one of these (`HttpConfig.Policy`). */
const schemeBy = (
  policy: string | undefined,
  ...withHttps: string[]
): "http" | "https" =>
  withHttps.includes(policy?.toUpperCase() ?? "") ? "https" : "http";

function hdfsSettings(conf: HadoopConfiguration): HadoopSettings["hdfs"] {
  const authority = authorityOf(conf);
  if (authority === undefined) return {};
  const scheme = schemeBy(
    conf.get("dfs.http.policy"),
    // Where both are served, nothing need go in the clear.
    ...["HTTPS_ONLY", "HTTP_AND_HTTPS"],
  );
  const http = (suffix: string) =>
    conf.get(`dfs.namenode.${scheme}-address${suffix}`);
  const rpc = (suffix: string) => conf.get(`dfs.namenode.rpc-address${suffix}`);
  const isService = listOf(conf.get("dfs.nameservices")).includes(authority);
  const ids = isService
    ? listOf(conf.get(`dfs.ha.namenodes.${authority}`))
    : [];
  const suffixes =
    ids.length > 0
      ? ids.map((id) => `.${authority}.${id}`)
      : [isService ? `.${authority}` : ""];
  const webhdfs = allOf(
    suffixes.map((suffix) => {
      const host = hostOf(rpc(suffix) ?? (isService ? undefined : authority));
      const address = addressOf(http(suffix), host, NAME_NODE[scheme]);
      return address === undefined ? undefined : `${scheme}://${address}`;
    }),
  );
  return {
    ...(webhdfs ? { webhdfs } : {}),
    // A name service is no host's name: only Hadoop's configuration tells that locations with it are on this HDFS.
    ...(isService
      ? { services: [authority, ...suffixes.flatMap((s) => rpc(s) ?? [])] }
      : {}),
  };
}

function yarnSettings(conf: HadoopConfiguration): HadoopSettings["yarn"] {
  // A ResourceManager serves one of the two (YARN's WebApps).
  const scheme = schemeBy(conf.get("yarn.http.policy"), "HTTPS_ONLY");
  const isHa = isTrue(conf.get("yarn.resourcemanager.ha.enabled"));
  const suffixes = isHa
    ? listOf(conf.get("yarn.resourcemanager.ha.rm-ids")).map((id) => `.${id}`)
    : [""];
  const name = scheme === "https" ? "webapp.https.address" : "webapp.address";
  const resourceManager = allOf(
    suffixes.map((suffix) => {
      const address = addressOf(
        conf.get(`yarn.resourcemanager.${name}${suffix}`),
        conf.get(`yarn.resourcemanager.hostname${suffix}`),
        RESOURCE_MANAGER[scheme],
      );
      return address === undefined ? undefined : `${scheme}://${address}`;
    }),
  );
  const logDir = pathOf(
    conf.get("yarn.nodemanager.remote-app-log-dir") ??
      (resourceManager ? DEFAULT_LOG_DIR : undefined),
  );
  const controllers = listOf(conf.get("yarn.log-aggregation.file-formats"));
  const ofControllers = (what: string) =>
    controllers.flatMap(
      (each) => conf.get(`yarn.log-aggregation.${each}.${what}`) ?? [],
    );
  const moreLogDirs = ofControllers("remote-app-log-dir").flatMap(
    (each) => pathOf(each) ?? [],
  );
  const suffix = conf.get("yarn.nodemanager.remote-app-log-dir-suffix");
  const logDirSuffixes = [
    ...(suffix === undefined ? [] : [suffix]),
    ...ofControllers("remote-app-log-dir-suffix"),
  ];
  return {
    ...(resourceManager ? { resourceManager } : {}),
    ...(logDir === undefined ? {} : { logDir }),
    ...(moreLogDirs.length > 0 ? { moreLogDirs } : {}),
    ...(logDirSuffixes.length > 0 ? { logDirSuffixes } : {}),
  };
}

function hiveSettings(conf: HadoopConfiguration): HadoopSettings["hive"] {
  const metastore = listOf(conf.get("hive.metastore.uris")).map((uri) =>
    uri.replace(/^thrift:\/\//, "").replace(/\/$/, ""),
  );
  return metastore.length > 0 ? { metastore } : {};
}

const isTrue = (value: string | undefined): boolean =>
  value?.trim().toLowerCase() === "true";

function securitySettings(
  conf: HadoopConfiguration,
): HadoopSettings["security"] {
  const authentication = conf.get("hadoop.security.authentication");
  const principal = isTrue(conf.get("hive.metastore.sasl.enabled"))
    ? conf.get("hive.metastore.kerberos.principal")
    : undefined;
  return {
    hadoop:
      authentication === undefined
        ? {}
        : { kerberos: authentication.trim().toLowerCase() === "kerberos" },
    metastore: principal === undefined ? {} : { principal },
  };
}

/** What a Hadoop client would ask, by core-site, hdfs-site, yarn-site and hive-site. */
export const hadoopSettings = (conf: HadoopConfiguration): HadoopSettings => ({
  hdfs: hdfsSettings(conf),
  yarn: yarnSettings(conf),
  hive: hiveSettings(conf),
  security: securitySettings(conf),
});
