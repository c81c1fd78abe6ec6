import {
  aclGrant,
  kafkaPrincipal,
  topicScope,
} from "../../../../domain/rights/kafka-grants";
import {
  folderGrants,
  queueGrants,
  queueOf,
} from "../../../../domain/rights/other-grants";
import { parseConfig } from "../../../../domain/settings/config";
import { literalPrefix } from "../../../../lib/literal-prefix";
import { settings } from "../../../support/settings";

test.each([
  ["eventlogging_(.+)", "eventlogging_"],
  ["^web\\.events-(.+)$", "web.events-"],
  ["(?:a|b)_(.+)", ""],
  ["a_(.+)|b_(.+)", ""],
  ["ab?(.*)", "a"],
  ["ab{0,1}(.*)", "a"],
  ["ab+(.*)", "ab"],
  ["ab{2}(.*)", "ab"],
  ["\\w+", ""],
  ["a[|]b(.+)", "a"],
])("whatever %s matches begins with %p", (pattern, prefix) => {
  expect(literalPrefix(pattern)).toBe(prefix);
});

const names = (n: number) => Array.from({ length: n }, (_, i) => `events_${i}`);

test("a right that all topics lack is granted on what all begin with, one that few lack on these", () => {
  const all = names(30);
  const prefixed = "--topic events_ --resource-pattern-type prefixed";
  expect(topicScope(all, all, "events_(.+)")).toBe(prefixed);
  expect(topicScope(all.slice(0, 11), all, "events_(.+)")).toBe(prefixed);
  expect(topicScope(all.slice(0, 2), all, "events_(.+)")).toBe(
    "--topic events_0 --topic events_1",
  );
});

test("topics of a pattern without a beginning are named, all of them", () => {
  const all = names(12);
  const scope = topicScope(all, all, "(.+)");
  expect(scope.match(/--topic events_\d+/g)).toHaveLength(12);
  expect(scope).not.toContain("prefixed");
});

const principal = (security: object) =>
  kafkaPrincipal(parseConfig(settings({ security })).security);
const password = { file: "/p" };

test.each([
  [{}, "User:ANONYMOUS"],
  [
    { kafka: { sasl: { mechanism: "scram-sha-512", user: "sis", password } } },
    "User:sis",
  ],
  [
    {
      kafka: { sasl: { mechanism: "gssapi" } },
      kerberos: { principal: "sisyphus/host@EXAMPLE.ORG" },
    },
    "User:sisyphus",
  ],
  [
    { kafka: { tls: { certificate: "/c", key: "/k" } } },
    "User:<the certificate's name, such as CN=sisyphus>",
  ],
])("who asks brokers as %j is %s to them", (security, told) => {
  expect(principal(security)).toBe(told);
});

test("a grant's names are words of a shell", () => {
  expect(
    aclGrant(["k1:9092", "k2:9092"], "User:<who>", "Read", "--cluster"),
  ).toBe(
    "kafka-acls.sh --bootstrap-server k1:9092 --command-config admin.properties --add --allow-principal 'User:<who>' --operation Read --cluster",
  );
});

test("where a folder above is not to be passed, that is granted first", () => {
  const refusal =
    'HDFS at http://nn:9870: LISTSTATUS /wmf/data/raw: AccessControlException: Permission denied: user=sis, access=EXECUTE, inode="/wmf":hdfs:hadoop:drwx------';
  expect(folderGrants("sis", "/wmf/data/raw", "r-x", refusal)).toEqual([
    "hdfs dfs -setfacl -m user:sis:--x /wmf",
    "hdfs dfs -setfacl -m user:sis:r-x /wmf/data/raw",
  ]);
  expect(
    folderGrants("sis", "/wmf", "rwx", refusal, { allBelow: true }),
  ).toEqual(["hdfs dfs -setfacl -R -m user:sis:rwx,default:user:sis:rwx /wmf"]);
});

test.each([
  [["spark-submit"], "default"],
  [["spark-submit", "--queue", "production"], "production"],
  [["spark-submit", "--queue=production"], "production"],
  [["spark-submit", "--conf", "spark.yarn.queue=root.a"], "root.a"],
])("%j submits to the queue %s", (command, queue) => {
  expect(queueOf(command)).toBe(queue);
});

test("a queue is named with its root", () => {
  expect(queueGrants("root.a", "sis")[0]).toContain("capacity.root.a.acl_");
  expect(queueGrants("a", "sis")[0]).toContain("capacity.root.a.acl_");
});
