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
  expect(kafkaAccess({})).toEqual({});
  expect(kafkaAccess(kafka({ tls: {} }))).toEqual({ ssl: {} });
});

test("a password is taken from where it lies for each connection", () => {
  const { sasl } = kafkaAccess(kafka({ sasl: SCRAM }));
  process.env["TEST_KAFKA_PASSWORD"] = "first";
  expect(sasl).toMatchObject({ username: "sisyphus", password: "first" });
  process.env["TEST_KAFKA_PASSWORD"] = "second";
  expect(sasl).toMatchObject({ password: "second" });
});

test.each([
  [{ tls: { certificate: "c.pem" } }, "key"],
  [{ tls: { key: "k.pem" } }, "certificate"],
  [{ tls: { certificate: "c", key: "k", keystore: "s" } }, "keystore"],
  [{ tls: { passphrase: { file: "p" } } }, "passphrase"],
  [{ sasl: { ...SCRAM, password: "in plain sight" } }, "password"],
  [{ sasl: { ...SCRAM, mechanism: "gssapi" } }, "mechanism"],
])("settings that contradict themselves are refused: %j", (given, field) => {
  const { error } = security.safeParse({ kafka: given });
  expect(error!.issues.map(({ path }) => path.at(-1))).toContain(field);
});

test.each([
  [{ name: "KafkaJSSASLAuthenticationError" }, "as sisyphus by scram-sha-512"],
  [{ code: "SELF_SIGNED_CERT_IN_CHAIN" }, "see security.kafka.tls"],
  [
    { message: "Connection error: self-signed certificate" },
    "see security.kafka.tls",
  ],
  [{ message: "Closed connection" }, "over TLS and as sisyphus"],
  [{ message: "TOPIC_AUTHORIZATION_FAILED" }, "docs/permissions.md"],
])("an operator is told what can be done about %j", (told, advice) => {
  const error = Object.assign(new Error(""), told);
  expect(adviceOn(error, kafka({ tls: {}, sasl: SCRAM }))).toContain(advice);
});

test("of other errors nothing is made up", () => {
  expect(adviceOn(new Error("not the leader"), kafka({ tls: {} }))).toBe(
    undefined,
  );
});
