import { comment, FILL_IN, scalar, toFillIn } from "./first-lines";
import type { Draft } from "./kafka-client-draft";

/** A Java client's properties: the file, and what it says. */
export type FoundClient = { file: string } & Pick<
  Draft,
  "kafka" | "kerberos" | "marks" | "problems"
>;

type Given = {
  /** Whether Hadoop's configuration wants Kerberos. */
  wantsKerberos: boolean;
  /** Whether brokers were asked, and did not answer. */
  mayBeSecured: boolean;
  client: FoundClient | undefined;
};

/** A value on one line. */
const flow = (value: unknown): string =>
  typeof value === "object" && value !== null
    ? Object.keys(value).length === 0
      ? "{}"
      : `{ ${Object.entries(value)
          .map(([name, within]) => `${name}: ${flow(within)}`)
          .join(", ")} }`
    : scalar(String(value));

/** The fields of `tls` or `sasl`, a line each; a secret is where it lies. */
function fieldLines(name: string, value: object, { marks }: FoundClient) {
  const marked = (line: string, path: string) => {
    const todo = marks.get(path);
    return todo === undefined ? line : toFillIn(line, todo);
  };
  const fields = Object.entries(value) as [string, unknown][];
  if (fields.length === 0) return [marked(`    ${name}: {}`, name)];
  return [
    marked(`    ${name}:`, name),
    ...fields.map(([field, within]) =>
      marked(`      ${field}: ${flow(within)}`, `${name}.${field}`),
    ),
  ];
}

function kafkaLines(client: FoundClient): string[] {
  const { tls, sasl } = client.kafka;
  const from = comment(`from ${client.file}`);
  return [
    ...client.problems.map((problem) =>
      comment(`${FILL_IN}: ${problem}`, "  "),
    ),
    tls || sasl
      ? `  kafka: ${from}`
      : comment(`kafka: in plain, by ${client.file}`, "  "),
    ...(tls ? fieldLines("tls", tls, client) : []),
    ...(sasl ? fieldLines("sasl", sasl, client) : []),
  ];
}

function kerberosLines(wanted: boolean, client: FoundClient | undefined) {
  const told = Object.entries(client?.kerberos ?? {});
  const isForKafka = client?.kafka.sasl?.mechanism === "gssapi";
  if (told.length > 0)
    return [
      `  kerberos: ${comment(`from ${client!.file}`)}`,
      ...told.map(([name, value]) => `    ${name}: ${scalar(value)}`),
    ];
  if (!wanted && !isForKafka) return [];
  return [
    `  kerberos: # ${wanted ? "Hadoop's configuration" : "Kafka"} wants it`,
    toFillIn("    principal: sisyphus@FILL-IN.EXAMPLE.ORG", "who Sisyphus is"),
    toFillIn(
      "    keytab: /etc/security/keytabs/fill-in.keytab",
      "the keys of this principal; or leave it out, and keep a credential cache",
    ),
  ];
}

/** The section `security`, as far as anything says it; the rest is a comment that shows its form. */
export function securityLines({
  wantsKerberos,
  mayBeSecured,
  client,
}: Given): string[] {
  const kerberos = kerberosLines(wantsKerberos, client);
  const kafka = client
    ? kafkaLines(client)
    : [
        `  kafka: # ${mayBeSecured ? `${FILL_IN} where brokers want it: they did not answer in plain` : "where brokers want it"}`,
        "    tls: { ca: /etc/ssl/certs/our-ca.pem }",
        "    sasl: { mechanism: scram-sha-512, user: sisyphus, password: { file: /etc/sisyphus/kafka-password } }",
      ].map((line) => `# ${line}`);
  const isTold = [...kerberos, ...kafka].some(
    (line) => !line.trimStart().startsWith("#"),
  );
  return [
    comment(
      "Who Sisyphus is to the services, and how it knows them: docs/permissions.md.",
    ),
    isTold ? "security:" : comment("security:"),
    ...kerberos,
    ...kafka,
  ];
}
