import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brokerClasspath, heap, LEAN } from "../platform/java";
import { SANDBOX_DIR } from "../platform/paths";
import type { Ports } from "../platform/ports";
import { launch } from "../platform/processes";
import type { Service } from "../platform/services/service";
import type { Tools } from "../platform/tools";
import { portAnswers } from "../platform/wait";
import { CLOCK_FILE } from "../platform/clock";
import { sandboxKafka } from "../platform/commands";
import {
  BROKER_ID,
  BROKER_SETTINGS,
  SIMULATED_BROKER,
} from "../platform/services/kafka";
import { IMPORTER_RIGHTS, SISYPHUS_RIGHTS } from "./kafka-owners";
import { KERBEROS_FLAGS, keytabOf, REALM } from "./kdc";
import { keystoreOf, STORE_PASSWORD, TRUSTED } from "./certificates";

const DIR = join(SANDBOX_DIR, "secured-kafka");
const PROPERTIES = join(DIR, "server.properties");
/** The user that has the rights of docs/permissions.md, and its password. */
export const KAFKA_USER = { name: "sisyphus", password: "a secret of Kafka" };

const sasl = (mechanism: string, module: string) =>
  `listener.name.sasl_ssl.${mechanism}.sasl.jaas.config=org.apache.kafka.common.security.${module} required`;

/** Kafka 3.9's settings of a broker that nobody reaches in plain, and that gives nobody a right by itself. */
const properties = (p: Ports) => [
  ...BROKER_SETTINGS,
  `controller.quorum.voters=${BROKER_ID}@localhost:${p.kafkaSecuredController}`,
  `listeners=SASL_SSL://127.0.0.1:${p.kafkaSasl},SSL://127.0.0.1:${p.kafkaTls},CONTROLLER://127.0.0.1:${p.kafkaSecuredController}`,
  `advertised.listeners=SASL_SSL://localhost:${p.kafkaSasl},SSL://localhost:${p.kafkaTls}`,
  "listener.security.protocol.map=SASL_SSL:SASL_SSL,SSL:SSL,CONTROLLER:SSL",
  "inter.broker.listener.name=SSL",
  `log.dirs=${join(DIR, "data")}`,
  `ssl.keystore.location=${keystoreOf("localhost")}`,
  `ssl.keystore.password=${STORE_PASSWORD}`,
  "ssl.keystore.type=PKCS12",
  `ssl.truststore.location=${TRUSTED}`,
  `ssl.truststore.password=${STORE_PASSWORD}`,
  "ssl.truststore.type=PKCS12",
  "listener.name.ssl.ssl.client.auth=required",
  "listener.name.controller.ssl.client.auth=required",
  "ssl.principal.mapping.rules=RULE:^CN=([^,]+).*$/$1/,DEFAULT",
  "listener.name.sasl_ssl.sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER,GSSAPI",
  `${sasl("plain", "plain.PlainLoginModule")} user_${KAFKA_USER.name}="${KAFKA_USER.password}";`,
  `${sasl("scram-sha-256", "scram.ScramLoginModule")};`,
  `${sasl("scram-sha-512", "scram.ScramLoginModule")};`,
  // Tokens that nobody has signed, as only a test platform takes them.
  `${sasl("oauthbearer", "oauthbearer.OAuthBearerLoginModule")} unsecuredLoginStringClaim_sub="broker";`,
  `listener.name.sasl_ssl.gssapi.sasl.jaas.config=com.sun.security.auth.module.Krb5LoginModule required useKeyTab=true storeKey=true doNotPrompt=true keyTab="${keytabOf("services")}" principal="kafka/localhost@${REALM}";`,
  "sasl.kerberos.service.name=kafka",
  "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
  "super.users=User:localhost;User:admin",
  "allow.everyone.if.no.acl.found=false",
];

/** Anybody on this host sees it in the list of processes, which is harmless here: it proves nothing outside of the sandbox. */
const scram = (bits: 256 | 512) =>
  `SCRAM-SHA-${bits}=[name=${KAFKA_USER.name},password=${KAFKA_USER.password}]`;

/** Gives the data folder its identity, and the users that SCRAM knows. */
function format(tools: Tools): void {
  execFileSync(
    "java",
    [
      ...[...LEAN, "-cp", brokerClasspath(tools)],
      ...["kafka.tools.StorageTool", "format", "-t", "U2lzeXBodXNTYW5kYm94Mg"],
      ...["-c", PROPERTIES],
      ...["--add-scram", scram(256), "--add-scram", scram(512)],
    ],
    { stdio: "pipe" },
  );
}

/** A broker with TLS, SASL, client certificates and ACLs. */
export const securedKafka: Service = {
  name: "secured-kafka",
  title: "Secured Kafka broker",
  port: "kafkaSasl",
  also: ["kafkaTls", "kafkaSecuredController"],
  after: ["kdc"],
  start: (p, tools) => {
    mkdirSync(DIR, { recursive: true });
    writeFileSync(PROPERTIES, properties(p).join("\n"), { mode: 0o600 });
    if (!existsSync(join(DIR, "data", "meta.properties"))) format(tools);
    launch("secured-kafka", "java", [
      heap(256),
      ...[...LEAN, ...KERBEROS_FLAGS],
      ...["-cp", brokerClasspath(tools), SIMULATED_BROKER],
      ...[PROPERTIES, CLOCK_FILE],
    ]);
  },
  ready: async (p) =>
    (await portAnswers(p.kafkaSasl)) && portAnswers(p.kafkaTls),
  whenReady: async () => {
    const admin = sandboxKafka().admin();
    await admin.connect();
    await admin.createAcls({ acl: [...SISYPHUS_RIGHTS, ...IMPORTER_RIGHTS] });
    await admin.disconnect();
  },
};
