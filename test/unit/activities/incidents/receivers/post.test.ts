import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as tcpServer } from "node:net";
import { ApplicationFailure } from "@temporalio/common";
import { postJson } from "../../../../../activities/incidents/receivers/post";
import { ServiceError } from "../../../../../clients/errors";

const TOKEN = "T0KENT0KENT0KEN";
const PATH = `/services/B0000001/${TOKEN}?key=S3CRETS3CRET`;

const WEBHOOK = { name: "webhook", field: "alerts.webhook" };

let server: Server | undefined;
afterEach(() => server?.close());

/** A receiver that answers so. @returns its origin */
async function receiver(
  answer: (url: string, authorization?: string) => [number, string],
): Promise<string> {
  server = createServer((request, response) => {
    const [status, text] = answer(
      request.url ?? "",
      request.headers.authorization,
    );
    response.writeHead(status).end(text);
  });
  await new Promise<void>((done) => server!.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const noTicket = () => Promise.reject(new Error("nobody wants a ticket"));

const failureOf = (address: string): Promise<Error> =>
  postJson(WEBHOOK, address, {}, noTicket).then(
    () => Promise.reject(new Error("was delivered")),
    (error: Error) => error,
  );

/** All that Temporal would write into a history. */
const inHistory = (error: Error): string =>
  [
    error.message,
    error.stack,
    error.cause instanceof Error ? inHistory(error.cause) : error.cause,
  ].join("\n");

test.each([400, 404, 410, 422])(
  "an alert that is answered with %i is undeliverable: it is not tried again",
  async (status) => {
    const origin = await receiver(() => [status, "no such hook"]);
    const failure = await failureOf(origin + PATH);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({
      nonRetryable: true,
      type: "Undeliverable",
      message: `webhook at ${origin}: answered ${status}`,
    });
  },
);

test.each([408, 429, 500, 502, 503])(
  "an alert that is answered with %i is tried again",
  async (status) => {
    const origin = await receiver(() => [status, "later"]);
    const failure = await failureOf(origin + PATH);
    expect(failure).toBeInstanceOf(ServiceError);
    expect(failure.message).toBe(`webhook at ${origin}: answered ${status}`);
  },
);

test.each([404, 500])(
  "an answer of %i that echoes the address gives no part of it away",
  async (status) => {
    const origin = await receiver((url) => [
      status,
      `${"x".repeat(185)} cannot post to ${url}: ${TOKEN} is unknown`,
    ]);
    const text = inHistory(await failureOf(origin + PATH));
    for (const part of ["T0KEN", "B0000001", "S3CRET"])
      expect(text).not.toContain(part);
  },
);

test("an answer enters no error: it may repeat a token in any form", async () => {
  const origin = await receiver(() => [
    500,
    "abcDEF+ghi/jkl== t0kent0kent0ken",
  ]);
  const failure = await failureOf(`${origin}/hook?sig=abcDEF+ghi/jkl==`);
  expect(inHistory(failure)).not.toContain("DEF+ghi");
  expect(inHistory(failure).toLowerCase()).not.toContain("t0ken");
});

test("a redirect is no delivery: the alert would not get there", async () => {
  const origin = await receiver((url) =>
    url === "/to" ? [200, ""] : [302, ""],
  );
  const failure = await failureOf(`${origin}/from`);
  expect(failure).toMatchObject({ nonRetryable: true, type: "Undeliverable" });
});

test("a password with a percent sign of its own is sent as it is", async () => {
  let sent: string | undefined;
  const origin = await receiver((_url, authorization) => {
    sent = authorization;
    return [204, ""];
  });
  await postJson(
    WEBHOOK,
    `${origin.replace("//", "//otto:100%@")}/hook`,
    {},
    noTicket,
  );
  expect(sent).toBe(`Basic ${Buffer.from("otto:100%").toString("base64")}`);
});

test("a receiver that is not there is named by protocol and host only", async () => {
  const failure = await failureOf(`http://127.0.0.1:1${PATH}`);
  expect(failure).toBeInstanceOf(ServiceError);
  expect(failure.message).toMatch(/^webhook at http:\/\/127\.0\.0\.1:1: /);
  for (const part of ["T0KEN", "B0000001", "S3CRET"])
    expect(inHistory(failure)).not.toContain(part);
});

test("a user and a password in an address are sent as basic authorization, and are in no error", async () => {
  let sent: string | undefined;
  const origin = await receiver((_url, authorization) => {
    sent = authorization;
    return [500, `not for otto:s3cr3t or ${authorization}`];
  });
  const failure = await failureOf(
    `${origin.replace("//", "//otto:s3cr3t@")}/hook`,
  );
  expect(sent).toBe(`Basic ${Buffer.from("otto:s3cr3t").toString("base64")}`);
  expect(inHistory(failure)).not.toContain("s3cr3t");
  expect(inHistory(failure)).not.toContain(sent!.slice(6));
});

test("a receiver that does not answer is told so", async () => {
  jest.spyOn(AbortSignal, "timeout").mockReturnValue(AbortSignal.abort());
  try {
    const origin = await receiver(() => [200, ""]);
    expect((await failureOf(origin)).message).toBe(
      `webhook at ${origin}: no answer in 10 s`,
    );
  } finally {
    jest.restoreAllMocks();
  }
});

test("a receiver that switches to another protocol, unasked, has taken nothing, and is not waited for", async () => {
  const server = tcpServer((socket) =>
    socket
      .on("error", () => undefined)
      .once("data", () =>
        socket.write(
          "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        ),
      ),
  );
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  try {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await failureOf(origin)).message).toBe(
      `webhook at ${origin}: answered 101`,
    );
  } finally {
    server.close();
  }
});
