import {
  createServer as createPlain,
  type IncomingHttpHeaders,
  type RequestListener,
} from "node:http";
import { createServer as createSecure } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { alertmanagerReceiver } from "../../../../../activities/incidents/receivers/alertmanager";
import { webhookReceiver } from "../../../../../activities/incidents/receivers/webhook";
import { ServiceError } from "../../../../../clients/errors";
import type { Alert } from "../../../../../domain/incidents/alert";
import { authority } from "../../../../support/certificates";
import { withFiles } from "../../../../support/files";

const alert = { topics: ["a"], kind: "broken", at: "2018-07-05T06:00:00.000Z" };
/** Hosts for which somebody wanted a ticket. */
const asked: string[] = [];
const ticket = async ({ hostname }: URL) => {
  asked.push(hostname);
  return `for-${hostname}-${asked.length}`;
};
const deliver = (url: Parameters<typeof webhookReceiver>[0]) =>
  webhookReceiver(url, ticket)(alert as Alert);
const failureOf = (url: Parameters<typeof webhookReceiver>[0]) =>
  deliver(url).then(
    () => Promise.reject(new Error("was delivered")),
    (error: Error) => error,
  );

const { fileOf, pathOf } = withFiles();

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.close()));
async function listening(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return (server.address() as AddressInfo).port;
}

/** A receiver on loopback that answers so. @returns its address, and the headers that it got */
async function receiver(status = 200, location?: string) {
  const got: IncomingHttpHeaders[] = [];
  const port = await listening(
    createPlain((request, response) => {
      got.push(request.headers);
      response.writeHead(status, location === undefined ? {} : { location });
      // What a careless gateway may answer.
      response.end(JSON.stringify(request.headers));
    }),
  );
  return { url: `http://127.0.0.1:${port}/hook`, got };
}

test("a token, headers and a gateway's key are sent, each as it is in its file when an alert is delivered", async () => {
  const { url, got } = await receiver();
  const to = {
    url,
    headers: { "X-Team": "analytics" },
    secretHeaders: { "X-Api-Key": { file: fileOf("key", "k3y\n") } },
    bearer: { file: fileOf("token", "first\n") },
  };
  await deliver(to);
  fileOf("token", "second\n");
  await deliver(to);
  expect(got).toMatchObject([
    {
      authorization: "Bearer first",
      "x-team": "analytics",
      "x-api-key": "k3y",
    },
    { authorization: "Bearer second" },
  ]);
});

test("a user and a password go as basic authorization, to Alertmanager below its base address as well", async () => {
  const { url, got } = await receiver();
  const password = { file: fileOf("password", "pässword") };
  await alertmanagerReceiver(
    { url, basic: { user: "otto", password } },
    ticket,
  )(alert as Alert);
  expect(got[0]!.authorization).toBe(
    `Basic ${Buffer.from("otto:pässword").toString("base64")}`,
  );
});

test("a gateway is told by Kerberos who posts, with a ticket for its host and each delivery", async () => {
  const { url, got } = await receiver();
  await deliver(url);
  expect(asked).toEqual([]);
  await deliver({ url, kerberos: true });
  await alertmanagerReceiver({ url, kerberos: true }, ticket)(alert as Alert);
  expect(got.map(({ authorization }) => authorization)).toEqual([
    undefined,
    "Negotiate for-127.0.0.1-1",
    "Negotiate for-127.0.0.1-2",
  ]);
});

test("where no ticket is to be had the delivery is tried again, and nothing was posted", async () => {
  const { url, got } = await receiver();
  const none = () => Promise.reject(new Error("as sisyphus@X: expired"));
  const failure = await webhookReceiver(
    { url, kerberos: true },
    none,
  )(alert as Alert).catch((error: Error) => error);
  expect(failure).toBeInstanceOf(ServiceError);
  expect(failure).toMatchObject({
    message: expect.stringContaining("as sisyphus@X: expired"),
  });
  expect(got).toEqual([]);
});

test.each([401, 403])(
  "an answer of %i names the fields that say who posts, and no secret",
  async (status) => {
    const { url } = await receiver(status);
    const key = { file: fileOf("key", "s3cr3t-key") };
    const failure = await failureOf({
      url,
      bearer: { file: fileOf("token", "s3cr3t-token") },
      secretHeaders: { "X-Api-Key": key },
    });
    expect(failure).toMatchObject({
      nonRetryable: true,
      type: "Undeliverable",
      message: `webhook at ${new URL(url).origin}: answered ${status} (see alerts.webhook.bearer, alerts.webhook.secretHeaders.X-Api-Key)`,
    });
    expect(`${failure.stack} ${String(failure.cause)}`).not.toContain("s3cr3t");
    expect((await failureOf(url)).message).toContain(
      "nothing but the address of alerts.webhook says who posts",
    );
  },
);

test("a redirect takes no secret elsewhere", async () => {
  const elsewhere = await receiver();
  const { url } = await receiver(307, elsewhere.url);
  const failure = await failureOf({
    url,
    bearer: { file: fileOf("token", "t") },
  });
  expect(failure).toMatchObject({ type: "Undeliverable" });
  expect(elsewhere.got).toEqual([]);
});

test("a secret that is not there, or can be in no header, is tried again and told by its field", async () => {
  const { url, got } = await receiver();
  const missing = await failureOf({
    url,
    bearer: { file: pathOf("none") },
  });
  expect(missing).toBeInstanceOf(ServiceError);
  expect(missing.message).toContain("alerts.webhook.bearer: ");
  const odd = await failureOf({ url, bearer: { file: fileOf("odd", "t☠") } });
  expect(odd.message).toContain(
    "alerts.webhook.bearer: has a character that no header can have",
  );
  expect(odd.message).not.toContain("t☠");
  expect(got).toEqual([]);
});

describe("over https", () => {
  const ours = authority();
  const secure = async (answer: RequestListener, host = "127.0.0.1") => {
    const server = createSecure(
      { ...ours.issue(host), ca: ours.ca, requestCert: true },
      answer,
    );
    server.on("tlsClientError", () => undefined);
    return `https://127.0.0.1:${await listening(server)}/hook`;
  };

  test("a receiver is known by an authority of one's own, and knows by a certificate who posts", async () => {
    let isKnown: boolean | undefined;
    const url = await secure((request, response) => {
      isKnown = (request.socket as { authorized?: boolean }).authorized!;
      response.end();
    });
    const client = ours.issue("sisyphus");
    await deliver({
      url,
      tls: {
        ca: fileOf("ca.pem", ours.ca),
        certificate: fileOf("client.pem", client.cert),
        key: fileOf("client.key", client.key),
      },
    });
    expect(isKnown).toBe(true);
  });

  test("one that is not believed gets nothing, and the field of its authority is named", async () => {
    const answer = jest.fn();
    const other = fileOf("other.pem", authority().ca);
    const own = fileOf("ca.pem", ours.ca);
    const bearer = { file: fileOf("token", "t") };
    const url = await secure(answer);
    const elsewhere = await secure(answer, "127.0.0.2");
    for (const to of [
      { url, bearer, tls: { ca: other } },
      { url: elsewhere, bearer, tls: { ca: own } },
      url,
    ]) {
      const failure = await failureOf(to);
      expect(failure).toBeInstanceOf(ServiceError);
      expect(failure.message).toContain("(see alerts.webhook.tls)");
    }
    expect(answer).not.toHaveBeenCalled();
  });
});
