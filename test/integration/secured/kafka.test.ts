import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KafkaSecurity } from "../../../clients/kafka/access";
import { isPassing } from "../../../clients/kafka/produce-errors";
import { Kafka } from "../../../clients/kafka/kafka";
import { CONFIG_FILE, enterSandbox } from "../../../sandbox/platform/config";
import { settleKind } from "../../../sandbox/platform/kind";
import { ports } from "../../../sandbox/platform/ports";
import { down, reset, up } from "../../../sandbox/platform/up";
import { Fatal, until } from "../../../sandbox/platform/wait";
import {
  CA,
  keystoreOf,
  STORE_PASSWORD,
} from "../../../sandbox/secured/certificates";
import { KAFKA_USER } from "../../../sandbox/secured/kafka";
import { KRB5_CONF } from "../../../sandbox/secured/kdc";
import { hasKerberos } from "../../../sandbox/secured/tickets";
import { clientApart } from "./client-apart";

const testWithKerberos = hasKerberos() ? test : test.skip;
const quiet = () => undefined;
const TOPIC = "eventlogging_Edit";
/** A topic on which Sisyphus has no right. */
const OTHER = "somebody_elses";
const folder = mkdtempSync(join(tmpdir(), "sisyphus-secured-"));
const passwordFile = join(folder, "password");
let tokens: Server;
/** What the token endpoint was asked. */
const asked: { authorization?: string | undefined; body: string }[] = [];

const saslBrokers = () => [`localhost:${ports().kafkaSasl}`];
const tlsBrokers = () => [`localhost:${ports().kafkaTls}`];
const TLS = { ca: CA };
const password = { file: passwordFile };

const certificateOf = (owner: "admin" | "sisyphus"): KafkaSecurity => ({
  tls: {
    ...TLS,
    keystore: keystoreOf(owner),
    passphrase: { variable: "TEST_KEYSTORE_PASSWORD" },
  },
});

const userBy = (
  mechanism: "plain" | "scram-sha-256" | "scram-sha-512",
): KafkaSecurity => ({
  tls: TLS,
  sasl: { mechanism, user: KAFKA_USER.name, password },
});

/** A token that nobody has signed (RFC 7519, section 6). */
function unsignedToken(subject: string): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object) =>
    Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part({ sub: subject, iat: now, exp: now + 600 })}.`;
}

beforeAll(async () => {
  process.env["TEST_KEYSTORE_PASSWORD"] = STORE_PASSWORD;
  await reset(quiet);
  // Most of it needs no package for Kerberos.
  settleKind("secured");
  await up(quiet, ["kdc", "secured-kafka"]);
  enterSandbox();
  process.env["KRB5_CONFIG"] = KRB5_CONF;
  writeFileSync(passwordFile, `${KAFKA_USER.password}\n`);
  const admin = new Kafka(tlsBrokers(), certificateOf("admin"));
  await admin.withAdmin((a) =>
    a.createTopics({
      topics: [TOPIC, OTHER].map((topic) => ({ topic, numPartitions: 2 })),
    }),
  );
  await admin.close();
  tokens = createServer((request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => (body += piece.toString("utf8")));
    request.on("end", () => {
      asked.push({ authorization: request.headers.authorization, body });
      response
        .setHeader("content-type", "application/json")
        .end(JSON.stringify({ access_token: unsignedToken(KAFKA_USER.name) }));
    });
  });
  await new Promise<void>((done) => tokens.listen(0, "127.0.0.1", done));
}, 300_000);

afterAll(async () => {
  await new Promise((done) => tokens.close(done));
  rmSync(folder, { recursive: true });
  await down(quiet);
}, 120_000);

const tokenEndpoint = () =>
  `http://127.0.0.1:${(tokens.address() as AddressInfo).port}/token`;

/** Uses a cluster as audits and replays do, and closes it. */
async function used(brokers: string[], security: KafkaSecurity) {
  const kafka = new Kafka(brokers, security);
  try {
    const before = await kafka.offsets(TOPIC);
    const options = { transactionTimeoutMs: 60_000 };
    const producer = await until("the transactions' coordinator", 30, () =>
      kafka
        .transactionalProducer("sisyphus-test", options)
        .catch((error: unknown) => {
          if (!isPassing(error)) throw new Fatal(String(error));
          return undefined;
        }),
    );
    const record = { value: "{}", timestamp: Date.now(), headers: {} };
    const records = [0, 1].map((partition) => ({ ...record, partition }));
    await producer.send(await producer.prepare(TOPIC, records, "none"));
    await producer.commit();
    await producer.disconnect();
    const read: number[] = [];
    await kafka.read(
      new Map([
        [
          TOPIC,
          before.map(({ partition, high }) => ({
            partition,
            from: high,
            to: String(BigInt(high) + 1n),
          })),
        ],
      ]),
      ({ partition }) => void read.push(partition),
    );
    const ids = await kafka.topicIds([TOPIC]);
    const config = await kafka.topicConfig(TOPIC);
    await kafka.setTopicConfig(TOPIC, "retention.ms", "86400000");
    await kafka.setTopicConfig(TOPIC, "retention.ms", undefined);
    return {
      topics: await kafka.topics(),
      denied: [...(await kafka.denied([TOPIC, OTHER, "nowhere"]))],
      read: read.sort(),
      hasId: ids.has(TOPIC),
      hasConfig: "retention.ms" in config,
    };
  } finally {
    await kafka.close();
  }
}

const USED = {
  topics: [TOPIC],
  // Of one that is nowhere brokers do not tell either.
  denied: [OTHER, "nowhere"],
  read: [0, 1],
  hasId: true,
  hasConfig: true,
};

test.each(["plain", "scram-sha-256", "scram-sha-512"] as const)(
  "a user with a password, by %s, over TLS, with no more than the rights that docs/permissions.md names",
  async (mechanism) => {
    expect(await used(saslBrokers(), userBy(mechanism))).toEqual(USED);
  },
  60_000,
);

test("a client certificate", async () => {
  expect(await used(tlsBrokers(), certificateOf("sisyphus"))).toEqual(USED);
}, 60_000);

test("a token that a client has asked for with its own credentials", async () => {
  const sasl = {
    mechanism: "oauthbearer",
    tokenEndpoint: tokenEndpoint(),
    clientId: "the client",
    clientSecret: password,
    scope: "kafka",
  } as const;
  expect(await used(saslBrokers(), { tls: TLS, sasl })).toEqual(USED);
  const credentials = `the%20client:${encodeURIComponent(KAFKA_USER.password)}`;
  // One token for all connections.
  expect(asked).toHaveLength(1);
  expect(asked[0]).toEqual({
    authorization: `Basic ${Buffer.from(credentials).toString("base64")}`,
    body: "grant_type=client_credentials&scope=kafka",
  });
}, 60_000);

testWithKerberos(
  "a ticket of Kerberos",
  async () => {
    const { call, kill } = clientApart(CONFIG_FILE);
    try {
      expect(await call("kafka", "topics")).toEqual([TOPIC]);
      expect(await call("kafka", "offsets", TOPIC)).toHaveLength(2);
      expect(await call("kafka", "denied", [TOPIC, OTHER])).toEqual([OTHER]);
    } finally {
      await kill();
    }
    writeFileSync(
      CONFIG_FILE,
      readFileSync(CONFIG_FILE, "utf8").replace(
        "mechanism: gssapi",
        "mechanism: gssapi\n      service: nobodys",
      ),
    );
    const wrong = clientApart(CONFIG_FILE);
    try {
      await expect(wrong.call("kafka", "topics")).rejects.toThrow(
        /Kafka at localhost:\d+: .*Kerberos, for nobodys@localhost as sisyphus@.*: Server nobodys\/localhost@.* not found in Kerberos database; see security\.kerberos/,
      );
    } finally {
      await wrong.kill();
    }
  },
  90_000,
);

/** Why brokers cannot be used. */
const failure = async (brokers: string[], security: KafkaSecurity) => {
  const kafka = new Kafka(brokers, security);
  const error = await kafka.topics().then(
    () => new Error("it went well"),
    (e: Error) => e,
  );
  await kafka.close();
  return error.message;
};

test("a wrong password is told with the user and the field, not the password; once it is right there, it counts", async () => {
  writeFileSync(passwordFile, "another secret");
  const kafka = new Kafka(saslBrokers(), userBy("scram-sha-512"));
  try {
    const { message } = await kafka.topics().then(
      () => new Error("it went well"),
      (e: Error) => e,
    );
    expect(message).toContain(`Kafka at ${saslBrokers().join()}`);
    expect(message).toContain(
      "asked as sisyphus by scram-sha-512: see security.kafka.sasl",
    );
    expect(message).not.toContain("another secret");
    writeFileSync(passwordFile, KAFKA_USER.password);
    expect(await kafka.topics()).toEqual([TOPIC]);
  } finally {
    await kafka.close();
  }
}, 60_000);

test("an authority that is not known, and a listener that wants something else, are told with what can be done", async () => {
  const { sasl } = userBy("plain");
  expect(await failure(saslBrokers(), { tls: {}, sasl: sasl! })).toContain(
    "asked over TLS: see security.kafka.tls",
  );
  expect(await failure(saslBrokers(), {})).toContain(
    "asked in plain and as nobody: a listener that wants something else closes the connection; see security.kafka",
  );
  expect(await failure(tlsBrokers(), { tls: TLS })).toMatch(
    /\(asked over TLS(?: and as nobody: a listener .*)?: see security\.kafka|; see security\.kafka/,
  );
}, 120_000);

test("a right that is lacking is told with the user, and where the rights are named", async () => {
  const kafka = new Kafka(saslBrokers(), userBy("scram-sha-512"));
  try {
    expect(await kafka.topics()).not.toContain(OTHER);
    await expect(kafka.offsets(OTHER)).rejects.toThrow(
      "asked as sisyphus: docs/permissions.md has the rights that are needed",
    );
  } finally {
    await kafka.close();
  }
}, 60_000);
