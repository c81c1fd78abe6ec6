import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/**
 * Whether a process of this host carries the text in its command line. A driver that a killed worker left behind goes on by itself;
 * whoever takes over must wait for it rather than start a twin.
 */
export function driverRuns(text: string): boolean {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .some((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(text);
      } catch {
        return false;
      }
    });
}

/** This host's commands, as activities are given them. */
export type Jobs = {
  driverRuns: typeof driverRuns;
  runCommand: typeof runCommand;
};

export type Ended = { code: number; output: string };

const KEPT = 4000;

/** Runs a command to its end and keeps the tail of what it prints; ends it where the signal says so. */
export function runCommand(
  argv: string[],
  signal: AbortSignal,
): Promise<Ended> {
  return new Promise((done, fail) => {
    // Its own process group, so that an ending takes a wrapper's children along.
    const child = spawn(argv[0]!, argv.slice(1), {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let output = "";
    const keep = (piece: Buffer) => {
      output = (output + piece.toString("utf8")).slice(-KEPT);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const end = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
      } catch {
        // It ended by itself meanwhile.
      }
    };
    signal.addEventListener("abort", end, { once: true });
    child.on("error", (error) =>
      fail(new Error(`cannot run ${argv[0]}: ${error.message}`)),
    );
    child.on("close", (code) => {
      signal.removeEventListener("abort", end);
      done({ code: code ?? 1, output });
    });
  });
}
