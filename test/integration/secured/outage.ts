import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AclResourceTypes } from "kafkajs";
import { parse, stringify } from "yaml";
import { Kafka } from "../../../clients/kafka/kafka";
import { HIDDEN_TOPICS } from "../../../domain/audit/hidden-topics";
import { CONFIG_FILE } from "../../../sandbox/platform/config";
import { SANDBOX_DIR } from "../../../sandbox/platform/paths";
import { ports } from "../../../sandbox/platform/ports";
import { setup } from "../../../sandbox/platform/setup";
import { endWorkers, startWorker } from "../../../sandbox/platform/worker";
import {
  CA,
  keystoreOf,
  STORE_PASSWORD,
} from "../../../sandbox/secured/certificates";
import { hadoopProgram, runSecured } from "../../../sandbox/secured/java";
import { KAFKA_USER } from "../../../sandbox/secured/kafka";
import { SISYPHUS_RIGHTS } from "../../../sandbox/secured/kafka-owners";
import { KRB5_BRIEF_CONF } from "../../../sandbox/secured/kdc";
import { ticketCache } from "../../../sandbox/secured/tickets";
import { authority } from "../../support/certificates";

/** What goes wrong with a secured cluster, or with what Sisyphus is given for it, and how it is mended. */
export type SecuredOutage = {
  name: string;
  /** Whose stage it makes unknowable. */
  service: "Kafka" | typeof HIDDEN_TOPICS | "HDFS";
  /** What is told of it. */
  told: RegExp;
  begin: () => Promise<void>;
  end: () => Promise<void>;
};

type Changed = {
  audit: object;
  security: { kafka: object; [part: string]: object };
};

/** What an operator would write of this sandbox. */
const settings = () => parse(readFileSync(CONFIG_FILE, "utf8")) as Changed;

/** Replaces the worker by one of a configuration that differs by this. Its audits wait for no service. */
export async function workerWith(
  change: (config: Changed) => object = (config) => config,
): Promise<void> {
  const config = settings();
  const impatient = { ...config, audit: { ...config.audit, patience: 1 } };
  const file = written("changed.yaml", stringify(change(impatient)));
  await endWorkers();
  await startWorker("worker", { SISYPHUS_CONFIG: file });
}

const byConfiguration = (change: (config: Changed) => object) => ({
  begin: () => workerWith(change),
  end: () => workerWith(),
});

const withKafka = (kafka: () => object) =>
  byConfiguration((config) => ({
    ...config,
    security: { ...config.security, kafka: kafka() },
  }));

const withPassword = (password: string) => ({
  tls: { ca: CA },
  sasl: {
    mechanism: "scram-sha-512",
    user: KAFKA_USER.name,
    password: { file: written("password", password) },
  },
});

const TOPIC_RIGHTS = SISYPHUS_RIGHTS.filter(
  ({ resourceType }) => resourceType === AclResourceTypes.TOPIC,
);

/** Asks the broker as its administrator. */
async function asAdmin(ask: Parameters<Kafka["withAdmin"]>[0]): Promise<void> {
  process.env["TEST_KEYSTORE_PASSWORD"] = STORE_PASSWORD;
  const admin = new Kafka([`localhost:${ports().kafkaTls}`], {
    tls: {
      ca: CA,
      keystore: keystoreOf("admin"),
      passphrase: { variable: "TEST_KEYSTORE_PASSWORD" },
    },
  });
  try {
    await admin.withAdmin(ask);
  } finally {
    await admin.close();
  }
}

export const rightsTaken = {
  begin: () => asAdmin((a) => a.deleteAcls({ filters: TOPIC_RIGHTS })),
  end: () => asAdmin((a) => a.createAcls({ acl: TOPIC_RIGHTS })),
};

/** Runs a tool of HDFS' as its superuser. */
export async function superuser(
  main: string,
  ...args: string[]
): Promise<void> {
  const tools = await setup(() => undefined);
  runSecured(hadoopProgram(tools, main, args), ticketCache("admin"));
}

/** The incident leaves the second NameNode alone. */
const setSafeMode = (to: "enter" | "leave") =>
  superuser(
    "org.apache.hadoop.hdfs.tools.DFSAdmin",
    ...["-fs", `hdfs://localhost:${ports().securedNameNode2}`],
    ...["-safemode", to],
  );

export const safeMode = {
  begin: () => setSafeMode("enter"),
  end: () => setSafeMode("leave"),
};

/** A cache of tickets that nobody keeps up to date. @returns its file */
export function neglectedTickets(): string {
  const cache = join(SANDBOX_DIR, "neglected-tickets");
  copyFileSync(ticketCache("sisyphus", KRB5_BRIEF_CONF), cache);
  // Jobs read the file that it was taken into.
  ticketCache("sisyphus");
  return cache;
}

/** A file of the configuration of a Sisyphus that goes by a cache of tickets. */
export const configBy = (cache: string): string =>
  written("by-cache.yaml", stringify(goingBy(cache, settings())));

/** Kafka does not go by it. */
const goingBy = (cache: string, config: Changed) => ({
  ...config,
  security: {
    ...config.security,
    kerberos: { cache },
    kafka: withPassword(KAFKA_USER.password),
  },
});

function written(name: string, text: string): string {
  const file = join(SANDBOX_DIR, name);
  writeFileSync(file, text);
  return file;
}

/** @param ended a cache whose tickets have ended */
export const outagesOf = (ended: () => string): SecuredOutage[] => [
  {
    name: "a wrong password",
    service: "Kafka",
    told: /as sisyphus|security\.kafka/,
    ...withKafka(() => withPassword("not it")),
  },
  {
    name: "an authority that has not signed",
    service: "Kafka",
    told: /security\.kafka\.tls/,
    ...withKafka(() => ({
      tls: { ca: written("strangers-authority.pem", authority().ca) },
      sasl: { mechanism: "gssapi" },
    })),
  },
  {
    name: "rights that are taken away",
    service: HIDDEN_TOPICS,
    told: /brokers hide eventlogging_\w+ and 1 more: the right to describe/,
    ...rightsTaken,
  },
  {
    name: "tickets that have ended",
    service: "HDFS",
    told: /kinit|ended|expired/,
    ...byConfiguration((config) => goingBy(ended(), config)),
  },
  {
    name: "a NameNode in safe mode",
    service: "HDFS",
    told: /SafeModeException/,
    ...safeMode,
  },
];
