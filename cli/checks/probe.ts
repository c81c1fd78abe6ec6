import type { Outcome, Outcomes, RightId } from "../../domain/rights/rights";
import { whatToDo } from "../../domain/rights/what-to-do";
import { within } from "../../lib/within";

/** Tries some rights together. What it does not tell of, or fails at, was not tried. */
export type Probe = {
  rights: readonly RightId[];
  run: () => Promise<Outcomes>;
};

export const ok = (why?: string): Outcome => ({
  state: "ok",
  ...(why === undefined ? {} : { why }),
});
export const missing = (why: string, grant: string[]): Outcome => ({
  state: "MISSING",
  why,
  grant,
});
/** @param todo where the reason alone does not say what an operator does about it */
export const notTried = (why: string, todo = whatToDo(why)): Outcome => ({
  state: "not tried",
  why,
  todo,
});
/** @param todo whom to ask for what, as the service does not say it to Sisyphus */
export const notTold = (why: string, todo: string): Outcome => ({
  state: "not told",
  why,
  todo,
});

/** Kafka, and NameNodes that fail over, are asked for that long by their clients. */
const DEADLINE_MS = 30_000;

/** Tries all, side by side; one that fails or takes too long stops no other. */
export async function tryAll(
  probes: readonly Probe[],
  deadlineMs = DEADLINE_MS,
): Promise<Outcomes> {
  const told = await Promise.all(
    probes.map(async ({ rights, run }): Promise<Outcomes> => {
      let found: Outcomes = {};
      let why = "nothing told";
      try {
        const late = () => new Error(`no answer in ${deadlineMs / 1000} s`);
        // Also what is thrown before there is a promise.
        const running = (async () => run())();
        found = await within(running, deadlineMs, late);
      } catch (error) {
        why = (error as Error).message;
      }
      return Object.fromEntries(
        rights.map((id) => [id, found[id] ?? notTried(why)]),
      );
    }),
  );
  return Object.assign({}, ...told) as Outcomes;
}

/** What one probe asks of another's service is waited for less long than any probe: that service may not answer. */
const ASIDE_MS = 10_000;

/** What another service tells; nothing where it fails or takes long. */
export const asideOf = <T>(
  ask: () => Promise<readonly T[]>,
  ms = ASIDE_MS,
): Promise<readonly T[]> =>
  within(ask(), ms, () => new Error("late")).catch(() => []);

/** Tries one right: what is thrown says that it is lacking, or else that it could not be tried. */
export async function outcomeOf(
  attempt: () => Promise<Outcome>,
  isDenial: (error: unknown) => boolean,
  grant: (why: string) => string[],
): Promise<Outcome> {
  try {
    return await attempt();
  } catch (error) {
    const why = (error as Error).message;
    return isDenial(error) ? missing(why, grant(why)) : notTried(why);
  }
}

/** An error and what caused it, the outermost first. */
export function* causesOf(error: unknown): Generator<Error> {
  for (let each = error; each instanceof Error; each = each.cause) yield each;
}

/** Some of many, from all over. */
export function sampled<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from(
    { length: most },
    (_, i) => items[Math.floor((i * items.length) / most)]!,
  );
}
