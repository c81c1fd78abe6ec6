import { AsyncLocalStorage } from "node:async_hooks";

/**
 * What happens to one attempt of an activity at its n-th call to a system: refused, done though the answer is lost, the worker dead before or
 * after it (SIGKILL), or asleep long enough to be given up and then going on all the same (SIGSTOP, SIGCONT).
 */
export const KINDS = [
  "refused",
  "answer-lost",
  "dead-before",
  "dead-after",
  "asleep-before",
  "asleep-after",
] as const;
/** `unconditional`: a call that no system lets us fence; who freezes does so once it is under way. */
export type Fault = { kind: (typeof KINDS)[number]; at: number; ms: number };

/** A small seeded generator (mulberry32): a run can be told again by its seed. */
export function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const forever = () => new Promise<never>(() => undefined);
const delay = (ms: number) => new Promise((done) => setTimeout(done, ms));

export class Attempt {
  private calls = 0;
  private give!: (error: Error) => void;
  /** Rejects once the server would give the attempt up. */
  readonly givenUp = new Promise<never>((_, fail) => (this.give = fail));
  happened: string | undefined;

  constructor(private readonly fault: Fault | undefined) {
    this.givenUp.catch(() => undefined);
  }

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

export const during = <T>(attempt: Attempt, work: () => Promise<T>) =>
  current.run(attempt, work);

/** Every call to a system of the world goes through here. */
export async function call<T>(
  effect: () => T,
  unconditional = false,
): Promise<T> {
  await Promise.resolve();
  const attempt = current.getStore();
  return attempt ? attempt.pass(effect, unconditional) : effect();
}
