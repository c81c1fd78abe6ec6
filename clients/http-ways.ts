import { Agent as HttpAgent, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { SecureContextOptions } from "node:tls";
import { sha256 } from "../lib/digest";

/**
 * So many requests are under way at each address; others wait for their turn. More make nothing faster, and cost a service a connection and
 * a thread each.
 */
const CONNECTIONS = 64;
/** Kept connections are closed after this, before a service does it: Jetty waits for ten seconds and more. */
const IDLE_MS = 4000;
const KEPT = { keepAlive: true, maxSockets: CONNECTIONS, timeout: IDLE_MS };
/** How a protocol is spoken: over connections that are kept, or over one for a request alone. */
type Way = { request: typeof httpRequest; kept: HttpAgent; anew: HttpAgent };
const HTTP: Way = {
  request: httpRequest,
  kept: new HttpAgent(KEPT),
  anew: new HttpAgent(),
};
const HTTPS: Way = {
  request: httpsRequest,
  kept: new HttpsAgent(KEPT),
  anew: new HttpsAgent(),
};

/** Files of keys and certificates are read again after so long; what lies there then counts for new connections. */
const REREAD_MS = 10_000;

/** Connections over https by files of one's own, which are read anew now and then: whoever renews them need not say so. */
export class TlsAgents {
  private made: { way: Way; since: number; digest: string } | undefined;

  /** @param read gives what is in the files now */
  constructor(private readonly read: () => SecureContextOptions) {}

  get way(): Way {
    const now = Date.now();
    if (this.made && now - this.made.since < REREAD_MS) return this.made.way;
    let given: SecureContextOptions;
    try {
      // Each option reads its file when it is looked at.
      given = { ...this.read() };
    } catch (error) {
      // A file that is being replaced is not there for a moment.
      if (this.made) return this.made.way;
      throw error;
    }
    const digest = sha256(JSON.stringify(given));
    if (this.made?.digest === digest) {
      this.made.since = now;
      return this.made.way;
    }
    const way: Way = {
      request: httpsRequest,
      kept: new HttpsAgent({ ...KEPT, ...given }),
      anew: new HttpsAgent(given),
    };
    this.made = { way, since: now, digest };
    return way;
  }
}

/** @throws Error where the protocol is another one, or a file of keys or certificates cannot be read */
export function wayTo({ protocol }: URL, tls: TlsAgents | undefined): Way {
  if (protocol === "http:") return HTTP;
  if (protocol !== "https:") throw new Error(`no way to ${protocol}`);
  return tls?.way ?? HTTPS;
}
