import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { writeFirstConfig } from "../../../cli/first-config";
import { Kafka } from "../../../clients/kafka/kafka";
import { secretOf } from "../../../clients/secrets";
import { loadConfig } from "../../../workers/config";

const dir = mkdtempSync(join(tmpdir(), "sisyphus-properties-"));
afterAll(() => rmSync(dir, { recursive: true }));
afterEach(() => jest.restoreAllMocks());

let files = 0;
/** A file with some text. */
function fileOf(text: string | Buffer): string {
  const path = join(dir, `client-${files++}.properties`);
  writeFileSync(path, text);
  return path;
}

async function init(options: Partial<Parameters<typeof writeFirstConfig>[0]>) {
  const printed: string[] = [];
  const told: string[] = [];
  const code = await writeFirstConfig(
    { out: "-", ...options },
    (text) => printed.push(text),
    (line) => told.push(line),
  );
  return { code, printed: printed.join("\n"), told: told.join("\n") };
}

/** Kafka's client, with what it was made with. */
function asked(): { brokers: string[]; security: object }[] {
  const with_: { brokers: string[]; security: object }[] = [];
  jest.spyOn(Kafka.prototype, "topics").mockImplementation(function (
    this: Kafka,
  ) {
    const { brokers, security } = this as unknown as (typeof with_)[number];
    with_.push({ brokers, security });
    return Promise.resolve(["events_a", "events_b"]);
  });
  return with_;
}

const SCRAM = `bootstrap.servers=SASL_SSL://k1:9093
security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\
  username="sis" password="s3cret";
`;

test("Kafka is asked as the properties say, and what is written says the same without the secret", async () => {
  const kafkas = asked();
  const kafkaProperties = fileOf(SCRAM);
  const out = join(dir, "written.yaml");
  const { code, told } = await init({ kafkaProperties, out });
  expect(code).toBe(0);
  expect(kafkas).toHaveLength(1);
  expect(kafkas[0]!.brokers).toEqual(["k1:9093"]);
  const security = kafkas[0]!.security as {
    sasl: { password: Parameters<typeof secretOf>[0] };
  };
  expect(secretOf(security.sasl.password, "")).toBe("s3cret");

  const text = readFileSync(out, "utf8");
  expect(`${text}${told}`).not.toContain("s3cret");
  expect(text).toMatch(
    /password: \{ file: \S+ \} # FILL IN: write the value of password in sasl\.jaas\.config/,
  );
  const { security: read, kafka } = loadConfig(out);
  expect(kafka.brokers).toEqual(["k1:9093"]);
  expect(read.kafka).toEqual({
    tls: {},
    sasl: {
      mechanism: "scram-sha-512",
      user: "sis",
      password: { file: "/etc/sisyphus/kafka-password" },
    },
  });
  expect(Object.values(process.env)).not.toContain("s3cret");
});

test("brokers that are given count more than those of the file", async () => {
  const kafkas = asked();
  await init({ kafkaProperties: fileOf(SCRAM), kafka: "other:9092" });
  expect(kafkas[0]!.brokers).toEqual(["other:9092"]);
});

test("with what cannot be taken Kafka is not asked, in plain neither; the rest is written, with what to do", async () => {
  const kafkas = asked();
  const jks = fileOf(Buffer.from("feedfeed00000002", "hex"));
  const { code, printed, told } = await init({
    kafkaProperties: fileOf(`${SCRAM}ssl.truststore.location=${jks}\n`),
  });
  expect(code).toBe(0);
  expect(kafkas).toEqual([]);
  for (const text of [printed, told]) {
    expect(text).toContain("Kafka was not asked: ssl.truststore.location");
    expect(text).toContain(`keytool -list -rfc -keystore "${jks}"`);
    expect(text).not.toContain("s3cret");
  }
  // Once, as a problem or as why Kafka was not asked.
  expect(told.match(/keytool/g)).toHaveLength(1);
  expect(parse(printed)).toMatchObject({
    security: { kafka: { tls: { ca: "/etc/sisyphus/kafka-ca.pem" } } },
  });
});

test("a keystore is known by its bytes where its type is not said", async () => {
  asked();
  const p12 = fileOf(Buffer.from("3082058f", "hex"));
  const { printed } = await init({
    kafkaProperties: fileOf(
      `security.protocol=SSL\nssl.keystore.location=${p12}\nssl.keystore.password=s3cret\n`,
    ),
  });
  expect(parse(printed)).toMatchObject({
    security: {
      kafka: {
        tls: {
          keystore: p12,
          passphrase: { file: "/etc/sisyphus/kafka-passphrase" },
        },
      },
    },
  });
  expect(printed).not.toContain("s3cret");
});

test("Kerberos for Kafka alone is written, with what is to be filled in", async () => {
  asked();
  const { printed } = await init({
    kafkaProperties: fileOf(
      "security.protocol=SASL_SSL\nsasl.jaas.config=com.sun.security.auth.module.Krb5LoginModule required useTicketCache=true;\n",
    ),
  });
  expect(printed).toContain("kerberos: # Kafka wants it");
  expect(parse(printed)).toMatchObject({
    security: { kafka: { sasl: { mechanism: "gssapi", service: "kafka" } } },
  });
});

test("a client in plain says so", async () => {
  const kafkas = asked();
  const { printed } = await init({
    kafkaProperties: fileOf("bootstrap.servers=k:9092\n"),
  });
  expect(kafkas).toMatchObject([{ brokers: ["k:9092"], security: {} }]);
  expect(parse(printed)).not.toHaveProperty("security");
  expect(printed).toContain("# kafka: in plain, by ");
});

/** A pipe that nobody writes to. */
function pipe(): string {
  const path = join(dir, `pipe-${files++}`);
  execFileSync("mkfifo", [path]);
  return path;
}

test("a store that is a pipe is not waited for", async () => {
  asked();
  const { printed } = await init({
    kafkaProperties: fileOf(
      `security.protocol=SSL\nssl.truststore.location=${pipe()}\n`,
    ),
  });
  expect(printed).toContain('the type "JKS" cannot be read');
});

const LOGIN = `sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="s3cret";
`;
test.each([
  ["a mechanism", `security.protocol=SASL_SSL\nsasl.mechanism=PLAIN \\\n`],
  ["a protocol", "security.protocol=SASL_SSL\\\n"],
  ["brokers", "security.protocol=SASL_SSL\nbootstrap.servers=k:9093,\\\n"],
  ["a store", "security.protocol=SSL\nssl.truststore.location=/t.jks\\\n"],
  [
    "a service, which is another's property",
    "security.protocol=SASL_SSL\nsasl.kerberos.service.name=kafka\\\nbasic.auth.user.info=u:s3cret\n",
  ],
  [
    "a service",
    "security.protocol=SASL_SSL\nsasl.kerberos.service.name=kafka\\\n",
  ],
])(
  "what a stray backslash puts behind %s is neither told nor written",
  async (_, lines) => {
    const kafkas = asked();
    const { printed, told } = await init({
      kafkaProperties: fileOf(`${lines}${LOGIN}`),
      kafka: "k:9093",
    });
    expect(`${printed}${told}`).not.toContain("s3cret");
    expect(told).toContain("does a backslash end its line?");
    expect(kafkas).toEqual([]);
  },
);

test.each([
  "https://id:s3cret@idp/token",
  "https://idp/token?client_secret=s3cret",
  "https://idp/token#s3cret",
  "https://idp:s3cret/token",
])(
  "a token endpoint with a secret is neither told nor written",
  async (url) => {
    const kafkas = asked();
    const { printed, told } = await init({
      kafkaProperties: fileOf(
        `security.protocol=SASL_SSL
sasl.mechanism=OAUTHBEARER
sasl.oauthbearer.token.endpoint.url=${url}
sasl.jaas.config=org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required clientId="a" clientSecret="s3cret";
`,
      ),
      kafka: "k:9093",
    });
    expect(`${printed}${told}`).not.toContain("s3cret");
    expect(told).toContain("token.endpoint.url is no address alone");
    expect(kafkas).toEqual([]);
  },
);

test.each([
  [pipe, "is a pipe or a device"],
  [() => "/dev/null", "is a pipe or a device"],
  [() => join(dir, "absent"), "is not there"],
  [() => dir, "is a folder; a Java client's properties file is wanted"],
  [() => fileOf(""), "is empty"],
  [() => fileOf("# nothing\n"), "none of its 0 properties is"],
  [
    () => fileOf("kafka:\n  brokers: [k:9092]\n"),
    "none of its 2 properties is",
  ],
  [() => fileOf("sasl.jaas.config=s3cret\\u1\n"), "\\u without four"],
  [() => fileOf(Buffer.alloc(2 ** 20 + 1, "a")), "has 1048577 bytes"],
])(
  "a wrong file is refused with its name and what is wanted",
  async (path, told) => {
    const kafkaProperties = path();
    const error = (await init({ kafkaProperties }).catch(
      (caught: unknown) => caught,
    )) as Error;
    expect(error.message).toContain(`--kafka-properties: ${kafkaProperties}`);
    expect(error.message).toContain(told);
    expect(error.message).not.toContain("s3cret");
  },
);
