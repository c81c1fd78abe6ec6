import { kafkaClient } from "../../../../domain/settings/kafka-client";

/** @param stores what a store is by its first bytes */
const of = (
  properties: Record<string, string>,
  stores: Record<string, "JKS" | "PKCS12" | "PEM"> = {},
) =>
  kafkaClient(new Map(Object.entries(properties)), {
    absolute: (path) => (path.startsWith("/") ? path : `/cwd/${path}`),
    storeType: (path) => stores[path],
  });
const SSL = { "security.protocol": "SSL" };
const sasl = (mechanism: string, jaas: string) => ({
  "security.protocol": "SASL_SSL",
  "sasl.mechanism": mechanism,
  "sasl.jaas.config": jaas,
});
const SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule";
const PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule";
const OAUTH =
  "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule";
const KRB5 = "com.sun.security.auth.module.Krb5LoginModule";

test("brokers may have their listener's name, and what is no broker is named", () => {
  expect(
    of({ "bootstrap.servers": "SASL_SSL://k1:9093, k2:9092,k3" }),
  ).toMatchObject({
    brokers: ["k1:9093", "k2:9092"],
    kafka: {},
    problems: [expect.stringContaining('"k3" is not host:port')],
  });
});

test.each(["k2 user:s3cret", "password=s3cret:1", "password:s3cret"])(
  "of what is no broker as %j is, nothing is told or taken",
  (given) => {
    const { brokers, problems } = of({ "bootstrap.servers": `k1:1,${given}` });
    expect(brokers).toEqual(["k1:1"]);
    expect(problems).toEqual([
      "bootstrap.servers: what is given (it has characters that are not allowed there) is not host:port, and is left out",
    ]);
  },
);

test.each([
  ["PLAIN", PLAIN, "plain"],
  ["SCRAM-SHA-256", SCRAM, "scram-sha-256"],
  ["SCRAM-SHA-512", SCRAM, "scram-sha-512"],
])(
  "%s names its user, and its password lies in a file",
  (given, module, mechanism) => {
    const draft = of(
      sasl(given, `${module} required username="u" password="s3cret";`),
    );
    expect(draft.kafka).toEqual({
      tls: {},
      sasl: {
        mechanism,
        user: "u",
        password: { file: "/etc/sisyphus/kafka-password" },
      },
    });
    const { password } = draft.kafka.sasl as { password: object };
    expect(draft.secrets).toEqual([{ secret: password, value: "s3cret" }]);
    expect(draft.secrets[0]!.secret).toBe(password);
    expect(draft.marks.get("sasl.password")).toContain("sasl.jaas.config");
    expect(draft.blocked).toBeUndefined();
  },
);

test("OAUTHBEARER is taken from either place where Java's client has it", () => {
  const endpoint = { "sasl.oauthbearer.token.endpoint.url": "https://idp/t" };
  const wanted = {
    mechanism: "oauthbearer",
    tokenEndpoint: "https://idp/t",
    clientId: "c",
    clientSecret: { file: "/etc/sisyphus/kafka-client-secret" },
    scope: "s",
  };
  const jaas = `${OAUTH} required clientId="c" clientSecret="x" scope="s";`;
  expect(of({ ...sasl("OAUTHBEARER", jaas), ...endpoint }).kafka.sasl).toEqual(
    wanted,
  );
  const credentials = "sasl.oauthbearer.client.credentials.client";
  const draft = of({
    ...sasl("OAUTHBEARER", `${OAUTH} required;`),
    ...endpoint,
    [`${credentials}.id`]: "c",
    [`${credentials}.secret`]: "x",
    "sasl.oauthbearer.scope": "s",
  });
  expect(draft.kafka.sasl).toEqual(wanted);
  expect(draft.problems).toEqual([]);
});

test("GSSAPI, which is the default, says who Sisyphus is to Kerberos", () => {
  expect(
    of({
      "security.protocol": "sasl_plaintext",
      "sasl.jaas.config": `${KRB5} required useKeyTab=true keyTab="file:/k/s.keytab" principal="s/h@EX.ORG";`,
      "sasl.kerberos.service.name": "broker",
    }),
  ).toMatchObject({
    kafka: { sasl: { mechanism: "gssapi", service: "broker" } },
    kerberos: { principal: "s/h@EX.ORG", keytab: "/k/s.keytab" },
    problems: [],
  });
});

test("stores that can be read are taken: PEM, and PKCS12 for one's own key, which Java reads where JKS is said", () => {
  expect(
    of({
      ...SSL,
      "ssl.truststore.type": "PEM",
      "ssl.truststore.location": "ca.pem",
      "ssl.keystore.type": "pem",
      "ssl.keystore.location": "/own.pem",
      "ssl.key.password": "s3cret",
    }).kafka.tls,
  ).toEqual({
    ca: "/cwd/ca.pem",
    certificate: "/own.pem",
    key: "/own.pem",
    passphrase: { file: "/etc/sisyphus/kafka-passphrase" },
  });
  const draft = of(
    {
      ...SSL,
      "ssl.keystore.location": "/own.jks",
      "ssl.keystore.password": "s3cret",
    },
    { "/own.jks": "PKCS12" },
  );
  expect(draft.kafka.tls).toMatchObject({ keystore: "/own.jks" });
  expect(draft.secrets[0]?.value).toBe("s3cret");
});

test.each<[string, Record<string, string>, string]>([
  [
    "a JKS truststore",
    { ...SSL, "ssl.truststore.location": "/my trust.jks" },
    'allowed: PEM. Make one: keytool -list -rfc -keystore "/my trust.jks" > /etc/sisyphus/kafka-ca.pem',
  ],
  [
    "a PKCS12 truststore",
    {
      ...SSL,
      "ssl.truststore.type": "PKCS12",
      "ssl.truststore.location": "/t",
    },
    '-keystore "/t" -storetype PKCS12 > ',
  ],
  [
    "a JKS keystore",
    {
      ...SSL,
      "ssl.keystore.location": "/k.jks",
      "ssl.keystore.password": "s3cret",
    },
    "keytool -importkeystore -srckeystore",
  ],
  [
    "certificates in the file",
    { ...SSL, "ssl.truststore.certificates": "-----BEGIN s3cret" },
    "write the certificates of ssl.truststore.certificates to /etc/sisyphus",
  ],
  [
    "a key in the file",
    { ...SSL, "ssl.keystore.key": "-----BEGIN s3cret" },
    "write them to /etc/sisyphus/kafka-key.pem",
  ],
  [
    "an unknown mechanism",
    sasl(
      "AWS_MSK_IAM",
      "software.amazon.msk.auth.iam.IAMLoginModule required;",
    ),
    'sasl.mechanism: "AWS_MSK_IAM" is not known; allowed: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER, GSSAPI',
  ],
  [
    "a mechanism with more behind it",
    sasl("PLAIN password:s3cret", `${PLAIN} required;`),
    "sasl.mechanism: what is given (it has characters that are not allowed there) is not known",
  ],
  [
    "a protocol with more behind it",
    { "security.protocol": "SSLpassword:s3cret" },
    "security.protocol: what is given (it has",
  ],
  [
    "a store's type with more behind it",
    {
      ...SSL,
      "ssl.keystore.type": "JKS password=s3cret",
      "ssl.keystore.location": "/k",
      "ssl.keystore.password": "x",
    },
    "a keystore of the type what is given (it has",
  ],
  [
    "an unknown protocol",
    { "security.protocol": "TLS" },
    "allowed: PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL",
  ],
  [
    "another mechanism's module",
    sasl("PLAIN", `${SCRAM} required username="u" password="s3cret";`),
    "is none of PLAIN; allowed: …PlainLoginModule",
  ],
  [
    "a password over no TLS",
    {
      ...sasl("PLAIN", `${PLAIN} required username="u" password="s3cret";`),
      "security.protocol": "SASL_PLAINTEXT",
    },
    "name a listener with SASL_SSL",
  ],
  [
    "a delegation token",
    sasl(
      "SCRAM-SHA-256",
      `${SCRAM} required username="u" password="s3cret" tokenauth=true;`,
    ),
    "name a user and his password",
  ],
  [
    "a secret that a provider tells",
    sasl("PLAIN", `${PLAIN} required username="u" password="\${file:/p:k}";`),
    "provider of configurations",
  ],
  [
    "no login module",
    { "security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN" },
    "java.security.auth.login.config",
  ],
  [
    "a JAAS that is none",
    sasl("PLAIN", `${PLAIN} required password=#s3cret;`),
    "sasl.jaas.config: no value of password",
  ],
  [
    "a principal without its realm",
    sasl("GSSAPI", `${KRB5} required principal=sis useTicketCache=true;`),
    "security.kerberos.principal: a principal with its realm",
  ],
  [
    "a token endpoint without TLS",
    {
      ...sasl(
        "OAUTHBEARER",
        `${OAUTH} required clientId=c clientSecret=s3cret;`,
      ),
      "sasl.oauthbearer.token.endpoint.url": "http://idp/t",
    },
    "security.kafka.sasl.tokenEndpoint: https",
  ],
])(
  "%s cannot be taken: it is named with what to do, and Kafka is not asked",
  (_, properties, told) => {
    const { problems, blocked, marks } = of(properties);
    expect(problems.join("\n")).toContain(told);
    expect(blocked).toBeDefined();
    expect([...problems, ...marks.values()].join("\n")).not.toContain("s3cret");
  },
);

test("what has no counterpart is named, and what is none of Kafka's way is not", () => {
  const { problems, blocked } = of({
    ...SSL,
    "ssl.cipher.suites": "X",
    "ssl.endpoint.identification.algorithm": "",
    "client.id": "me",
  });
  expect(problems).toEqual([
    expect.stringContaining("the brokers' names are checked here"),
    "ssl.cipher.suites has no counterpart here, and is left out",
  ]);
  expect(blocked).toBeUndefined();
});

test("properties of something else are refused", () => {
  expect(() => of({ "log4j.rootLogger": "INFO" })).toThrow(
    "none of its 1 properties is bootstrap.servers",
  );
});
