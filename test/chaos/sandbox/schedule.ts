import { STEPS } from "../../../domain/backfill/steps";
import { random } from "../../../lib/random";
import { type Kind, KINDS } from "./faults";

/** What is to happen in a run: in which step, how long after it began (milliseconds), what. */
export type Schedule = {
  faults: { kind: Kind; step: string; afterMs: number; freezeMs?: number }[];
  abort?: { step: string; afterMs: number };
  /** Random numbers in [0, 1) that follow from the seed, for what a fault still leaves open. */
  dice: () => number;
};

/** The fraction of runs in which the operator aborts. */
const ABORTED = 0.2;

/** Steps in which something can happen: the approval is over at once, and after the report nothing is left to break. */
const STRUCK_STEPS = STEPS.filter((s) => s !== "approve" && s !== "report");

/** One to three faults of any kind, and in a fifth of the runs an abort. */
export function anyFaults(seed: number): Schedule {
  const dice = random(seed ^ 0xfa17);
  const pick = <T>(from: readonly T[]) =>
    from[Math.floor(dice() * from.length)]!;
  const count = 1 + Math.floor(dice() * 3);
  const steps = [
    ...new Set(Array.from({ length: count }, () => pick(STRUCK_STEPS))),
  ];
  const faults = steps.map((step) => ({
    kind: pick(KINDS),
    step,
    afterMs: dice() ** 2 * 4000,
  }));
  const aborts = dice() < ABORTED;
  return {
    faults,
    ...(aborts
      ? { abort: { step: pick(STRUCK_STEPS.slice(1)), afterMs: dice() * 3000 } }
      : {}),
    dice,
  };
}

/**
 * How long a worker is frozen in steps whose heartbeat timeout is a long one (`workflows/support/activities.ts`): longer
 * than the timeout, in milliseconds.
 */
const LONG_FREEZE_MS: Record<string, number> = {
  plan: 33_000,
  "find missing": 63_000,
  verify: 63_000,
};

/** Seed by seed the worker is killed, or frozen and thawed, in each step in turn. */
export function workerInEveryStep(seed: number): Schedule {
  const dice = random(seed ^ 0x3f1);
  const step = STRUCK_STEPS[Math.floor(seed / 2) % STRUCK_STEPS.length]!;
  const kind = seed % 2 === 0 ? "kill worker" : "freeze worker";
  const freezeMs = LONG_FREEZE_MS[step];
  const fault = { kind, step, afterMs: dice() ** 2 * 1500 } as const;
  return { faults: [{ ...fault, ...(freezeMs ? { freezeMs } : {}) }], dice };
}
