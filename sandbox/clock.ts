import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SANDBOX_DIR } from "./paths";

/** Holds the offset (ms) between wall time and the sandbox's calendar; the broker and the importer read it. */
export const CLOCK_FILE = join(SANDBOX_DIR, "clock");

const START = Date.parse("2018-06-27T18:00:00Z");

/** Now, as the sandbox's broker sees it. */
export function simulatedNow(): Date {
  return new Date(Date.now() + Number(readFileSync(CLOCK_FILE, "utf8")));
}

/** Sets the sandbox's calendar; time goes on from there at its normal pace. */
export function moveClockTo(when: Date): void {
  // By rename, so that nobody reads half a number.
  const next = `${CLOCK_FILE}.next`;
  writeFileSync(next, String(when.getTime() - Date.now()));
  renameSync(next, CLOCK_FILE);
}

export function ensureClock(): void {
  if (existsSync(CLOCK_FILE)) return;
  mkdirSync(SANDBOX_DIR, { recursive: true });
  moveClockTo(new Date(START));
}
