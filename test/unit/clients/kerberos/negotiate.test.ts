import type { Answer, Ask } from "../../../../clients/http-exchange";
import type { Kerberos } from "../../../../clients/kerberos/kerberos";
import { Negotiate } from "../../../../clients/kerberos/negotiate";

let proofs: number;
const kerberos = {
  identity: "sisyphus@EXAMPLE.ORG",
  begin: async (service: string, host: string) => ({
    step: async () => Buffer.from(`${service}@${host} ${++proofs}`),
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

type Told = { status?: number; cookie?: string };
let asked: string[];
/** A service that answers each request by how it proves who asks. */
const service =
  (answer: (way: string) => Told) =>
  async (ask: Ask): Promise<Answer> => {
    const way = wayOf(ask);
    asked.push(way);
    const { status = 200, cookie } = answer(way);
    return {
      status,
      url: ask.url,
      body: Buffer.alloc(0),
      headers: {
        get: (name) => (name === "set-cookie" ? (cookie ?? null) : null),
      },
    };
  };

const ask = (url = "https://nn1:9871/webhdfs/v1/?op=LISTSTATUS"): Ask => ({
  method: "GET",
  url: new URL(url),
  timeoutMs: 1000,
});

const SIGNED = 'hadoop.auth="u=sisyphus&t=kerberos&e=1&s=x="';

beforeEach(() => {
  proofs = 0;
  asked = [];
});

test("one proof gives a cookie, with which that origin alone is asked from then on; who asks meanwhile waits for it", async () => {
  const send = new Negotiate(kerberos).over(
    service(() => ({ cookie: `${SIGNED}; Path=/; Secure; HttpOnly` })),
  );
  await Promise.all([send(ask()), send(ask()), send(ask())]);
  expect(asked).toEqual(["HTTP@nn1 1", SIGNED, SIGNED]);
  await send(ask("https://nn2:9871/"));
  expect(asked.at(-1)).toBe("HTTP@nn2 2");
});

test("a cookie that has ended is replaced, by one proof for all who held it", async () => {
  let isOver = false;
  const send = new Negotiate(kerberos).over(
    service((way) =>
      way === "hadoop.auth=1" && isOver
        ? { status: 401, cookie: "hadoop.auth=; Path=/" }
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
  const send = new Negotiate(kerberos).over(service(() => ({})));
  await send(ask());
  await Promise.all([send(ask()), send(ask())]);
  expect(asked).toEqual(["HTTP@nn1 1", "HTTP@nn1 2", "HTTP@nn1 3"]);
});

test("a DataNode, which is reached by the token in its address, gets no proof", async () => {
  const send = new Negotiate(kerberos).over(service(() => ({})));
  await send(ask("https://dn1:9865/webhdfs/v1/a?op=OPEN&delegation=token"));
  expect(asked).toEqual(["nothing"]);
});

test("who is not let in is named; the next request proves anew, and so do those who waited", async () => {
  let isLetIn = false;
  const send = new Negotiate(kerberos).over(
    service(() => (isLetIn ? { cookie: SIGNED } : { status: 401 })),
  );
  const refused = await Promise.allSettled([send(ask()), send(ask())]);
  for (const each of refused)
    expect(String((each as PromiseRejectedResult).reason)).toContain(
      "https://nn1:9871 does not let in sisyphus@EXAMPLE.ORG (401)",
    );
  isLetIn = true;
  expect((await send(ask())).status).toBe(200);
});
