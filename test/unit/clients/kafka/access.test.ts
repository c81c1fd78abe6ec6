import { Kerberos } from "../../../../clients/kerberos/kerberos";
import { inspect } from "node:util";
import { KafkaJSProtocolError } from "kafkajs";
import {
  adviceOn,
  kafkaAccess,
  type KafkaSecurity,
} from "../../../../clients/kafka/access";
import { security } from "../../../../domain/settings/sections/security";

const kafka = (given: unknown): KafkaSecurity =>
  security.parse({ kafka: given }).kafka!;

const SCRAM = {
  mechanism: "scram-sha-512",
  user: "sisyphus",
  password: { variable: "TEST_KAFKA_PASSWORD" },
};

test("without anything, brokers are asked in plain and as nobody", () => {
  expect(kafkaAccess({}, new Kerberos())).toEqual({});
  expect(kafkaAccess(kafka({ tls: {} }), new Kerberos())).toEqual({ ssl: {} });
});

test("a password is taken from where it lies for each connection", () => {
  const { sasl } = kafkaAccess(kafka({ sasl: SCRAM }), new Kerberos());
  process.env["TEST_KAFKA_PASSWORD"] = "first";
  expect(sasl).toHaveProperty("username", "sisyphus");
  expect(sasl).toHaveProperty("password", "first");
  process.env["TEST_KAFKA_PASSWORD"] = "second";
  expect(sasl).toHaveProperty("password", "second");
});

test.each([
  [{ tls: { certificate: "c.pem" } }, "key"],
  [{ tls: { key: "k.pem" } }, "certificate"],
  [{ tls: { certificate: "c", key: "k", keystore: "s" } }, "keystore"],
  [{ tls: { passphrase: { file: "p" } } }, "passphrase"],
  [{ sasl: { ...SCRAM, password: "in plain sight" } }, "password"],
  [{ sasl: { ...SCRAM, mechanism: "kerberos" } }, "mechanism"],
  [{ sasl: { ...SCRAM, mechanism: "gssapi" } }, "sasl"],
])("settings that contradict themselves are refused: %j", (given, field) => {
  const { error } = security.safeParse({ kafka: given });
  expect(error!.issues.map(({ path }) => path.at(-1))).toContain(field);
});

const OAUTH = {
  mechanism: "oauthbearer",
  tokenEndpoint: "https://idp/token",
  clientId: "us",
  clientSecret: { variable: "TEST_KAFKA_PASSWORD" },
};

test.each([
  ["https://us:secret@idp/token", "an address alone"],
  ["https://idp/token?client_secret=x", "an address alone"],
  ["http://idp/token", "https, as the client's secret is sent there"],
])(
  "a token endpoint that would give secrets away is refused: %s",
  (tokenEndpoint, why) => {
    const { error } = security.safeParse({
      kafka: { tls: {}, sasl: { ...OAUTH, tokenEndpoint } },
    });
    expect(error!.issues.map(({ message }) => message)).toEqual([
      expect.stringContaining(why),
    ]);
  },
);

test.each([{ ...SCRAM, mechanism: "plain" }, OAUTH])(
  "what sends a secret as it is needs TLS: $mechanism",
  (sasl) => {
    expect(security.safeParse({ kafka: { sasl } }).error!.issues).toMatchObject(
      [{ path: ["kafka", "tls"] }],
    );
    expect(security.safeParse({ kafka: { tls: {}, sasl } }).success).toBe(true);
  },
);

test("options that are printed do not show the password", () => {
  process.env["TEST_KAFKA_PASSWORD"] = "a secret";
  const access = kafkaAccess(kafka({ sasl: SCRAM }), new Kerberos());
  expect(JSON.stringify(access)).not.toContain("a secret");
  expect(inspect(access)).not.toContain("a secret");
});

const protocolError = (type: string, message: string) =>
  new KafkaJSProtocolError(Object.assign(new Error(message), { type }));
const coded = (code: string, message: string) =>
  Object.assign(new Error(message), { code });
const refusal = (message: string) =>
  Object.assign(new Error(message), { name: "KafkaJSSASLAuthenticationError" });

test.each<[Error, string]>([
  [refusal("SASL failed: invalid credentials"), "as sisyphus by scram-sha-512"],
  [
    new Error("gave up", { cause: refusal("SASL failed") }),
    "as sisyphus by scram-sha-512",
  ],
  [
    coded("SELF_SIGNED_CERT_IN_CHAIN", "Connection error: self-signed"),
    "see security.kafka.tls",
  ],
  [coded("ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE", "alert"), "security.kafka.tls"],
  [new Error("Closed connection"), "over TLS and as sisyphus"],
  [
    protocolError("TOPIC_AUTHORIZATION_FAILED", "Not authorized to access"),
    "docs/permissions.md",
  ],
  [
    protocolError(
      "CLUSTER_AUTHORIZATION_FAILED",
      "Cluster authorization failed",
    ),
    "asked as sisyphus: docs/permissions.md",
  ],
])("an operator is told what can be done about %s", (error, advice) => {
  expect(adviceOn(error, kafka({ tls: {}, sasl: SCRAM }))).toContain(advice);
});

test("of other errors nothing is made up, whatever topics are called", () => {
  const given = kafka({ tls: {}, sasl: SCRAM });
  for (const error of [
    protocolError("NOT_LEADER_FOR_PARTITION", "not the leader"),
    new Error("eventlogging_CONCERT has no leader"),
    new Error("eventlogging_SASLTest: Topic authorization failed"),
    undefined,
    "a text",
  ])
    expect(adviceOn(error, given)).toBe(undefined);
});

test("a connection that ends where brokers have answered before is no wrong listener", () => {
  for (const error of [
    new Error("Closed connection"),
    coded("ECONNRESET", "read ECONNRESET"),
    refusal("SASL SCRAM SHA512 authentication failed: Closed connection"),
  ]) {
    expect(adviceOn(error, kafka({ tls: {}, sasl: SCRAM }), true)).toBe(
      undefined,
    );
    expect(adviceOn(error, kafka({ tls: {}, sasl: SCRAM }))).toContain(
      "a listener",
    );
  }
});
