import {
  Agent as HttpAgent,
  type IncomingHttpHeaders,
  request as httpRequest,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { Socket } from "node:net";

/** A request to a service; its body is nothing where none is given. */
export type Ask = {
  method: string;
  url: URL;
  headers?: Record<string, string | number>;
  body?: Buffer;
  /** How long the answer may take, from when a connection is there for the request. */
  timeoutMs: number;
};

/** What a service answered, read whole. */
export type Answer = {
  status: number;
  headers: { get(name: string): string | null };
  /** Which address answered. */
  url: URL;
  body: Buffer;
};

export type Exchange = (ask: Ask) => Promise<Answer>;

/**
 * So many requests are under way at each address; others wait for their turn. More make nothing faster, and cost a service a connection and
 * a thread each.
 */
const CONNECTIONS = 64;
/** Kept connections are closed after this, before a service does it: Jetty waits for ten seconds and more. */
const IDLE_MS = 4000;
const MAX_REDIRECTS = 5;
const SEE_OTHER = 303;
const REDIRECTS = new Set([301, 302, SEE_OTHER, 307, 308]);

const KEPT = { keepAlive: true, maxSockets: CONNECTIONS, timeout: IDLE_MS };
const WAYS: Record<
  string,
  { request: typeof httpRequest; agent: HttpAgent } | undefined
> = {
  "http:": { request: httpRequest, agent: new HttpAgent(KEPT) },
  "https:": { request: httpsRequest, agent: new HttpsAgent(KEPT) },
};

/**
 * Sends one request over a connection that is kept, and reads its answer whole. `fetch` does the same with four times as much processor time,
 * which an audit of hundreds of thousands of small files consists of.
 * @throws Error where there is no whole answer
 */
export async function exchange(ask: Ask): Promise<Answer> {
  try {
    return await once(ask);
  } catch (error) {
    if (!(error instanceof ClosedMeanwhile)) throw error;
    // A service may close a kept connection in the moment in which it is used again. A read is asked again, over a new connection; of a change
    // nobody knows whether it was made.
    if (ask.method !== "GET") throw error.cause;
    return once(ask, "anew");
  }
}

/** Like {@link exchange}, and goes where the answer sends it on to, without the body. Other headers than its own are not sent along. */
export async function exchangeFollowing(
  ask: Omit<Ask, "body" | "headers">,
  send: Exchange = exchange,
): Promise<Answer> {
  let next: Ask = ask;
  for (let sentOn = 0; ; sentOn++) {
    const answer = await send(next);
    const location = answer.headers.get("location");
    if (!REDIRECTS.has(answer.status) || location === null) return answer;
    if (sentOn === MAX_REDIRECTS)
      throw new Error(`sent on more than ${MAX_REDIRECTS} times`);
    next = {
      ...next,
      url: new URL(location, answer.url),
      ...(answer.status === SEE_OTHER ? { method: "GET" } : {}),
    };
  }
}

/** A kept connection was closed before anything of an answer came. */
class ClosedMeanwhile extends Error {}

/** Connections over which a request went already. An agent's own mark is missing where a request had waited for one to become free. */
const used = new WeakSet<Socket>();

function once(
  { method, url, headers = {}, body, timeoutMs }: Ask,
  connection: "kept" | "anew" = "kept",
): Promise<Answer> {
  const way = WAYS[url.protocol];
  if (!way) return Promise.reject(new Error(`no way to ${url.protocol}`));
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let isLate = false;
    let hasBegun = false;
    let isKept = false;
    const fail = (error: Error) => {
      clearTimeout(timer);
      if (isLate) reject(new Error(`no answer in ${timeoutMs / 1000} s`));
      else if (isKept && !hasBegun && isReset(error))
        reject(new ClosedMeanwhile("closed", { cause: error }));
      else reject(error);
    };
    const sent = way.request(
      url,
      { method, headers, agent: connection === "kept" && way.agent },
      (answer) => {
        hasBegun = true;
        const pieces: Buffer[] = [];
        answer.on("data", (piece: Buffer) => pieces.push(piece));
        answer.on("error", fail);
        answer.on("end", () => {
          clearTimeout(timer);
          resolve({
            status: answer.statusCode!,
            headers: headersOf(answer.headers),
            url,
            body: pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces),
          });
        });
      },
    );
    sent.on("socket", (socket) => {
      isKept = used.has(socket);
      used.add(socket);
      timer = setTimeout(() => {
        isLate = true;
        sent.destroy();
      }, timeoutMs);
    });
    sent.on("error", fail);
    sent.end(body);
  });
}

const isReset = ({ code }: NodeJS.ErrnoException): boolean =>
  code === "ECONNRESET" || code === "EPIPE";

const headersOf = (headers: IncomingHttpHeaders) => ({
  get: (name: string): string | null => {
    const value = headers[name];
    return value === undefined ? null : String(value);
  },
});
