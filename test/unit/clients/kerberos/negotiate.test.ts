import { Explained } from "../../../../clients/errors";
import type { Answer, Ask } from "../../../../clients/http-exchange";
import type { Kerberos } from "../../../../clients/kerberos/kerberos";
import { Negotiate } from "../../../../clients/kerberos/negotiate";

let proofs: number;
let forgotten: number;
const kerberos = {
  identity: "sisyphus@EXAMPLE.ORG",
  forgetTickets: () => void forgotten++,
  begin: async (service: string, host: string) => ({
    first: Buffer.from(`${service}@${host} ${++proofs}`),
  }),
} as unknown as Kerberos;

/** How a request proved who asks: the proof, or the cookie. */
const wayOf = ({ headers = {} }: Ask): string => {
  const { authorization, cookie } = headers;
  if (cookie !== undefined) return String(cookie);
  return authorization === undefined
    ? "nothing"
    : Buffer.from(
        String(authorization).replace("Negotiate ", ""),
        "base64",
      ).toString();
};

type Told = { status?: number; cookie?: string; body?: string };
let asked: string[];
/** A service that answers each request by how it proves who asks. */
const service =
  (answer: (way: string, ask: Ask) => Told | Promise<Told>) =>
  async (ask: Ask): Promise<Answer> => {
    const way = wayOf(ask);
    asked.push(way);
    const { status = 200, cookie, body = "" } = await answer(way, ask);
    const headers: Record<string, string | undefined> = {
      "set-cookie": cookie,
      ...(status === 401 ? { "www-authenticate": "Negotiate" } : {}),
    };
    return {
      status,
      url: ask.url,
      body: Buffer.from(body),
      headers: { get: (name) => headers[name] ?? null },
    };
  };

const ask = (url = "https://nn1:9871/webhdfs/v1/?op=LISTSTATUS"): Ask => ({
  method: "GET",
  url: new URL(url),
  timeoutMs: 1000,
});

const SIGNED = 'hadoop.auth="u=sisyphus&t=kerberos&e=1&s=x="';
const REFUSED = { status: 401 };

beforeEach(() => {
  proofs = 0;
  forgotten = 0;
  asked = [];
});

test("one proof gives a cookie, with which that origin alone is asked from then on; who asks meanwhile waits for it", async () => {
  const send = new Negotiate(kerberos).over(
    service((way) =>
      way === "nothing" ? REFUSED : { cookie: `${SIGNED}; Path=/; Secure` },
    ),
  );
  await Promise.all([send(ask()), send(ask()), send(ask())]);
  expect(asked.filter((way) => way.startsWith("HTTP"))).toEqual(["HTTP@nn1 1"]);
  await send(ask());
  expect(asked.at(-1)).toBe(SIGNED);
  await send(ask("https://nn2:9871/"));
  expect(asked.slice(-2)).toEqual(["nothing", "HTTP@nn2 2"]);
});

test("what a service says to everybody costs no proof, and does not keep one from giving a cookie for the rest", async () => {
  const send = new Negotiate(kerberos).over(
    service((way, { url }) =>
      way === "nothing" && url.pathname !== "/jmx"
        ? REFUSED
        : way.startsWith("HTTP")
          ? { cookie: SIGNED }
          : {},
    ),
  );
  await send(ask("https://nn1:9871/jmx"));
  expect(asked).toEqual(["nothing"]);
  for (let i = 0; i < 5; i++) await send(ask());
  expect(proofs).toBe(1);
});

test("a cookie that has ended is replaced, by one proof for all who held it", async () => {
  let isOver = false;
  const send = new Negotiate(kerberos).over(
    service((way) =>
      way === "nothing" || (way === "hadoop.auth=1" && isOver)
        ? { ...REFUSED, cookie: "hadoop.auth=; Path=/" }
        : way.startsWith("HTTP")
          ? { cookie: `hadoop.auth=${way.split(" ")[1]}` }
          : {},
    ),
  );
  await send(ask());
  isOver = true;
  const answers = await Promise.all([send(ask()), send(ask()), send(ask())]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(proofs).toBe(2);
});

test("a service that gives no cookie gets a proof with each request, side by side", async () => {
  const send = new Negotiate(kerberos).over(
    service((way) => (way === "nothing" ? REFUSED : {})),
  );
  await send(ask());
  await Promise.all([send(ask()), send(ask())]);
  expect(asked).toEqual(["nothing", "HTTP@nn1 1", "HTTP@nn1 2", "HTTP@nn1 3"]);
});

test("a ticket of keys that the service has no longer is replaced; a right that is lacking is no matter of tickets", async () => {
  const page = "<html>GSSException: Checksum failed</html>";
  const send = new Negotiate(kerberos).over(
    service((way) =>
      way === "nothing"
        ? REFUSED
        : forgotten === 0
          ? { status: 403, body: page }
          : { cookie: SIGNED },
    ),
  );
  expect((await send(ask())).status).toBe(200);
  expect([proofs, forgotten]).toEqual([2, 1]);
  const body = JSON.stringify({
    RemoteException: { exception: "AccessControlException" },
  });
  const denied = new Negotiate(kerberos).over(
    service((way) => (way === "nothing" ? REFUSED : { status: 403, body })),
  );
  expect((await denied(ask())).status).toBe(403);
  // Who has a cookie was believed: of `/jmx` that is an administrator's alone Hadoop has a page as well.
  const administrators = new Negotiate(kerberos).over(
    service((way) =>
      way === "nothing"
        ? REFUSED
        : { status: 403, body: "<html>not an admin</html>", cookie: SIGNED },
    ),
  );
  expect((await administrators(ask())).status).toBe(403);
  expect(forgotten).toBe(1);
});

test("a cookie that comes later is taken", async () => {
  let isUp = false;
  const send = new Negotiate(kerberos).over(
    service((way) =>
      way === "nothing" ? REFUSED : isUp ? { cookie: SIGNED } : { status: 502 },
    ),
  );
  await send(ask());
  isUp = true;
  for (let i = 0; i < 4; i++) await send(ask());
  expect(proofs).toBe(2);
});

test("what a DataNode says of the NameNode's token is no question of who asks", async () => {
  const send = new Negotiate(kerberos).over(service(() => REFUSED));
  const answer = await send(ask("https://dn1:9865/a?op=OPEN&delegation=x"));
  expect([answer.status, asked]).toEqual([401, ["nothing"]]);
});

test("who is not let in is named, to all who waited for the proof; the next request proves anew", async () => {
  let isLetIn = false;
  const send = new Negotiate(kerberos).over(
    service((way) =>
      isLetIn && way !== "nothing" ? { cookie: SIGNED } : REFUSED,
    ),
  );
  const refused = await Promise.allSettled([send(ask()), send(ask())]);
  for (const each of refused)
    expect(String((each as PromiseRejectedResult).reason)).toContain(
      "https://nn1:9871 does not let in sisyphus@EXAMPLE.ORG (401); see security.kerberos",
    );
  // Once more by a new ticket, as an old one may be of keys that the service has no longer.
  expect([proofs, forgotten]).toEqual([2, 1]);
  isLetIn = true;
  expect((await send(ask())).status).toBe(200);
});

test("who waits for another one's proof hears of the KDC's silence, and of the service's after both may have answered", async () => {
  jest.useFakeTimers();
  try {
    const send = new Negotiate(kerberos).over(
      service((way) =>
        way === "nothing" ? REFUSED : new Promise(() => undefined),
      ),
    );
    void send(ask());
    await jest.advanceTimersByTimeAsync(0);
    const failure = send(ask()).catch((error: Error) => error.message);
    // The KDC's eight seconds, and the second that the service has.
    await jest.advanceTimersByTimeAsync(9000);
    expect(await failure).toBe("no answer in 9 s");

    const silent = {
      begin: () =>
        new Promise<never>((_, fail) =>
          setTimeout(() => fail(new Explained("no answer of the KDC")), 8000),
        ),
    } as unknown as Kerberos;
    const sent = new Negotiate(silent).over(service(() => REFUSED));
    const told = Promise.all(
      [sent(ask()), sent(ask())].map((each) =>
        each.catch((error: Error) => error.message),
      ),
    );
    await jest.advanceTimersByTimeAsync(9000);
    expect(await told).toEqual(Array(2).fill("no answer of the KDC"));
  } finally {
    jest.useRealTimers();
  }
});

test("a cookie that is refused at once, and by others' proof again, is no endless story", async () => {
  const send = new Negotiate(kerberos).over(
    service((way) => (way.startsWith("HTTP") ? { cookie: SIGNED } : REFUSED)),
  );
  await send(ask());
  const outcomes = await Promise.allSettled([send(ask()), send(ask())]);
  expect(outcomes.some(({ status }) => status === "fulfilled")).toBe(true);
  expect(asked.length).toBeLessThan(12);
});
