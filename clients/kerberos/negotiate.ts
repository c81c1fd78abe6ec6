import { within } from "../../lib/within";
import { Explained, NoAnswer } from "../errors";
import { remoteException } from "../hadoop-answer";
import type { Answer, Ask } from "../http-exchange";
import { KDC_MS, type Kerberos } from "./kerberos";

/** The cookie in which Hadoop keeps who has proven who it is (hadoop-auth, AuthenticatedURL.AUTH_COOKIE). */
const COOKIE = /\bhadoop\.auth=("[^"]*"|[^;,"]*)/;
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;

/** What is known of an origin where somebody has proven who it is: the cookie that it gave, or that it gives none. */
type Known = { cookie: string | undefined };

/** Whether a service wants a proof of who asks (RFC 4559). */
export const wantsProof = ({ status, headers }: Answer): boolean =>
  status === UNAUTHORIZED &&
  /\bNegotiate\b/i.test(headers.get("www-authenticate") ?? "");

/** By which a service over HTTP is told who asks, in a header `Authorization: Negotiate <token>`. @throws Explained where there is no ticket */
export async function webToken(
  kerberos: Pick<Kerberos, "begin">,
  { hostname }: URL,
): Promise<string> {
  const host = hostname.replace(/^\[|\]$/g, "");
  const proof = await kerberos.begin("HTTP", host, "SPNEGO");
  return proof.first.toString("base64");
}

/**
 * Proves to services over HTTP who Sisyphus is (SPNEGO, RFC 4559), where they want to know: a DataNode does not, as the NameNode has put a token
 * into its address, and a ResourceManager may not. A service that gives Hadoop's cookie is asked with that from then on; one that gives none
 * gets a proof with each request.
 */
export class Negotiate {
  /** By origin, what the first who proved it there was given; others wait for it, and fail with it. */
  private readonly known = new Map<string, Promise<Known>>();

  constructor(private readonly kerberos: Kerberos) {}

  /** @param send how a request is sent and answered */
  over<A extends Answer>(
    send: (ask: Ask) => Promise<A>,
  ): (ask: Ask) => Promise<A> {
    return async (ask) => {
      // What a DataNode says of the NameNode's token is no question of who asks.
      if (ask.url.searchParams.has("delegation")) return send(ask);
      const before = this.known.get(ask.url.origin);
      const answer = before
        ? await this.byKnown(ask, send, await inTime(before, ask))
        : await send(ask);
      if (!wantsProof(answer)) return answer;
      // Nobody has proven it there, or the cookie has ended.
      const now = this.known.get(ask.url.origin);
      return now === undefined || now === before
        ? this.provenForAll(ask, send)
        : this.letIn(
            ask,
            await this.byKnown(ask, send, await inTime(now, ask)),
          );
    };
  }

  private byKnown<A extends Answer>(
    ask: Ask,
    send: (ask: Ask) => Promise<A>,
    { cookie }: Known,
  ): Promise<A> {
    return cookie === undefined
      ? this.proven(ask, send)
      : send(withHeader(ask, "cookie", cookie));
  }

  /** Sends a request with a proof; those who ask there meanwhile wait for what it is given. */
  private provenForAll<A extends Answer>(
    ask: Ask,
    send: (ask: Ask) => Promise<A>,
  ): Promise<A> {
    const { origin } = ask.url;
    const answered = this.proven(ask, send);
    const known = answered.then(({ headers }) => ({
      cookie: cookieOf(headers),
    }));
    this.known.set(origin, known);
    known.catch(() => {
      if (this.known.get(origin) === known) this.known.delete(origin);
    });
    return answered;
  }

  private async proven<A extends Answer>(
    ask: Ask,
    send: (ask: Ask) => Promise<A>,
  ): Promise<A> {
    const answer = await this.withProof(ask, send);
    if (!isRefused(answer)) return this.remembered(ask, answer);
    // A ticket that was taken before the service got new keys is of no use any more.
    this.kerberos.forgetTickets();
    return this.remembered(
      ask,
      this.letIn(ask, await this.withProof(ask, send)),
    );
  }

  /** A service whose first answer had no cookie, such as a gateway's of an outage, may give one later. */
  private remembered<A extends Answer>({ url }: Ask, answer: A): A {
    const cookie = cookieOf(answer.headers);
    if (cookie !== undefined)
      this.known.set(url.origin, Promise.resolve({ cookie }));
    return answer;
  }

  private async withProof<A extends Answer>(
    ask: Ask,
    send: (ask: Ask) => Promise<A>,
  ): Promise<A> {
    const token = await webToken(this.kerberos, ask.url);
    return send(withHeader(ask, "authorization", `Negotiate ${token}`));
  }

  private letIn<A extends Answer>(ask: Ask, answer: A): A {
    if (!isRefused(answer)) return answer;
    throw new Explained(
      `${ask.url.origin} does not let in ${this.kerberos.identity} (${answer.status}); see security.kerberos`,
    );
  }
}

/**
 * Whether a proof is not believed. Hadoop says so with 403 and a page; where a right is lacking, it gives its cookie all the same, or says so with
 * an exception.
 */
const isRefused = ({ status, body, headers }: Answer): boolean =>
  status === UNAUTHORIZED ||
  (status === FORBIDDEN &&
    cookieOf(headers) === undefined &&
    !remoteException(body.toString("utf8")));

/**
 * Who waits for another one's proof waits no longer than for one and an answer of its own, and no shorter: where the KDC is silent, the service
 * would be told of as silent.
 */
function inTime<T>(known: Promise<T>, { timeoutMs, url }: Ask): Promise<T> {
  const ms = KDC_MS + timeoutMs;
  return within(known, ms, () => new NoAnswer(ms / 1000, url.origin));
}

const withHeader = (ask: Ask, name: string, value: string): Ask => ({
  ...ask,
  headers: { ...ask.headers, [name]: value },
});

function cookieOf(headers: Answer["headers"]): string | undefined {
  const value = COOKIE.exec(headers.get("set-cookie") ?? "")?.[1];
  // An empty one takes a cookie back.
  return value === undefined || value === "" || value === '""'
    ? undefined
    : `hadoop.auth=${value}`;
}
