import { readFileSync } from "node:fs";
import type { KafkaConfig } from "kafkajs";
import type { ConnectionOptions } from "mysql2/promise";
import { CA, keystoreOf, STORE_PASSWORD } from "../secured/certificates";
import { IMPORTER_SETTINGS } from "../secured/kafka-owners";
import { KERBEROS_FLAGS, KRB5_CONF } from "../secured/kdc";
import { HADOOP_USER } from "./java";
import { isSecured } from "./kind";
import type { Ports } from "./ports";

/** How the jobs, the producers and the administrators of this sandbox reach its services. */
export type Access = {
  /** What Hadoop's clients have in their environment, beside `HADOOP_CONF_DIR`. */
  env: Record<string, string>;
  /** What the virtual machine of each of them is told. */
  javaFlags: readonly string[];
  /** Whom YARN and HDFS know as the owner of the jobs and the data. */
  user: string;
  /** The metastore's address, in Hive's words. */
  metastore: string;
  /** MariaDB, as who may do everything there. */
  mysql: Pick<ConnectionOptions, "host" | "port" | "user" | "ssl">;
  kafka: {
    /** Those of an administrator, in kafkajs' words. */
    admin: Pick<KafkaConfig, "brokers" | "ssl">;
    /** Those of the importer, by Camus' names. */
    importer: Record<string, string>;
  };
};

const mysql = (p: Ports) => ({
  host: "127.0.0.1",
  port: p.mariadb,
  user: "root",
});

const open = (p: Ports): Access => ({
  env: { HADOOP_USER_NAME: HADOOP_USER },
  javaFlags: [],
  user: HADOOP_USER,
  metastore: `thrift://127.0.0.1:${p.metastore}`,
  mysql: mysql(p),
  kafka: {
    admin: { brokers: [`127.0.0.1:${p.kafka}`] },
    importer: { "kafka.brokers": `127.0.0.1:${p.kafka}` },
  },
});

/** What reads certificates does so when it is asked: `up` makes them. */
const secured = (p: Ports): Access => ({
  env: { KRB5_CONFIG: KRB5_CONF },
  javaFlags: KERBEROS_FLAGS,
  user: "sisyphus",
  metastore: `thrift://localhost:${p.securedMetastore}`,
  get mysql() {
    return { ...mysql(p), ssl: { ca: readFileSync(CA), verifyIdentity: true } };
  },
  kafka: {
    get admin() {
      return {
        brokers: [`localhost:${p.kafkaTls}`],
        ssl: {
          ca: readFileSync(CA),
          pfx: readFileSync(keystoreOf("admin")),
          passphrase: STORE_PASSWORD,
        },
      };
    },
    importer: {
      "kafka.brokers": `localhost:${p.kafkaTls}`,
      ...IMPORTER_SETTINGS,
    },
  },
});

export const access = (p: Ports): Access =>
  isSecured() ? secured(p) : open(p);
