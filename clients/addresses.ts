import { setTimeout as delay } from "node:timers/promises";

/** One address, or several of which one does the work at a time, as of NameNodes of which one is active. */
export type AddressOrSeveral = string | readonly string[];

/** As messages name them. */
export const addressText = (addresses: AddressOrSeveral): string =>
  [addresses].flat().join(", ");

/** Why nothing was done at an address: nobody listens there, or whoever does is not the active one. Another address may do it. */
export class NotActive extends Error {}

/** A fail-over takes a few seconds, in which no address does anything. */
const FAILOVER_MS = 15_000;
const PAUSE_MS = 250;

/** Codes of connections that were not made, so that nothing was asked. */
const NOT_MADE = new Set([
  ...["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN"],
  ...["ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"],
]);

/** Whether an error says that no connection was made; `fetch` keeps the reason in `cause`. */
export function isNotMade(error: unknown): boolean {
  const { code, cause } = error as { code?: string; cause?: unknown };
  return (
    (code !== undefined && NOT_MADE.has(code)) ||
    (cause instanceof Error && isNotMade(cause))
  );
}

/** Codes of connections that ended before an answer came: what was asked may have been done. */
const ENDED_EARLY = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

/** An answer that did not come in time. */
export class NoAnswer extends Error {}

/** Whether an error says that nothing was answered, be it in time or at all. */
function isUnanswered(error: unknown): boolean {
  const { name, code, cause } = error as {
    name?: string;
    code?: string;
    cause?: unknown;
  };
  return (
    error instanceof NoAnswer ||
    name === "TimeoutError" ||
    (code !== undefined && ENDED_EARLY.has(code)) ||
    (cause instanceof Error && isUnanswered(cause))
  );
}

/** The addresses of one service. Which is active is remembered, and not asked for at each call. */
export class Addresses {
  readonly all: readonly string[];
  private active = 0;

  /** @param failoverMs for how long all are asked again where none is active */
  constructor(
    addresses: AddressOrSeveral,
    private readonly failoverMs = FAILOVER_MS,
  ) {
    this.all = [addresses].flat();
  }

  /** The address that answered last; the first one before any has. */
  get current(): string {
    return this.all[this.active]!;
  }

  /**
   * Makes a call at the address that did the work last, and where that is not active, at the others, for as long as a fail-over takes.
   * @param call throws {@link NotActive} where nothing was done
   * @param changes whether it changes something: then it is not made again where nobody knows whether it was made, but the next one begins at
   * another address
   * @throws Error that says of each address why it was not the active one; a single address' own error
   */
  async ask<T>(
    call: (address: string) => Promise<T>,
    changes: boolean,
  ): Promise<T> {
    if (this.all.length === 1) return call(this.current);
    const deadline = Date.now() + this.failoverMs;
    for (;;) {
      const passedOver: string[] = [];
      const first = this.active;
      for (let i = 0; i < this.all.length; i++) {
        const at = (first + i) % this.all.length;
        const address = this.all[at]!;
        try {
          const result = await call(address);
          this.active = at;
          return result;
        } catch (error) {
          const isOver = error instanceof NotActive || isNotMade(error);
          if (!isOver && !isUnanswered(error)) throw error;
          if (!isOver && changes) {
            this.active = (at + 1) % this.all.length;
            throw error;
          }
          passedOver.push(`${address}: ${(error as Error).message}`);
        }
      }
      if (Date.now() >= deadline)
        throw new Error(`none is active (${passedOver.join("; ")})`);
      await delay(PAUSE_MS);
    }
  }
}
