import type { Config } from "../domain/settings/config";
import { Connect } from "./connect/connect";
import { calling } from "./errors";
import { hadoopAccess } from "./hadoop-access";
import { hdfsOf } from "./hdfs/hdfs-of";
import { Hive } from "./hive/hive";
import { proveOn } from "./hive/sasl-socket";
import { Kafka } from "./kafka/kafka";
import { Kerberos } from "./kerberos/kerberos";
import { webToken } from "./kerberos/negotiate";
import { serviceOf } from "./kerberos/service-principal";
import { EventMysql } from "./mysql";
import { Yarn } from "./yarn/yarn";

/** The clients of the systems that a configuration names, each reached as its section `security` says. */
export function clientsOf(config: Config) {
  const { security } = config;
  const kerberos = new Kerberos(security.kerberos);
  const access = hadoopAccess(security.hadoop, kerberos);
  const { principal } = security.metastore;
  const { connect } = config.importer;
  const tokenFor = (url: URL) => webToken(kerberos, url);
  return {
    hdfs: (allowedPrefixes?: string[]) => hdfsOf(config, allowedPrefixes),
    yarn: () => new Yarn(config.yarn.resourceManager, config.hdfs.user, access),
    hive: () =>
      new Hive(
        config.hive?.metastore ?? [],
        principal === undefined
          ? undefined
          : (socket, host) =>
              proveOn(socket, kerberos, serviceOf(principal, host)),
      ),
    kafka: () => new Kafka(config.kafka.brokers, security.kafka, kerberos),
    /** For services over HTTP that are no part of a cluster: see {@link webToken}. */
    webToken: tokenFor,
    /** Kafka Connect, where it runs the importer; undefined where it is not configured. */
    connect: connect && (() => new Connect(connect, tokenFor)),
    /** A connection to MySQL that is yet to be opened; undefined where none is configured. */
    mysql: config.mysql && (() => mysqlOf(config.mysql!)),
    /** For programs that are started: they find a ticket that lives for a while. @throws Error where none is to be had */
    freshTicket: () =>
      calling("Kerberos", "its KDC", () =>
        kerberos.freshTicket(provenTo(config)),
      ),
  };
}

const mysqlOf = (settings: NonNullable<Config["mysql"]>) =>
  new EventMysql(settings, process.env["SISYPHUS_MYSQL_PASSWORD"]);

/** A service that is told by Kerberos who asks: the library takes tickets on the way to one. */
export function provenTo({ security, hdfs, hive, kafka }: Config) {
  const { principal } = security.metastore;
  const sasl = security.kafka?.sasl;
  const hostOf = (address: string) => address.replace(/:\d+$/, "");
  if (security.hadoop.kerberos)
    return {
      service: "HTTP",
      host: new URL([hdfs.webhdfs].flat()[0]!).hostname,
    };
  if (principal !== undefined && hive !== undefined)
    return serviceOf(principal, hostOf([hive.metastore].flat()[0]!));
  return sasl?.mechanism === "gssapi"
    ? { service: sasl.service, host: hostOf(kafka.brokers[0]!) }
    : undefined;
}
