import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/**
 * Whether a process of this host carries all of these texts in its command line. A driver goes on by itself when the worker that started it is
 * killed; who takes the work over must wait for that driver instead of starting a second.
 */
export function driverRuns(...texts: string[]): boolean {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .some((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return texts.every((text) => line.includes(text));
      } catch {
        // The process ended meanwhile, or is not ours to read.
        return false;
      }
    });
}

/** This host's commands, as activities are given them, so that tests can give them others. */
export type Jobs = {
  driverRuns: typeof driverRuns;
  runCommand: (argv: string[], signal: AbortSignal) => Promise<CommandResult>;
  /** Sees to what a command will need, such as a ticket of Kerberos. It may take its time, and is called before anything says that one begins. */
  prepare: () => Promise<void>;
};

/** How a command ended. */
export type CommandResult = {
  /** The exit code; 1 where a signal ended it. */
  code: number;
  /** The last 4000 characters that it printed, to standard output and error. */
  output: string;
};

const KEPT_CHARACTERS = 4000;

/**
 * Runs a command to its end.
 * @param signal ends the command and its children (SIGTERM); the result comes then, too, once they have ended
 * @param isHidden tells by its name whether the command does not get a variable of this process' environment
 * @throws Error where the command cannot be started, or the signal has come already
 */
export async function runCommand(
  argv: string[],
  signal: AbortSignal,
  isHidden: (variable: string) => boolean,
): Promise<CommandResult> {
  signal.throwIfAborted();
  return new Promise((done, fail) => {
    // It gets a process group of its own, so that the signal reaches the children of a wrapper script, too.
    const child = spawn(argv[0]!, argv.slice(1), {
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      env: Object.fromEntries(
        Object.entries(process.env).filter(([name]) => !isHidden(name)),
      ),
    });
    let output = "";
    const keep = (piece: Buffer) => {
      output = (output + piece.toString("utf8")).slice(-KEPT_CHARACTERS);
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    const terminate = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
      } catch {
        // It ended by itself meanwhile.
      }
    };
    signal.addEventListener("abort", terminate, { once: true });
    child.on("error", (error) =>
      fail(new Error(`cannot run ${argv[0]}: ${error.message}`)),
    );
    child.on("close", (code) => {
      signal.removeEventListener("abort", terminate);
      done({ code: code ?? 1, output });
    });
  });
}
