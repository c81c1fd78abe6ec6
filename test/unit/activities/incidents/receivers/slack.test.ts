import {
  slackReceiver,
  toSlack,
} from "../../../../../activities/incidents/receivers/slack";
import type { Alert } from "../../../../../domain/incidents/alert";
import { withFiles } from "../../../../support/files";
import {
  failureOf,
  withStubReceivers,
} from "../../../../support/stub-receiver";

const AT = "2018-07-05T06:00:00.000Z";
const alert = (over: Partial<Alert> = {}): Alert => ({
  id: `1-${AT}`,
  kind: "broken",
  cause: "premature-deletion",
  level: "error",
  severity: "critical",
  topics: ["edits"],
  title: "edits is broken: premature-deletion",
  text: "edits: 3 hours are not whole",
  at: AT,
  ...over,
});

const stub = withStubReceivers();
const { fileOf } = withFiles();
const FIELD = "alerts.slack.team";
const noTicket = () => Promise.reject(new Error("nobody wants a ticket"));
/** Delivers to an address that lies in a file. */
const deliver = async (address: string, given = alert()) =>
  slackReceiver(
    { url: { file: fileOf("url", address) } },
    FIELD,
    noTicket,
  )(given);

test("a channel gets how urgent it is, the title and a line for each topic", async () => {
  const { origin, got } = await stub<{ text: string }>(() => 200);
  await deliver(`${origin}/services/T0/B0/S3CRET\n`);
  expect(got).toEqual([toSlack(alert())]);
  expect(got[0]!.text).toBe("critical: edits is broken: premature-deletion");
  expect(JSON.stringify(got)).toContain("edits: 3 hours are not whole");
});

test("what Slack would take for markup is escaped, once", () => {
  const body = toSlack(
    alert({ title: "a & <!channel>", text: "x: 1 < 2", cause: "<!here>" }),
  );
  expect(JSON.stringify(body)).not.toContain("<!");
  expect(body.text).toBe("critical: a &amp; &lt;!channel&gt;");
  expect(body.blocks[1]).toMatchObject({ text: { text: "x: 1 &lt; 2" } });
});

test("a text that is longer than Slack takes is cut, and never within an escape", () => {
  const { text } = toSlack(alert({ title: "&".repeat(4000) }));
  expect(text.length).toBeLessThanOrEqual(3000);
  expect(text).toMatch(/^critical: (?:&amp;)+…$/);
});

test("a link is shown, where there is one", () => {
  expect(JSON.stringify(toSlack(alert({ link: "https://x/?a&b" })))).toContain(
    "<https://x/?a&amp;b|more>",
  );
  expect(JSON.stringify(toSlack(alert()))).not.toContain("|more>");
});

test.each([
  [404, { type: "Undeliverable", nonRetryable: true }],
  [410, { type: "Undeliverable", nonRetryable: true }],
  [429, { service: "Slack" }],
  [500, { service: "Slack" }],
])("an answer of %i gives no part of the address away", async (status, as) => {
  const { origin } = await stub(() => status);
  const failure = await failureOf(deliver(`${origin}/services/T0/S3CRET`));
  expect(failure).toMatchObject(as);
  expect(failure.message).toContain(`Slack at ${origin}: answered ${status}`);
  expect(`${failure.stack} ${String(failure.cause)}`).not.toMatch(/S3CRET/);
});

test.each([
  ["S3CRET", "what is there is no address"],
  ["ftp://S3CRET.example.org/", "what is there is no https address"],
  ["http://hooks.example.org/S3CRET", "what is there is no https address"],
  ["", "is empty"],
])(
  "an address that is none is tried again, without a word of it: %s",
  async (address, why) => {
    const failure = await failureOf(deliver(address));
    expect(failure).toMatchObject({ service: "Slack" });
    expect(failure.message).toContain(`${FIELD}.url`);
    expect(failure.message).toContain(why);
    expect(failure.message).not.toContain("S3CRET");
  },
);
