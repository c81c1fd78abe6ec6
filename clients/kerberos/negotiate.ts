import type { Answer, Ask } from "../http-exchange";
import type { Kerberos } from "./kerberos";

/** The cookie in which Hadoop keeps who has proven who it is (hadoop-auth, AuthenticatedURL.AUTH_COOKIE). */
const COOKIE = /\bhadoop\.auth=("[^"]*"|[^;,"]*)/;
const UNAUTHORIZED = 401;
/** Of a service that wants a proof with each request. */
const NONE = Symbol("no cookie");

/**
 * Proves to services over HTTP who Sisyphus is (SPNEGO, RFC 4559). A service that gives Hadoop's cookie is asked with that from then on; one
 * that gives none gets a proof with each request.
 */
export class Negotiate {
  /** By origin, the cookie that the first who asked there was given, or that there is none; others wait for it. */
  private readonly cookies = new Map<string, Promise<string | typeof NONE>>();

  constructor(private readonly kerberos: Kerberos) {}

  /** @param send how a request is sent and answered */
  over<A extends Answer>(
    send: (ask: Ask) => Promise<A>,
  ): (ask: Ask) => Promise<A> {
    return async (ask) => {
      // A DataNode is reached with a token that the NameNode has put into its address, and knows no SPNEGO.
      if (ask.url.searchParams.has("delegation")) return send(ask);
      const known = this.cookies.get(ask.url.origin);
      const cookie = await known?.catch(() => undefined);
      if (cookie === NONE) return this.proven(ask, send);
      if (cookie !== undefined) {
        const answer = await send(withHeader(ask, "cookie", cookie));
        if (answer.status !== UNAUTHORIZED) return answer;
      }
      // It has ended, or nobody has one.
      if (this.cookies.get(ask.url.origin) !== known)
        return this.over(send)(ask);
      return this.proving(ask, send);
    };
  }

  /** Sends a request with a proof; those who ask there meanwhile wait for its cookie. */
  private async proving<A extends Answer>(
    ask: Ask,
    send: (ask: Ask) => Promise<A>,
  ): Promise<A> {
    const answered = this.proven(ask, send);
    const cookie = answered.then(({ headers }) => cookieOf(headers));
    // Whoever waits for it is told; and this request of its own failure.
    cookie.catch(() => undefined);
    this.cookies.set(ask.url.origin, cookie);
    return answered;
  }

  private async proven<A extends Answer>(
    ask: Ask,
    send: (ask: Ask) => Promise<A>,
  ): Promise<A> {
    const proof = await this.kerberos.begin("HTTP", ask.url.hostname, "SPNEGO");
    const token = await proof.step();
    const answer = await send(
      withHeader(ask, "authorization", `Negotiate ${token.toString("base64")}`),
    );
    if (answer.status === UNAUTHORIZED)
      throw new Error(
        `${ask.url.origin} does not let in ${this.kerberos.identity} (401)`,
      );
    return answer;
  }
}

const withHeader = (ask: Ask, name: string, value: string): Ask => ({
  ...ask,
  headers: { ...ask.headers, [name]: value },
});

function cookieOf(headers: Answer["headers"]): string | typeof NONE {
  const value = COOKIE.exec(headers.get("set-cookie") ?? "")?.[1];
  // An empty one takes a cookie back.
  return value === undefined || value === "" || value === '""'
    ? NONE
    : `hadoop.auth=${value}`;
}
