import { named } from "../../formats/format-error";
import { parseJaas, type JaasEntry } from "../../formats/kafka/jaas";
import { hostAndPort } from "./fields";
import { saslOf } from "./kafka-client-sasl";
import {
  blocks,
  type Draft,
  FOLDER,
  hasNextLine,
  isHarmless,
  isReference,
  secretFor,
  shown,
} from "./kafka-client-draft";
import { type SecuritySettings, security } from "./sections/security";

type KafkaSecurity = NonNullable<SecuritySettings["kafka"]>;
export type { Draft } from "./kafka-client-draft";

/** What has to be looked up about a store: whether it is one of Java's own kind, whatever its type is called. */
export type Look = {
  absolute: (path: string) => string;
  /** By its first bytes; undefined where it cannot be read. */
  storeType: (path: string) => "JKS" | "PKCS12" | "PEM" | undefined;
};

const PROTOCOLS = ["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"];

/** Keys that say how Kafka is reached: a file without any of them is another one. */
const TELLING = /^(?:bootstrap\.servers$|security\.protocol$|sasl\.|ssl\.)/;

/** Those of them that are used, or that change nothing here. */
const KNOWN = new RegExp(
  `^(?:${[
    "bootstrap\\.servers",
    "security\\.protocol",
    "sasl\\.(?:mechanism|jaas\\.config)",
    "sasl\\.(?:kerberos|login)\\..+",
    "sasl\\.oauthbearer\\.(?:token\\.endpoint\\.url|scope)",
    "sasl\\.oauthbearer\\.client\\.credentials\\..+",
    "ssl\\.(?:truststore|keystore)\\.(?:type|location|password)",
    "ssl\\.(?:key\\.password|truststore\\.certificates)",
    "ssl\\.keystore\\.(?:key|certificate\\.chain)",
    "ssl\\.(?:protocol|provider|enabled\\.protocols)",
    "ssl\\.endpoint\\.identification\\.algorithm",
  ].join("|")})$`,
);

/**
 * What a Java client's properties say of the way to Kafka, as `sisyphus.yaml` says it. What cannot be taken is named, with what to do.
 * @throws Error where they are no client's properties
 */
export function kafkaClient(
  given: ReadonlyMap<string, string>,
  look: Look,
): Draft {
  const properties = new Map(given);
  if (![...properties.keys()].some((key) => TELLING.test(key)))
    throw new Error(
      `none of its ${properties.size} properties is bootstrap.servers, security.protocol, sasl.… or ssl.…: a Java client's properties are wanted`,
    );
  const draft: Draft = {
    brokers: [],
    kafka: {},
    marks: new Map(),
    problems: [],
    secrets: [],
  };
  for (const [key, value] of given)
    if (TELLING.test(key) && hasNextLine(key, value)) {
      blocks(
        draft,
        `${named(key)} has another property within its value, and is left out: does a backslash end its line?`,
      );
      properties.delete(key);
    }
  addBrokers(draft, properties.get("bootstrap.servers"));
  const said = (properties.get("security.protocol") ?? "PLAINTEXT").trim();
  const protocol = said.toUpperCase();
  if (!PROTOCOLS.includes(protocol)) {
    blocks(
      draft,
      `security.protocol: ${shown(said)} is not known; allowed: ${PROTOCOLS.join(", ")}`,
    );
    return draft;
  }
  if (protocol.endsWith("SSL")) addTls(draft, properties, look);
  if (protocol.startsWith("SASL")) addSasl(draft, properties, look);
  const mechanism = draft.kafka.sasl?.mechanism;
  if (
    protocol === "SASL_PLAINTEXT" &&
    (mechanism === "plain" || mechanism === "oauthbearer")
  ) {
    draft.kafka.tls = {};
    draft.marks.set("tls", "a listener with TLS is needed, by SASL_SSL");
    blocks(
      draft,
      `security.protocol: SASL_PLAINTEXT with ${mechanism.toUpperCase()} sends what proves who asks as it is; name a listener with SASL_SSL`,
    );
  }
  const left = [...properties.keys()].filter(
    (key) => TELLING.test(key) && !KNOWN.test(key),
  );
  for (const key of left)
    draft.problems.push(
      `${named(key)} has no counterpart here, and is left out`,
    );
  const { kafka, kerberos } = draft;
  const checked = security.safeParse({
    kafka,
    ...(kerberos ? { kerberos } : {}),
  });
  if (!checked.success && !draft.blocked)
    for (const { path, message } of checked.error.issues)
      blocks(draft, `security.${path.join(".")}: ${message}`);
  return draft;
}

/** Addresses may begin with the listener's name, as in `SASL_SSL://broker:9093`. */
function addBrokers(draft: Draft, given: string | undefined): void {
  for (const each of (given ?? "").split(",")) {
    const address = each.trim().replace(/^[A-Za-z][\w+.-]*:\/\//, "");
    if (address === "") continue;
    if (hostAndPort.safeParse(address).success && isHarmless(address))
      draft.brokers.push(address);
    else
      draft.problems.push(
        `bootstrap.servers: ${shown(address)} is not host:port, and is left out`,
      );
  }
}

function addTls(
  draft: Draft,
  properties: ReadonlyMap<string, string>,
  look: Look,
): void {
  const tls: NonNullable<KafkaSecurity["tls"]> = {};
  draft.kafka.tls = tls;
  const at = (key: string) => properties.get(key)?.trim() || undefined;
  const storeOf = (name: "truststore" | "keystore") => {
    const location = at(`ssl.${name}.location`);
    if (location === undefined) return undefined;
    const path = look.absolute(location);
    const said = (at(`ssl.${name}.type`) ?? "JKS").toUpperCase();
    // Java itself reads a PKCS12 store where JKS is said, which is the default.
    const type = said === "JKS" ? (look.storeType(path) ?? said) : said;
    return { path, type };
  };
  /** A secret that stands in the file, or that a provider of configurations is to tell. */
  const passphrase = (key: string) => {
    const value = at(key);
    if (value !== undefined)
      tls.passphrase = secretFor(draft, "tls.passphrase", key, value);
  };

  const trusted = storeOf("truststore");
  if (at("ssl.truststore.certificates") !== undefined) {
    tls.ca = `${FOLDER}/kafka-ca.pem`;
    const todo = `write the certificates of ssl.truststore.certificates to ${tls.ca}`;
    draft.marks.set("tls.ca", todo);
    blocks(
      draft,
      `ssl.truststore.certificates: certificates lie in a file here; ${todo}`,
    );
  } else if (trusted?.type === "PEM") tls.ca = trusted.path;
  else if (trusted) {
    tls.ca = `${FOLDER}/kafka-ca.pem`;
    const type = trusted.type === "PKCS12" ? " -storetype PKCS12" : "";
    const todo = `keytool -list -rfc -keystore ${JSON.stringify(trusted.path)}${type} > ${tls.ca}`;
    draft.marks.set("tls.ca", todo);
    blocks(
      draft,
      `ssl.truststore.location: a truststore of the type ${shown(trusted.type)} cannot be read; allowed: PEM. Make one: ${todo}`,
    );
  }

  const own = storeOf("keystore");
  if (at("ssl.keystore.key") !== undefined) {
    tls.certificate = `${FOLDER}/kafka-certificate.pem`;
    tls.key = `${FOLDER}/kafka-key.pem`;
    draft.marks.set(
      "tls.certificate",
      "write what ssl.keystore.certificate.chain has to it",
    );
    draft.marks.set(
      "tls.key",
      "write what ssl.keystore.key has to it, for this user alone",
    );
    passphrase("ssl.key.password");
    blocks(
      draft,
      `ssl.keystore.key: a key and its certificate lie in files here; write them to ${tls.key} and ${tls.certificate}`,
    );
  } else if (own?.type === "PEM") {
    tls.certificate = own.path;
    tls.key = own.path;
    passphrase("ssl.key.password");
  } else if (own?.type === "PKCS12") {
    tls.keystore = own.path;
    passphrase("ssl.keystore.password");
  } else if (own) {
    tls.keystore = `${FOLDER}/kafka-keystore.p12`;
    const todo = `keytool -importkeystore -srckeystore ${JSON.stringify(own.path)} -destkeystore ${tls.keystore} -deststoretype PKCS12`;
    draft.marks.set("tls.keystore", todo);
    passphrase("ssl.keystore.password");
    blocks(
      draft,
      `ssl.keystore.location: a keystore of the type ${shown(own.type)} cannot be read; allowed: PKCS12, PEM. Make one: ${todo}`,
    );
  }
  const checks = properties.get("ssl.endpoint.identification.algorithm");
  if (checks?.trim() === "")
    draft.problems.push(
      "ssl.endpoint.identification.algorithm: the brokers' names are checked here whatever it says; their certificates must have the names by which they are asked",
    );
}

function addSasl(
  draft: Draft,
  properties: ReadonlyMap<string, string>,
  look: Look,
): void {
  const text = properties.get("sasl.jaas.config")?.trim() ?? "";
  let jaas: JaasEntry | undefined;
  if (isReference(text))
    draft.problems.push(
      "sasl.jaas.config is told by a provider of configurations, which is not asked here",
    );
  else if (text !== "")
    try {
      jaas = parseJaas(text);
    } catch (error) {
      blocks(draft, `sasl.jaas.config: ${(error as Error).message}`);
    }
  saslOf(draft, properties, jaas, look.absolute);
}
