import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { within } from "../../lib/within";

/** How long a service may take to answer that it is there. */
const ANSWER_MS = 3000;

/**
 * Polls until the condition gives a value that is not undefined or false.
 * @throws Error naming what was awaited, and why it was not there when it was last known, when the deadline passes
 */
export async function until<T>(
  what: string,
  seconds: number,
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  everyMs = 100,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let last: unknown;
  do {
    try {
      const value = await within(
        Promise.resolve().then(condition),
        deadline - Date.now(),
        () => new Late("it was asked, and has not answered"),
      );
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      if (error instanceof Fatal) throw error;
      // That it was late says less than why it was not there before.
      if (!(error instanceof Late) || last === undefined) last = error;
    }
    await delay(everyMs);
  } while (Date.now() < deadline);
  const because = last instanceof Error ? ` (last: ${last.message})` : "";
  throw new Error(`waited ${seconds} s for ${what}${because}`);
}

/** A condition that has not answered. */
class Late extends Error {}

/** An error that ends {@link until} at once, because waiting longer would not help. */
export class Fatal extends Error {}

/** Whether somebody listens on a loopback port. */
export function portAnswers(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, "127.0.0.1");
    socket.setTimeout(ANSWER_MS, () => {
      socket.destroy();
      done(false);
    });
    socket.once("connect", () => {
      socket.destroy();
      done(true);
    });
    socket.once("error", () => done(false));
  });
}

/**
 * Whether an address answers with JSON for which the condition holds.
 * @throws TypeError or DOMException where it does not answer within three seconds
 */
export async function answersJson(
  url: string,
  holds: (body: never) => boolean,
): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
  return response.ok && holds((await response.json()) as never);
}
