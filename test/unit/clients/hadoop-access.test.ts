import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { hadoopAccess, OPEN_ACCESS } from "../../../clients/hadoop-access";
import { Explained } from "../../../clients/errors";
import { TlsAgents, wayTo } from "../../../clients/http-ways";
import { Kerberos } from "../../../clients/kerberos/kerberos";
import { security } from "../../../domain/settings/sections/security";

let server: Server | undefined;
afterEach(() => server?.close());

async function service(answer: RequestListener): Promise<URL> {
  server = createServer(answer);
  await new Promise<void>((done) => server!.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return new URL(`http://127.0.0.1:${port}/webhdfs/v1/?user.name=x`);
}
const ask = (url: URL) => ({ method: "GET", url, timeoutMs: 5000 });
const challenge: RequestListener = (_, response) =>
  response
    .writeHead(401, { "www-authenticate": "Negotiate" })
    .end("Authentication required");

test("a service that wants to know who asks is told of, with the field that says so", async () => {
  const url = await service(challenge);
  for (const send of [OPEN_ACCESS.exchange, OPEN_ACCESS.exchangeInPieces])
    await expect(send(ask(url))).rejects.toThrow(
      `${url.origin} wants to know who asks (401, Negotiate): see security.hadoop.kerberos`,
    );
});

test("any other refusal is the service's own", async () => {
  const url = await service((_, response) => response.writeHead(401).end());
  expect((await OPEN_ACCESS.exchange(ask(url))).status).toBe(401);
});

test.each<[string, RequestListener]>([
  [
    "401, PseudoAuth",
    (_, response) =>
      response.writeHead(401, { "www-authenticate": "PseudoAuth" }).end(),
  ],
  [
    "403, by an older Hadoop",
    (_, response) =>
      response
        .writeHead(403)
        .end("<html>Error 403 Anonymous requests are disallowed</html>"),
  ],
])(
  "a service that wants a name alone (simple), where Kerberos was said, is told of with the setting: %s",
  async (_, answer) => {
    const url = await service(answer);
    const { hadoop } = security.parse({
      kerberos: { cache: "c" },
      hadoop: { kerberos: true },
    });
    const { exchange, exchangeInPieces } = hadoopAccess(hadoop, new Kerberos());
    for (const send of [exchange, exchangeInPieces])
      await expect(send(ask(url))).rejects.toThrow(
        `${url.origin} asks for a user's name, and for no proof by Kerberos: security.hadoop.kerberos: false has it told hdfs.user, also where cluster.hadoopConf says kerberos`,
      );
  },
);

test("a right that is lacking is no matter of who is told", async () => {
  const url = await service((_, response) =>
    response.writeHead(403).end("Permission denied"),
  );
  const { exchange } = hadoopAccess(
    security.parse({ hadoop: { kerberos: true } }).hadoop,
    new Kerberos(),
  );
  expect((await exchange(ask(url))).status).toBe(403);
});

test("a break of TLS that may come when a service was asked already lets nobody else be asked", async () => {
  const url = await service((_, response) => response.end("in plain"));
  url.protocol = "https:";
  const error = await OPEN_ACCESS.exchange(ask(url)).then(
    () => undefined,
    (failure: Error) => failure,
  );
  expect(error!.message).toContain("(asked over TLS: see security.hadoop.tls)");
  expect(error).not.toBeInstanceOf(Explained);
});

test("an authority that cannot be read is told with its field and its file", async () => {
  const { hadoop } = security.parse({ hadoop: { tls: { ca: "/no/such" } } });
  const { exchange } = hadoopAccess(hadoop, new Kerberos());
  await expect(exchange(ask(new URL("https://127.0.0.1:1/")))).rejects.toThrow(
    "security.hadoop.tls.ca: /no/such cannot be read (ENOENT)",
  );
});

test.each([
  [{ keytab: "k" }, "principal"],
  [{ principal: "without a realm" }, "principal"],
])("settings that contradict themselves are refused: %j", (given, field) => {
  const { error } = security.safeParse({ kerberos: given });
  expect(error!.issues.map(({ path }) => path.at(-1))).toContain(field);
});

test("certificates that were renewed count for new connections, others keep theirs", () => {
  jest.useFakeTimers();
  try {
    let ca = "first";
    const agents = new TlsAgents(() => ({ ca }));
    const url = new URL("https://nn1/");
    const before = wayTo(url, agents);
    ca = "second";
    expect(wayTo(url, agents)).toBe(before);
    jest.advanceTimersByTime(10_000);
    const after = wayTo(url, agents);
    expect(after).not.toBe(before);
    expect((after.kept as { options?: { ca?: string } }).options!.ca).toBe(
      "second",
    );
    jest.advanceTimersByTime(10_000);
    expect(wayTo(url, agents)).toBe(after);
  } finally {
    jest.useRealTimers();
  }
});
