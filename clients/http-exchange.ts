import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from "node:http";
import type { Socket } from "node:net";
import { Explained, NoAnswer } from "./errors";
import { bodyInPieces } from "./http-body";
import { type TlsAgents, wayTo } from "./http-ways";

/** A request to a service; its body is nothing where none is given. */
export type Ask = {
  method: string;
  url: URL;
  headers?: Record<string, string | number>;
  body?: Buffer;
  /** How long the answer may take, from when a connection is there for the request. */
  timeoutMs: number;
  /** How services are known over https, and how they know who asks; without it by what Node itself brings along. */
  tls?: TlsAgents;
};

/** What a service answered, read whole. */
export type Answer = {
  status: number;
  headers: { get(name: string): string | null };
  /** Which address answered. */
  url: URL;
  body: Buffer;
};

/** An answer whose body may still be coming: then it is in `pieces`, or to be dropped, and `body` is empty. */
export type AnswerInPieces = Answer & {
  coming?: { pieces: AsyncGenerator<Buffer>; drop: () => void };
};

export type Exchange = (ask: Ask) => Promise<Answer>;

/** Whether a status says that what was asked for was done. */
export const isGood = (status: number): boolean =>
  status >= 200 && status < 300;

const MAX_REDIRECTS = 5;
const SEE_OTHER = 303;
const REDIRECTS = new Set([301, 302, SEE_OTHER, 307, 308]);

/**
 * Sends one request over a connection that is kept, and reads its answer whole. `fetch` does the same with four times as much processor time,
 * which an audit of hundreds of thousands of small files consists of.
 * @throws Error where there is no whole answer
 */
export const exchange = (ask: Ask): Promise<Answer> =>
  onceMore(ask, async (connection) => {
    const deadline = new Deadline(ask);
    return wholeAnswer(await begun(ask, connection, deadline), ask, deadline);
  });

/**
 * Like {@link exchange}; but the body of a good answer (2xx) is given in pieces, as they come. `timeoutMs` is how long the answer may take to
 * begin, and how long nothing may come while somebody waits. The connection is closed where not all pieces are taken.
 */
export const exchangeInPieces = (ask: Ask): Promise<AnswerInPieces> =>
  onceMore(ask, async (connection) => {
    const deadline = new Deadline(ask);
    const message = await begun(ask, connection, deadline);
    if (!isGood(message.statusCode!))
      return wholeAnswer(message, ask, deadline);
    deadline.pass();
    return {
      ...answered(message, ask),
      body: Buffer.alloc(0),
      coming: {
        pieces: bodyInPieces(message, ask.timeoutMs),
        drop: () => message.destroy(),
      },
    };
  });

/**
 * A service may close a kept connection in the moment in which it is used again. A read is asked again, over a new connection; of a change
 * nobody knows whether it was made.
 */
async function onceMore<T>(
  { method }: Ask,
  attempt: (connection: Connection) => Promise<T>,
): Promise<T> {
  try {
    return await attempt("kept");
  } catch (error) {
    if (!(error instanceof ClosedMeanwhile)) throw error;
    if (method !== "GET") throw error.cause;
    return attempt("anew");
  }
}

/** Like {@link exchange}, and goes where the answer sends it on to, with all it has; where the answer is elsewhere (303), asks for it alone. */
export async function exchangeFollowing<T extends Answer>(
  ask: Ask,
  send: (ask: Ask) => Promise<T>,
): Promise<T> {
  let next: Ask = ask;
  for (let sentOn = 0; ; sentOn++) {
    const answer = await send(next);
    const location = answer.headers.get("location");
    if (!REDIRECTS.has(answer.status) || location === null) return answer;
    if (sentOn === MAX_REDIRECTS)
      throw new Error(`sent on more than ${MAX_REDIRECTS} times`);
    next = {
      ...next,
      url: placeOf(location, answer.url),
      ...(answer.status === SEE_OTHER
        ? { method: "GET", headers: acceptOf(next), body: Buffer.alloc(0) }
        : {}),
    };
  }
}

const acceptOf = ({ headers }: Ask): NonNullable<Ask["headers"]> =>
  headers?.["accept"] === undefined ? {} : { accept: headers["accept"] };

/**
 * Where an answer sends on to.
 * @throws Error without that text, which may have a token in it
 * @throws Explained where that is from https to http: tokens and data would go in the clear
 */
export function placeOf(location: string, from: URL): URL {
  if (!URL.canParse(location, from.href))
    throw new Error("it sends on to what is no address");
  const place = new URL(location, from);
  if (from.protocol === "https:" && place.protocol === "http:")
    throw new Explained(
      `it sends on from https to ${place.origin}: refused, as credentials and data would go in the clear (who answers there, or the gateway before it, must name https addresses)`,
    );
  return place;
}

/** A kept connection was closed before anything of an answer came. */
class ClosedMeanwhile extends Error {}

/** Connections over which a request went already. An agent's own mark is missing where a request had waited for one to become free. */
const used = new WeakSet<Socket>();

type Connection = "kept" | "anew";

/** Ends a request that takes too long, from when a connection is there for it. */
class Deadline {
  private isLate = false;
  private timer: NodeJS.Timeout | undefined;

  private readonly ms: number;

  constructor(private readonly ask: Ask) {
    this.ms = ask.timeoutMs;
  }

  start(sent: ClientRequest): void {
    this.timer = setTimeout(() => {
      this.isLate = true;
      sent.destroy();
    }, this.ms);
  }

  /** Nothing is ended by it any more. */
  pass(): void {
    clearTimeout(this.timer);
  }

  /** Why a request failed. @param isConnected whether it could be sent */
  reason(error: Error, isConnected = true): Error {
    this.pass();
    if (this.isLate && !isConnected)
      return Object.assign(new Error(`no connection in ${this.ms / 1000} s`), {
        code: "ETIMEDOUT",
        syscall: "connect",
      });
    return this.isLate
      ? new NoAnswer(this.ms / 1000, this.ask.url.origin)
      : error;
  }
}

/** Sends a request. @returns its answer, of which the body is still to come */
function begun(
  { method, url, headers = {}, body, tls }: Ask,
  connection: Connection,
  deadline: Deadline,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const way = wayTo(url, tls);
    let isKept = false;
    let isConnected = false;
    const sent = way.request(
      url,
      { method, headers, agent: way[connection] },
      resolve,
    );
    sent.on("socket", (socket) => {
      isKept = used.has(socket);
      isConnected = !socket.connecting;
      // One that is kept is connected already, and would collect listeners.
      if (socket.connecting) socket.once("connect", () => (isConnected = true));
      used.add(socket);
      deadline.start(sent);
    });
    sent.on("error", (error) => {
      const reason = deadline.reason(error, isConnected);
      reject(
        isKept && reason === error && isReset(error)
          ? new ClosedMeanwhile("closed", { cause: error })
          : reason,
      );
    });
    sent.end(body);
  });
}

/** @throws Error where the body breaks off, or does not come in time */
function wholeAnswer(
  message: IncomingMessage,
  ask: Ask,
  deadline: Deadline,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    message.on("data", (piece: Buffer) => pieces.push(piece));
    message.on("error", (error) => reject(deadline.reason(error)));
    message.on("end", () => {
      deadline.pass();
      resolve({
        ...answered(message, ask),
        body: pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces),
      });
    });
  });
}

const answered = (
  { statusCode, headers }: IncomingMessage,
  { url }: Ask,
): Omit<Answer, "body"> => ({
  status: statusCode!,
  headers: headersOf(headers),
  url,
});

const isReset = ({ code }: NodeJS.ErrnoException): boolean =>
  code === "ECONNRESET" || code === "EPIPE";

const headersOf = (headers: IncomingHttpHeaders) => ({
  get: (name: string): string | null => {
    const value = headers[name];
    return value === undefined ? null : String(value);
  },
});
