import { configuredReceivers } from "../../../../activities/incidents/receivers/receivers";
import { routingOf } from "../../../../domain/incidents/routing-of";
import { alerts } from "../../../../domain/settings/sections/alerts";
import { issuesText } from "../../../../domain/settings/issues-text";

const token = { variable: "TEST_TOKEN" };
const basic = { user: "otto", password: token };
const url = "https://gateway/hook";

const faultsOf = (webhook: unknown): string => {
  const { error } = alerts.safeParse({ webhook });
  return error ? issuesText("alerts", error) : "";
};

test.each([
  "http://127.0.0.1/hook",
  "http://otto:secret@gateway/hook",
  { url },
  { url, headers: { "X-Team": "analytics" }, bearer: token },
  { url, basic, secretHeaders: { "X-Api-Key": token }, tls: { ca: "/ca" } },
  { url, secretHeaders: { Authorization: token } },
  { url: "http://localhost:9093", bearer: token },
  { url: "http://gateway/hook", headers: { "X-Team": "analytics" } },
  { url: "http://gateway/hook", kerberos: true },
])("an address is allowed alone or with what proves who posts: %j", (given) => {
  expect(faultsOf(given)).toBe("");
});

test.each([
  [
    "no address",
    { url: "gateway/hook", bearer: token },
    "webhook.url: Invalid URL",
  ],
  [
    "two ways",
    { url, basic, bearer: token },
    "webhook.bearer: who posts is told once: basic and bearer",
  ],
  [
    "a user in the address besides",
    { url: "https://otto:secret@gateway/", bearer: token },
    "webhook.bearer: who posts is told once: url and bearer",
  ],
  [
    "Authorization besides",
    { url, secretHeaders: { authorization: token }, basic },
    "webhook.basic: who posts is told once: secretHeaders and basic",
  ],
  [
    "Kerberos besides",
    { url, basic, kerberos: true },
    "webhook.kerberos: who posts is told once: basic and kerberos",
  ],
  [
    "a secret in plain sight",
    { url, headers: { COOKIE: "x" } },
    "webhook.headers.COOKIE: a secret is not written here: name it in `secretHeaders`",
  ],
  [
    "a token in plain sight",
    { url, bearer: "abc" },
    "webhook.bearer: a secret is named by",
  ],
  [
    "a header's name",
    { url, headers: { "X Team": "x" } },
    "webhook.headers.X Team: ",
  ],
  [
    "a header's lines",
    { url, headers: { "X-Team": "x\ny" } },
    "webhook.headers.X-Team: one line",
  ],
  [
    "a header of the request itself",
    { url, headers: { Host: "x" } },
    "webhook.headers.Host: belongs to the request itself",
  ],
  [
    "a header twice",
    { url, headers: { "X-K": "x" }, secretHeaders: { "x-k": token } },
    "webhook.secretHeaders.x-k: is given twice",
  ],
  [
    "a secret over http",
    { url: "http://gateway/hook", bearer: token },
    "webhook.url: https, as secrets are sent there",
  ],
  [
    "a host that only looks like loopback",
    { url: "http://127.0.0.1.example.org/", basic },
    "webhook.url: https",
  ],
  [
    "TLS over http",
    { url: "http://gateway/hook", tls: {} },
    "webhook.tls: the address is not https",
  ],
  [
    "a field of another name",
    { url, token },
    'webhook: Unrecognized key: "token"',
  ],
  ["no address", { bearer: token }, "webhook.url: "],
])("%s is refused with its field, and without any value", (_, given, fault) => {
  expect(faultsOf(given)).toContain(fault);
  expect(faultsOf(given)).not.toContain("otto:secret");
});

test("a mail server's password is that of a user", () => {
  const smtp = { host: "mail", from: "a@example.org", to: ["b@example.org"] };
  const { error } = alerts.safeParse({ smtp: { ...smtp, password: token } });
  expect(error!.issues).toMatchObject([{ path: ["smtp", "user"] }]);
  expect(
    alerts.parse({ smtp: { ...smtp, user: "u", password: token } }).smtp,
  ).toMatchObject({ password: token });
});

const issuesOf = (given: unknown): string => {
  const { error } = alerts.safeParse(given);
  return error ? issuesText("alerts", error) : "";
};

test("channels of Slack and services of PagerDuty are receivers by their names, each with what it wants to hear", () => {
  const given = alerts.parse({
    webhook: { url, minimumSeverity: "info" },
    pagerduty: { oncall: { routingKey: token, minimumSeverity: "error" } },
    slack: { team: { url: token }, "other-team": { url: { file: "/hook" } } },
  });
  expect(given.pagerduty!["oncall"]!.url).toBe(
    "https://events.pagerduty.com/v2/enqueue",
  );
  expect(routingOf({ alerts: given, owners: [] })).toEqual({
    receivers: {
      webhook: { minimumSeverity: "info" },
      "slack.team": {},
      "slack.other-team": {},
      "pagerduty.oncall": { minimumSeverity: "error" },
    },
    owners: {},
    others: ["webhook", "slack.team", "slack.other-team", "pagerduty.oncall"],
  });
  expect([
    ...configuredReceivers(given, { webToken: async () => "" }).keys(),
  ]).toEqual(Object.keys(routingOf({ alerts: given, owners: [] }).receivers));
});

test.each([
  [
    "an address in plain sight",
    { slack: { team: { url: "https://hooks.slack.com/services/S3CRET" } } },
    "slack.team.url: a secret is named by",
  ],
  [
    "a key in plain sight",
    { pagerduty: { oncall: { routingKey: "S3CRET" } } },
    "pagerduty.oncall.routingKey: a secret is named by",
  ],
  [
    "a routing key over http",
    {
      pagerduty: { a: { routingKey: token, url: "http://events.example.org" } },
    },
    "pagerduty.a.url: https, as the routing key is sent there",
  ],
  [
    "a user in the address",
    { pagerduty: { a: { routingKey: token, url: "https://S3CRET@x.org" } } },
    "pagerduty.a.url: an address alone",
  ],
  [
    "TLS over http",
    { pagerduty: { a: { routingKey: token, url: "http://[::1]/", tls: {} } } },
    "pagerduty.a.tls: the address is not https",
  ],
  [
    "a severity that is none",
    { slack: { team: { url: token, minimumSeverity: "urgent" } } },
    'slack.team.minimumSeverity: Invalid option: expected one of "info"|',
  ],
  ["a name with a dot", { slack: { "a.b": { url: token } } }, "slack.a.b: "],
])("%s is refused with its field: channels and services", (_, given, fault) => {
  expect(issuesOf(given)).toContain(fault);
  expect(issuesOf(given)).not.toContain("S3CRET");
});
