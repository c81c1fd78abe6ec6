import { named } from "../../formats/format-error";
import type { JaasEntry } from "../../formats/kafka/jaas";
import { blocks, type Draft, secretFor, shown } from "./kafka-client-draft";
import { isAddressAlone, type SaslSettings } from "./sections/security";

type Given = {
  draft: Draft;
  properties: ReadonlyMap<string, string>;
  jaas: JaasEntry | undefined;
  absolute: (path: string) => string;
};

const JAAS = "sasl.jaas.config";

/** How each mechanism is taken, and the login module by which Java's client knows it. */
const MECHANISMS: Record<
  string,
  { module: string; take: (given: Given) => SaslSettings }
> = {
  PLAIN: { module: "PlainLoginModule", take: byPassword("plain") },
  "SCRAM-SHA-256": {
    module: "ScramLoginModule",
    take: byPassword("scram-sha-256"),
  },
  "SCRAM-SHA-512": {
    module: "ScramLoginModule",
    take: byPassword("scram-sha-512"),
  },
  OAUTHBEARER: { module: "OAuthBearerLoginModule", take: byToken },
  GSSAPI: { module: "Krb5LoginModule", take: byKerberos },
};

/** Adds to a draft how brokers are told who asks. */
export function saslOf(
  draft: Draft,
  properties: ReadonlyMap<string, string>,
  jaas: JaasEntry | undefined,
  absolute: (path: string) => string,
): void {
  // What Java's client takes where nothing is said.
  const given = (properties.get("sasl.mechanism") ?? "GSSAPI").trim();
  const mechanism = MECHANISMS[given.toUpperCase()];
  if (!mechanism) {
    blocks(
      draft,
      `sasl.mechanism: ${shown(given)} is not known; allowed: ${Object.keys(MECHANISMS).join(", ")}. Ask for a listener with one of them`,
    );
    return;
  }
  const { module, take } = mechanism;
  if (!jaas && !draft.blocked)
    blocks(
      draft,
      `${JAAS} has no login module to be read: write into this file what the section KafkaClient of java.security.auth.login.config has, or what is told elsewhere`,
    );
  if (jaas && !jaas.module.endsWith(`.${module}`))
    blocks(
      draft,
      `${JAAS}: the login module ${named(jaas.module)} is none of ${given}; allowed: …${module}`,
    );
  draft.kafka.sasl = take({ draft, properties, jaas, absolute });
}

/** A text that has to be there. */
function needed(
  { draft }: Given,
  field: string,
  from: string,
  value: string | undefined,
  placeholder: string,
): string {
  if (value) return value;
  draft.marks.set(field, `${from} is missing`);
  if (!draft.blocked) blocks(draft, `${from} is missing`);
  return placeholder;
}

function byPassword(mechanism: "plain" | "scram-sha-256" | "scram-sha-512") {
  return (given: Given): SaslSettings => {
    const { draft, jaas } = given;
    const option = (name: string) => jaas?.options.get(name);
    if (option("tokenauth")?.toLowerCase() === "true")
      blocks(
        draft,
        `${JAAS}: tokenauth: delegation tokens cannot be used; name a user and his password`,
      );
    return {
      mechanism,
      user: needed(
        given,
        "sasl.user",
        `username in ${JAAS}`,
        option("username"),
        "fill-in",
      ),
      password: secretFor(
        draft,
        "sasl.password",
        `password in ${JAAS}`,
        option("password"),
      ),
    };
  };
}

function byToken(given: Given): SaslSettings {
  const { draft, jaas, properties } = given;
  const CREDENTIALS = "sasl.oauthbearer.client.credentials";
  const ENDPOINT = "sasl.oauthbearer.token.endpoint.url";
  const told = properties.get(ENDPOINT)?.trim();
  const isSecret = !!told && (!isAddressAlone(told) || told.includes("#"));
  if (isSecret)
    blocks(
      draft,
      `${ENDPOINT} is no address alone, and is left out: without a user, a password, a query and what is behind #; the client is named by clientId and clientSecret`,
    );
  const endpoint = isSecret ? undefined : told;
  const option = (name: string, property: string) =>
    properties.get(property)?.trim() || jaas?.options.get(name);
  const scope = option("scope", "sasl.oauthbearer.scope");
  return {
    mechanism: "oauthbearer",
    tokenEndpoint: needed(
      given,
      "sasl.tokenEndpoint",
      isSecret ? `${ENDPOINT} without what may be a secret` : ENDPOINT,
      endpoint,
      "https://fill-in/token",
    ),
    clientId: needed(
      given,
      "sasl.clientId",
      `clientId in ${JAAS}`,
      option("clientId", `${CREDENTIALS}.client.id`),
      "fill-in",
    ),
    clientSecret: secretFor(
      draft,
      "sasl.clientSecret",
      `clientSecret in ${JAAS}`,
      option("clientSecret", `${CREDENTIALS}.client.secret`),
    ),
    ...(scope ? { scope } : {}),
  };
}

function byKerberos({
  draft,
  jaas,
  properties,
  absolute,
}: Given): SaslSettings {
  const option = (name: string) => jaas?.options.get(name) || undefined;
  const isOn = (name: string) => option(name)?.toLowerCase() === "true";
  const principal = option("principal");
  const keytab = isOn("useKeyTab") ? option("keyTab") : undefined;
  const cache = isOn("useTicketCache") ? option("ticketCache") : undefined;
  const plain = (path: string) =>
    absolute(path.replace(/^(?:file|FILE):(?:\/\/)?/, ""));
  draft.kerberos = {
    ...(principal === undefined ? {} : { principal }),
    ...(keytab === undefined ? {} : { keytab: plain(keytab) }),
    ...(cache === undefined ? {} : { cache: plain(cache) }),
  };
  return {
    mechanism: "gssapi",
    service:
      properties.get("sasl.kerberos.service.name")?.trim() ||
      option("serviceName") ||
      "kafka",
  };
}
