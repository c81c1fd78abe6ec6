import { setTimeout as delay } from "node:timers/promises";
import { Explained, NoAnswer } from "./errors";

/** One address, or several of which one does the work at a time, as of NameNodes of which one is active. */
export type AddressOrSeveral = string | readonly string[];

/** As messages name them. */
export const addressText = (addresses: AddressOrSeveral): string =>
  [addresses].flat().join(", ");

/** Why nothing was done at an address: nobody listens there, or whoever does is not the active one. Another address may do it. */
export class NotActive extends Error {}

/**
 * A fail-over takes a few seconds, in which no address does anything. So long all are asked again; the last time that they are may take a few
 * seconds more, where one of them hangs.
 */
const FAILOVER_MS = 8000;
const PAUSE_MS = 250;

/** Codes of connections that were not made, so that nothing was asked. */
const NOT_MADE = new Set([
  ...["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN"],
  ...["ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"],
]);

/** Whether an error says that no connection was made; `fetch` keeps the reason in `cause`. */
export function isNotMade(error: unknown): boolean {
  const { code, syscall, cause } = (error ?? {}) as {
    code?: string;
    syscall?: string;
    cause?: unknown;
  };
  return (
    (code !== undefined && NOT_MADE.has(code)) ||
    (code === "ETIMEDOUT" && syscall === "connect") ||
    (cause !== undefined && isNotMade(cause))
  );
}

/** Whether an address that was asked has not answered. */
const isSilent = (address: string, error: unknown): boolean =>
  error instanceof NoAnswer &&
  URL.canParse(address) &&
  new URL(address).origin === error.origin;

type Options = {
  /**
   * Asked of an address before it is first used, and again after another one was: an observer or a standby may answer reads that are behind.
   * It throws {@link NotActive} where the address is not the active one.
   */
  confirm?: (address: string) => Promise<void>;
  /** For how long all are asked again where none is active. */
  failoverMs?: number;
};

/** Why none of some addresses could be used. What is ours alone, such as a keytab, is told once. */
function noneText(passedOver: [address: string, why: string][]): string {
  const reasons = new Set(passedOver.map(([, why]) => why));
  const each = passedOver.map(([address, why]) => `${address}: ${why}`);
  return reasons.size === 1
    ? `none is active: ${[...reasons].join()}`
    : `none is active (${each.join("; ")})`;
}

/** The addresses of one service. Which is active is remembered, and not asked for at each call. */
export class Addresses {
  readonly all: readonly string[];
  private active = 0;
  private isConfirmed = false;

  constructor(
    addresses: AddressOrSeveral,
    private readonly options: Options = {},
  ) {
    this.all = [addresses].flat();
  }

  /** The address that did the work last; the first one before any has. */
  get current(): string {
    return this.all[this.active]!;
  }

  /**
   * Makes a call at the address that did the work last, and where that is not active, at the others, for as long as a fail-over takes.
   * @param call throws {@link NotActive} where nothing was done, and {@link Explained} where it did not come to that (a certificate is not
   * believed, or we are not), which no waiting mends; whatever else it throws is passed on, unless no connection was made: something may have
   * been done, or another address would only say what it knew before. After a {@link NoAnswer} of an address itself, and not of whoever it sent
   * on to, the next call begins elsewhere: what hangs stays so, and others may have taken over
   * @throws Error that says of each address why it was not the active one; a single address' own error
   */
  async ask<T>(call: (address: string) => Promise<T>): Promise<T> {
    if (this.all.length === 1) return call(this.current);
    const deadline = Date.now() + (this.options.failoverMs ?? FAILOVER_MS);
    for (;;) {
      const passedOver: [string, string][] = [];
      let mayBecomeActive = false;
      for (const address of this.fromCurrent()) {
        try {
          const result = await this.askAt(address, call);
          return result;
        } catch (error) {
          if (isSilent(address, error)) this.leave(address);
          const isPassing = error instanceof NotActive || isNotMade(error);
          if (!isPassing && !(error instanceof Explained)) throw error;
          mayBecomeActive ||= isPassing;
          if (address === this.current) this.isConfirmed = false;
          passedOver.push([address, (error as Error).message]);
        }
      }
      if (!mayBecomeActive || Date.now() >= deadline)
        throw new Error(noneText(passedOver));
      await delay(PAUSE_MS);
    }
  }

  private async askAt<T>(
    address: string,
    call: (address: string) => Promise<T>,
  ): Promise<T> {
    if (!this.isConfirmed || address !== this.current) {
      await this.options.confirm?.(address).catch((error: Error) => {
        // It was asked for what it is, so that nothing was done.
        throw error instanceof NoAnswer ? new NotActive(error.message) : error;
      });
      this.active = this.all.indexOf(address);
      this.isConfirmed = true;
    }
    return call(address);
  }

  private leave(address: string): void {
    // A call beside this one may have found the one that took over.
    if (address !== this.current) return;
    this.active = (this.all.indexOf(address) + 1) % this.all.length;
    this.isConfirmed = false;
  }

  /** All addresses, beginning with the one that did the work last. */
  private fromCurrent(): string[] {
    return [...this.all.slice(this.active), ...this.all.slice(0, this.active)];
  }
}
