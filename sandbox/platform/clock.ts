import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { SANDBOX_DIR } from "./paths";

/** Holds the offset (ms) between wall time and the sandbox's calendar; the broker and the importer read it. */
export const CLOCK_FILE = join(SANDBOX_DIR, "clock");

// Before everything that is played here: the calendar may be moved forward only, as timers in the broker wait for its
// milliseconds.
const START = Date.parse("2018-06-18T11:30:00Z");

/** When somebody looks at what has happened: the default `asOf` of audits and sagas in the sandbox. */
export const NOTICED = "2018-07-05T05:20:00Z";

/** Now, as the sandbox's broker and importer see it. */
export function simulatedNow(): Date {
  return new Date(Date.now() + Number(readFileSync(CLOCK_FILE, "utf8")));
}

/** Sets the sandbox's calendar forward; time goes on from there at its normal pace. @throws Error on a time in the past */
export function moveClockTo(when: Date): void {
  if (existsSync(CLOCK_FILE) && when < simulatedNow()) {
    throw new Error(
      `the sandbox's clock stands at ${simulatedNow().toISOString()} and cannot go back to ${when.toISOString()}`,
    );
  }
  // By rename, so that nobody reads half a number.
  const next = `${CLOCK_FILE}.next`;
  writeFileSync(next, String(when.getTime() - Date.now()));
  renameSync(next, CLOCK_FILE);
}

/** Sets the calendar to its first day where the sandbox has none yet. */
export function ensureClock(): void {
  if (existsSync(CLOCK_FILE)) return;
  mkdirSync(SANDBOX_DIR, { recursive: true });
  moveClockTo(new Date(START));
}
