import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { SANDBOX_DIR } from "./paths";
import { runningPid } from "./processes";
import { until } from "./wait";

/** Holds the offset (ms) between wall time and the sandbox's calendar; the broker and the importer read it. */
export const CLOCK_FILE = join(SANDBOX_DIR, "clock");

/** Holds the offset that the broker goes by. */
const SEEN_FILE = `${CLOCK_FILE}.seen`;
const BROKERS = ["kafka", "secured-kafka"];

// Before everything that is played here: the calendar may be moved forward only, as timers in the broker wait for its
// milliseconds.
const START = Date.parse("2018-06-18T11:30:00Z");

/** When somebody looks at what has happened: the default `asOf` of audits and sagas in the sandbox. */
export const NOTICED = "2018-07-05T05:20:00Z";

/** Now, as the sandbox's broker and importer see it. */
export function simulatedNow(): Date {
  return new Date(Date.now() + Number(readFileSync(CLOCK_FILE, "utf8")));
}

function write(offsetMs: number): void {
  // By rename, so that nobody reads half a number.
  const next = `${CLOCK_FILE}.next`;
  writeFileSync(next, String(offsetMs));
  renameSync(next, CLOCK_FILE);
}

/**
 * Sets the sandbox's calendar forward; time goes on from there at its normal pace. Where a broker runs, it goes by the new time when this
 * returns: a request that it had in work while its time jumped would look days late to it, and would get no answer.
 * @throws Error on a time in the past, or where the broker does not see it
 */
export async function moveClockTo(when: Date): Promise<void> {
  if (existsSync(CLOCK_FILE) && when < simulatedNow()) {
    throw new Error(
      `the sandbox's clock stands at ${simulatedNow().toISOString()} and cannot go back to ${when.toISOString()}`,
    );
  }
  const offsetMs = when.getTime() - Date.now();
  write(offsetMs);
  const isSeen = () => Number(readFileSync(SEEN_FILE, "utf8")) === offsetMs;
  if (BROKERS.some((name) => runningPid(name) !== undefined))
    await until("the broker to see its clock", 30, isSeen, 10);
}

/** Sets the calendar to its first day where the sandbox has none yet. */
export function ensureClock(): void {
  if (existsSync(CLOCK_FILE)) return;
  mkdirSync(SANDBOX_DIR, { recursive: true });
  write(START - Date.now());
}
