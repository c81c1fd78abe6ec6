import { AsyncLocalStorage } from "node:async_hooks";

/**
 * What may happen to one attempt of an activity when it calls a system:
 * - `refused`: the system does nothing and answers with an error;
 * - `answer-lost`: the system does what it was asked, and the attempt sees an error;
 * - `dead-before`, `dead-after`: the worker dies before or after the system has done it (SIGKILL);
 * - `asleep-before`, `asleep-after`: the worker sleeps before or after it, so long that the server gives the attempt up and starts another;
 *   then it wakes up and goes on all the same (SIGSTOP, SIGCONT).
 */
export const KINDS = [
  "refused",
  "answer-lost",
  "dead-before",
  "dead-after",
  "asleep-before",
  "asleep-after",
] as const;
/** A fault of an attempt: which, at which of its calls (the first is 1), and for how many milliseconds a worker sleeps. */
export type Fault = { kind: (typeof KINDS)[number]; at: number; ms: number };

const forever = () => new Promise<never>(() => undefined);
const delay = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** One attempt of an activity, which may have one fault. */
export class Attempt {
  private calls = 0;
  private give!: (error: Error) => void;
  /** Rejects once the server would give the attempt up. */
  readonly givenUp = new Promise<never>((_, fail) => (this.give = fail));
  /** The kind of the fault, once it has happened. */
  happened: string | undefined;

  constructor(private readonly fault: Fault | undefined) {
    this.givenUp.catch(() => undefined);
  }

  /**
   * Lets the attempt call a system, unless this is the call that its fault is for.
   * @param unconditional whether the system would do it for a zombie, too, since it knows no fencing. Nothing protects against a worker that
   * wakes up just before such a call, so it falls asleep only once the system has done it.
   */
  async pass<T>(effect: () => T, unconditional: boolean): Promise<T> {
    const f = this.fault;
    if (!f || ++this.calls !== f.at) return effect();
    const kind =
      unconditional && f.kind === "asleep-before" ? "asleep-after" : f.kind;
    this.happened = kind;
    switch (kind) {
      case "refused":
        throw new Error("injected: refused");
      case "answer-lost":
        effect();
        throw new Error("injected: the answer is lost");
      case "dead-before":
        this.give(new Error("injected: the worker died"));
        return forever();
      case "dead-after":
        effect();
        this.give(new Error("injected: the worker died"));
        return forever();
      case "asleep-before":
        this.give(new Error("injected: no heartbeat"));
        await delay(f.ms);
        return effect();
      case "asleep-after": {
        const result = effect();
        this.give(new Error("injected: no heartbeat"));
        await delay(f.ms);
        return result;
      }
    }
  }
}

const current = new AsyncLocalStorage<Attempt>();

/** Runs work whose calls belong to the attempt. */
export const during = <T>(attempt: Attempt, work: () => Promise<T>) =>
  current.run(attempt, work);

/** Calls a system of the world: every call goes through here, so that it can have a fault. */
export async function call<T>(
  effect: () => T,
  unconditional = false,
): Promise<T> {
  await Promise.resolve();
  const attempt = current.getStore();
  return attempt ? attempt.pass(effect, unconditional) : effect();
}

/** Runs work that goes on by itself, whatever becomes of the attempt that has begun it: none of its calls has a fault. */
export const outside = <T>(work: () => T): T => current.exit(work);
