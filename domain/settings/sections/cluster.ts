import { z } from "zod";
import { hdfsPath, hostAndPort, httpAddresses, portNumber } from "../fields";
import { secret, wholeTls } from "./security";

/** The systems that are asked: Kafka, HDFS, YARN, the Hive metastore and EventLogging's MySQL. */

export const kafka = z
  .strictObject({
    brokers: z
      .array(hostAndPort)
      .min(1)
      .describe("Brokers to begin with; the others are learned from them."),
  })
  .describe("The Kafka cluster that producers write to.");

export const hdfs = z
  .strictObject({
    webhdfs: httpAddresses.describe(
      "The NameNode or an HttpFS, which is asked over WebHDFS. Of several NameNodes the one that is active is found, and found again after a fail-over.",
    ),
    user: z
      .string()
      .min(1)
      .describe(
        "The `user.name` of requests. Where Kerberos proves who asks, those to HDFS name nobody, and this should be the principal's short name: logs of applications are looked for by it where YARN does not say who ran them.",
      ),
    services: z
      .array(z.string().regex(/^[^/\s]+$/, "a name service, or host:port"))
      .optional()
      .describe(
        "The name services (or `host:port`) of this HDFS in the metastore's locations. With any, all others are other systems.",
      ),
  })
  .describe("Where raw hours, refined hours and Sisyphus' own files lie.");

export const yarn = z
  .strictObject({
    resourceManager: httpAddresses.describe(
      "The ResourceManager's web address, whose REST API is asked; of several the active one is found.",
    ),
    logDir: hdfsPath
      .default("/var/log/hadoop-yarn/apps")
      .describe(
        "HDFS folder of aggregated logs: YARN's `yarn.nodemanager.remote-app-log-dir`.",
      ),
    moreLogDirs: z
      .array(hdfsPath)
      .default([])
      .describe(
        "Further such folders, of single file controllers: `yarn.log-aggregation.<controller>.remote-app-log-dir`.",
      ),
    logDirSuffixes: z
      .array(z.string().regex(/^[^/].*[^/]$|^[^/]$/, "a folder's name"))
      .default([])
      .describe(
        "The site's `remote-app-log-dir-suffix`es. They are found by looking, unless they have a slash or the user's folder is not to be listed.",
      ),
    aggregationSeconds: z
      .int()
      .min(1)
      .default(120)
      .describe(
        "Seconds for which the step `scan logs` waits until the logs of a Refine that has ended are aggregated.",
      ),
    driverSeconds: z
      .int()
      .min(1)
      .default(120)
      .describe(
        "Seconds that a program which submits to YARN takes at most from its start until YARN shows what it submitted, and from that one's end to its own. Where a worker died, a worker of another host waits so long before it begins such a program anew; and where another run of the importer went on beside a saga, the saga waits so long after it until it counts, and for one that may have begun and is not shown yet.",
      ),
  })
  .describe("Where Refine runs, and where its logs are read.");

export const hive = z
  .strictObject({
    metastore: z
      .union([hostAndPort, z.array(hostAndPort).min(1)])
      .meta({ format: "host:port, or a list of them" })
      .describe("The Thrift address of the metastore, or of several."),
  })
  .optional()
  .describe(
    "The metastore that says which partitions of tables there are. It is needed where `refine` is given, and asked nothing where it is not.",
  );

/** A host's name or address; an IPv6 address is in brackets where a port follows. */
const mysqlHost = z
  .string()
  .regex(
    // The second one is an IPv6 address without brackets, which has no port.
    /^(?:\[[^\]\s]+\]|[^\s[\]/@:]+)(?::[1-9]\d*)?$|^[0-9A-Fa-f.]*(?::[0-9A-Fa-f.]*){2,}$/,
    "a host, or host:port",
  )
  .refine((text) => mysqlPlace(text, 1).port <= 65535, "a port up to 65535");

/** A host with its port. @param port where the text names none */
export function mysqlPlace(
  text: string,
  port: number,
): { host: string; port: number } {
  // More than one colon without brackets is an IPv6 address.
  const [, host, own] = /^(\[.*\]|[^:]*):(\d+)$/.exec(text) ?? [];
  return {
    host: (host ?? text).replace(/^\[(.*)\]$/, "$1"),
    port: own === undefined ? port : Number(own),
  };
}

export const mysql = z
  .strictObject({
    host: z
      .union([mysqlHost, z.array(mysqlHost).min(1)])
      .meta({ format: "host, host:port, or a list of them" })
      .describe(
        "Its host. Of several replicas, in the order in which they are preferred, each search asks the first that answers, and no other one.",
      ),
    port: portNumber
      .default(3306)
      .describe("Its port, where `host` names none."),
    user: z.string().describe("The user that reads."),
    password: secret
      .optional()
      .describe(
        "The password of `user`. Without it the one in `SISYPHUS_MYSQL_PASSWORD`.",
      ),
    tls: z
      .union([
        z.boolean(),
        wholeTls.superRefine(({ keystore }, context) => {
          if (keystore !== undefined)
            context.addIssue({
              code: "custom",
              path: ["keystore"],
              message:
                "MySQL's client reads none: give `certificate` and `key` (`openssl pkcs12` takes them out)",
            });
        }),
      ])
      .meta({ format: "`true`, `false`, or section" })
      .optional()
      .describe(
        "Whether it is asked over TLS: then its certificate must have the name by which it is asked. `true` where Node's own list of authorities is enough.",
      ),
    database: z
      .string()
      .default("log")
      .describe("The database that has a table for each schema and revision."),
  })
  .optional()
  .describe(
    "EventLogging's MySQL, a second source of missing events. Without it only the archive is searched.",
  );
